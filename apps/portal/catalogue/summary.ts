import { html, messages, type Html, type PageContext } from "#kernel";
import type { ProcedureSummary } from "#services/api";
import { amount } from "#ui";

const words = messages({
  fr: { free: "Gratuit", by: (authority: string) => `décide\u202f: ${authority}` },
  en: { free: "Free", by: (authority: string) => `decided by: ${authority}` },
});

/** Price, delay, who decides: one quiet line under a title. */
export function procedureMeta(p: PageContext, one: ProcedureSummary): Html {
  const w = words(p.lang);
  return html`${one.total === 0 ? w.free : amount(p, one.total)} · ${one.delay} · ${w.by(one.authority)}`;
}

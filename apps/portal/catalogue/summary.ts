import { html, messages, type Html, type PageContext } from "#kernel";
import type { ProcedureSummary } from "#services/api";
import { amount } from "#ui";

const words = messages({
  fr: {
    free: "Gratuit",
    by: (authority: string) => `décide\u202f: ${authority}`,
    offline: "Pas encore en ligne",
  },
  en: {
    free: "Free",
    by: (authority: string) => `decided by: ${authority}`,
    offline: "Not online yet",
  },
});

/** Price, delay, who decides: one quiet line under a title. Of what is not online only the office is sure. */
export function procedureMeta(p: PageContext, one: ProcedureSummary): Html {
  const w = words(p.lang);
  if (!one.online) return html`${w.offline}`;
  return html`${one.total === 0 ? w.free : amount(p, one.total)} · ${one.delay} · ${w.by(one.authority)}`;
}

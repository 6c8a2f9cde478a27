import { html, type Html, type OutputOf, type PageContext } from "#kernel";
import type { verifyNumber } from "#services/api";
import { actions, banner, buttonLink, date, dateTime, facts } from "#ui";
import { show } from "../shell.ts";
import { words } from "./words.ts";

type Verification = OutputOf<typeof verifyNumber>;

/** The verdict first, in one sentence; then what to compare; then what was checked. */
export function resultView(p: PageContext, one: Verification): Html {
  const w = words(p.lang);
  const titles: Record<Verification["verdict"], string> = {
    valid: w.valid,
    expired: w.expired,
    revoked: w.revoked,
    unknown: w.unknown,
    altered: w.altered,
    "not-ours": w.notOurs,
  };
  const title = titles[one.verdict];
  const tone = one.verdict === "valid" ? "success" : one.verdict === "expired" ? "information" : "problem";
  return show(p, {
    title,
    crumbs: [{ href: "/verifier", text: w.title }],
    main: html`<div class="t-text">
      <h1>${title}</h1>
      ${banner(p.lang, tone, html`<p>${one.sentence}</p>`, w.title)}
      ${facts(p.lang, [
        one.title ? { key: w.act, value: one.title } : null,
        one.number ? { key: w.actNumber, value: html`<span class="t-mono">${one.number}</span>` } : null,
        one.institution ? { key: w.by, value: one.institution } : null,
        one.issuedAt ? { key: w.on, value: one.issuedAt.length > 10 ? dateTime(p, one.issuedAt) : date(p, one.issuedAt) } : null,
        one.validUntil ? { key: w.until, value: date(p, one.validUntil) } : null,
        one.holder ? { key: w.holder, value: one.holder } : null,
        one.legalStatus ? { key: w.status, value: one.legalStatus } : null,
      ])}
      ${
        one.contents.length
          ? html`<h2>${w.contents}</h2>
              <p>${w.compare}</p>
              ${facts(
                p.lang,
                one.contents.map((row) => ({ key: row.label, value: row.value })),
              )}`
          : ""
      }
      ${
        one.checks.length
          ? html`<h2>${w.checks}</h2>
              <ul class="t-checks t-plainlist">
                ${one.checks.map(
                  (check) =>
                    html`<li>
                      <b class="${check.passed ? "t-yes" : "t-no"}" aria-hidden="true">${check.passed ? "✓" : "✗"}</b> ${check.what}
                      <span class="govuk-visually-hidden">(${check.passed ? w.passed : w.failed})</span>
                    </li>`,
                )}
              </ul>`
          : ""
      }
      ${actions(buttonLink("/verifier", w.again, "second"))}
    </div>`,
  });
}

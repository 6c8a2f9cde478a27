import { listCertificates, readCertificates, readLegalStatus } from "#trust/api";
import { html, official, T, type Html, type OutputOf, type PageContext } from "#kernel";
import { date, empty, inset, number, table, tabs, tag } from "#ui";
import { consolePage, withQuery } from "../screen.ts";
import { words } from "./words.ts";

type Certificate = OutputOf<typeof listCertificates>["certificates"][number];
const path = "/console/certificats";
const kinds = ["root", "issuing", "seal", "person", "tsa", "ocsp", "ledger", "anchor", "intermediate", "tls", "configuration"] as const;
const soonDays = 30;

/** What the state of a certificate is today, the gravest first. */
export function certificateState(
  one: Certificate,
  now: Date,
): { state: "revoked" | "expired" | "retired" | "soon" | "good"; days: number } {
  const days = Math.floor((Date.parse(one.notAfter) - now.getTime()) / 86_400_000);
  if (one.revokedAt) return { state: "revoked", days };
  if (days < 0) return { state: "expired", days };
  if (one.retired) return { state: "retired", days };
  return { state: days <= soonDays ? "soon" : "good", days };
}

function stateTag(p: PageContext, one: Certificate): Html {
  const w = words(p.lang);
  const { state, days } = certificateState(one, p.clock.now());
  if (state === "soon") return tag(w.soon(number(p, days)), "act");
  return tag(w[state], state === "good" ? "good" : state === "retired" ? "neutral" : "bad");
}

export const certificatesPage = consolePage({
  id: "console.certificates",
  path,
  who: official(readCertificates),
  input: T.Object({
    type: T.Optional(T.Union(kinds.map((k) => T.Literal(k)))),
    apres: T.Optional(T.String({ pattern: "^[0-9a-f-]{36}$" })),
  }),
  screen: {
    reads: [listCertificates, readLegalStatus],
    async view(p, { type, apres }) {
      const w = words(p.lang);
      const { certificates, next } = await p.call(listCertificates, {
        ...(type ? { kind: type } : {}),
        ...(apres ? { after: apres } : {}),
      });
      const legal = await p.call(readLegalStatus, {});
      return {
        title: w.certificates,
        current: "certificates",
        main: html`<h1>${w.certificates}</h1>
          <p class="t-soft">${w.certificatesLead}</p>
          ${inset(
            html`<p><b>${w.legal}</b></p>
              <p>${legal.text}</p>`,
          )}
          ${tabs(w.kinds, [
            { href: path, text: w.all, current: !type },
            ...kinds.map((kind) => ({ href: `${path}?type=${kind}`, text: w[`kind-${kind}`], current: kind === type })),
          ])}
          ${
            certificates.length
              ? html`<div class="t-dense">
                  ${table({
                    caption: w.certificates,
                    hideCaption: true,
                    columns: [{ head: w.name }, { head: w.kind }, { head: w.until }, { head: w.state }, { head: w.serial }],
                    rows: certificates.map((one) => [
                      html`${one.name}${one.external ? html` <span class="t-source">${w.external}</span>` : ""}`,
                      w[`kind-${one.kind}`],
                      html`<time datetime="${one.notAfter}">${date(p, one.notAfter)}</time>`,
                      stateTag(p, one),
                      html`<code class="d-wrap">${one.serial}</code>`,
                    ]),
                  })}
                </div>`
              : empty(w.noCertificate, html`<p>${w.noCertificateText}</p>`)
          }
          ${
            next
              ? html`<nav class="t-pages" aria-label="${w.next}">
                  <span></span><a rel="next" href="${withQuery(path, { type, apres: next })}">${w.next} →</a>
                </nav>`
              : ""
          }`,
      };
    },
  },
});

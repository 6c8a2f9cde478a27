import { readConsistency, readHead, readInclusion } from "#trust/api";
import { html, official, Problem, T, type Html, type OutputOf, type PageContext } from "#kernel";
import { banner, button, dateTime, disclosure, empty, facts, input, number, tag } from "#ui";
import { consolePage } from "../screen.ts";
import { pre } from "../site.ts";
import { headHolds, onlyAdds, rootOf } from "./check.ts";
import { words } from "./words.ts";

type Head = OutputOf<typeof readHead>;
const path = "/console/journal";
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What the caller may be told when the ledger has no answer; anything graver is not for this page. */
async function orWhy<R>(p: PageContext, ask: () => Promise<R>): Promise<R | string> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Problem && error.status < 500) return p.say(error.more.detail ?? error.kind.title);
    throw error;
  }
}

export const ledgerPage = consolePage({
  id: "console.ledger",
  path,
  who: official(),
  input: T.Object({
    fait: T.Optional(T.String({ maxLength: 60 })),
    taille: T.Optional(T.String({ maxLength: 16 })),
    racine: T.Optional(T.String({ maxLength: 80 })),
  }),
  screen: {
    reads: [readHead, readInclusion, readConsistency],
    async view(p, { fait, taille, racine }) {
      const w = words(p.lang);
      const head = await orWhy(p, () => p.call(readHead, {}));
      return {
        title: w.ledger,
        current: "ledger",
        main: html`<h1>${w.ledger}</h1>
          <p class="t-soft">${w.ledgerLead}</p>
          ${fait?.trim() ? await proof(p, fait.trim().toLowerCase()) : ""}
          ${typeof head === "string" || !(taille?.trim() || racine?.trim()) ? "" : await consistency(p, head, taille?.trim() ?? "", racine?.trim().toLowerCase() ?? "")}
          <div class="t-panes">
            <section>${typeof head === "string" ? empty(w.noHead, html`<p>${w.noHeadText}</p>`) : newest(p, head)}</section>
            <section>
              <h2>${w.prove}</h2>
              <form method="get" action="${path}">
                ${input({ lang: p.lang, name: "fait", label: w.fact, hint: w.proveHint, value: fait, maxlength: 60, autocomplete: "off", spellcheck: false })}
                <div class="t-actions">${button(w.check)}</div>
              </form>
              <h2>${w.consistency}</h2>
              <form method="get" action="${path}">
                ${input({ lang: p.lang, name: "taille", label: w.oldSize, hint: w.consistencyHint, value: taille, width: 10, inputmode: "numeric", maxlength: 16, autocomplete: "off" })}
                ${input({ lang: p.lang, name: "racine", label: w.oldRoot, value: racine, maxlength: 80, autocomplete: "off", spellcheck: false })}
                <div class="t-actions">${button(w.check, { kind: "second" })}</div>
              </form>
              <p class="t-source">${w.standalone}</p>
            </section>
          </div>`,
      };
    },
  },
});

function newest(p: PageContext, head: Head): Html {
  const w = words(p.lang);
  const holds = headHolds(head);
  return html`<h2>${w.head} ${tag(holds ? w.headOk : w.headBad, holds ? "good" : "bad")}</h2>
    ${facts(p.lang, [
      { key: w.size, value: html`<b>${number(p, head.size)}</b>` },
      { key: w.root, value: html`<code class="d-wrap">${head.root}</code>` },
      { key: w.at, value: dateTime(p, head.at) },
      { key: w.stamped, value: head.stampedAt ? dateTime(p, head.stampedAt) : w.notStamped },
      { key: w.origin, value: html`<code class="d-wrap">${head.origin}</code>` },
    ])}
    ${disclosure(w.headText, pre(w.headText, head.checkpoint))} ${disclosure(w.signature, pre(w.signature, head.signature))}
    ${disclosure(w.pem, pre(w.pem, head.certificate))}`;
}

async function proof(p: PageContext, asked: string): Promise<Html> {
  const w = words(p.lang);
  const isIndex = /^\d{1,15}$/.test(asked);
  if (!isIndex && !uuid.test(asked)) return banner(p.lang, "problem", html`<p>${w.badFact}</p>`);
  const found = await orWhy(p, () => p.call(readInclusion, isIndex ? { index: Number(asked) } : { fact: asked }));
  if (typeof found === "string")
    return banner(
      p.lang,
      "problem",
      html`<p>${w.unknownFact}</p>
        <p class="t-source">${found}</p>`,
    );
  const holds =
    rootOf(found.leaf, found.index, found.size, found.proof) === found.head.root && found.size === found.head.size && headHolds(found.head);
  return banner(
    p.lang,
    holds ? "success" : "problem",
    html`<p>${holds ? w.provenText(number(p, found.index), number(p, found.size)) : w.notProvenText}</p>
      ${disclosure(
        w.proof,
        html`<p><b>${w.leaf}</b> <code class="d-wrap">${found.leaf}</code></p>
          <ol>
            ${found.proof.map((hash) => html`<li><code class="d-wrap">${hash}</code></li>`)}
          </ol>
          <p><b>${w.root}</b> <code class="d-wrap">${found.head.root}</code></p>`,
      )}`,
    holds ? w.proven : w.notProven,
  );
}

async function consistency(p: PageContext, head: Head, size: string, root: string): Promise<Html> {
  const w = words(p.lang);
  const from = Number(size);
  if (!/^\d{1,15}$/.test(size) || from < 1 || !/^[0-9a-f]{64}$/.test(root)) return banner(p.lang, "problem", html`<p>${w.badRoot}</p>`);
  const found = await orWhy(p, () => p.call(readConsistency, { from, to: head.size }));
  if (typeof found === "string") return banner(p.lang, "problem", html`<p>${found}</p>`, w.inconsistent);
  const holds = onlyAdds(from, head.size, found.proof, root, head.root) && headHolds(head);
  return banner(
    p.lang,
    holds ? "success" : "problem",
    html`<p>${number(p, from)} → ${number(p, head.size)}</p>`,
    holds ? w.consistent : w.inconsistent,
  );
}

import { action, anyone, html, messages, page, person, Problem, T, type Html, type PageContext } from "#kernel";
import { readEntry, readProcedure, startCase, type EvidencePreview, type ProcedureView } from "#services/api";
import { actions, amount, box, button, buttonLink, columns, disclosure, facts, feeTable, form, provenance, table } from "#ui";
import { problemBanner } from "../problems.ts";
import { goTo, show } from "../shell.ts";
import { entryView } from "./entry.ts";

const slug = T.String({ pattern: "^[a-z0-9-]{1,80}$" });

const words = messages({
  fr: {
    services: "Démarches",
    start: "Commencer la démarche",
    startAgain: "Ouvrir mon dossier",
    inShort: "En bref",
    cost: "Coût",
    free: "Gratuit",
    delay: "Délai",
    decides: "Qui décide",
    receive: "Vous recevez",
    valid: "Validité",
    whoMay: "Qui peut demander",
    abroad: "Personnes nées à l’étranger",
    costTitle: "Ce que cela coûte, ligne par ligne",
    costNote: "Rien d’autre n’est dû. Si l’on vous demande plus, gardez une trace et signalez-le.",
    delayTitle: "Combien de temps",
    delayNote: "Le délai court quand votre demande est complète et payée. Il s’arrête si l’on vous demande une correction.",
    known: "Ce que l’administration sait déjà",
    knownText: "Vous n’apportez pas ces papiers. Avec votre accord, nous les demandons à qui les détient.",
    what: "Document",
    holder: "Qui est interrogé",
    fields: "Informations demandées",
    basis: "Base légale",
    asked: "Ce que nous vous demandons",
    askedNone: "Rien de plus que votre accord.",
    steps: "Comment cela se passe",
    text: "Sur quel texte cela repose",
    appeal: "Si l’on vous refuse",
    before: "Avant de commencer",
    beforeText:
      "Vous allez ouvrir un dossier à votre nom. Vous pouvez l’interrompre et y revenir\u202f; rien n’est envoyé ni payé avant votre accord.",
    back: "Revenir à la description",
  },
  en: {
    services: "Services",
    start: "Start",
    startAgain: "Open my case",
    inShort: "In short",
    cost: "Cost",
    free: "Free",
    delay: "Time",
    decides: "Who decides",
    receive: "You receive",
    valid: "Valid",
    whoMay: "Who may ask",
    abroad: "People born abroad",
    costTitle: "What it costs, line by line",
    costNote: "Nothing else is owed. If you are asked for more, keep a trace and report it.",
    delayTitle: "How long it takes",
    delayNote: "The time runs once your request is complete and paid. It stops while a correction is asked of you.",
    known: "What the administration already knows",
    knownText: "You do not bring these papers. With your agreement we ask whoever holds them.",
    what: "Document",
    holder: "Who is asked",
    fields: "Information asked for",
    basis: "Legal basis",
    asked: "What we ask you",
    askedNone: "Nothing more than your agreement.",
    steps: "How it goes",
    text: "The text it rests on",
    appeal: "If you are refused",
    before: "Before you start",
    beforeText: "You are about to open a case in your name. You may stop and come back; nothing is sent or paid before you agree.",
    back: "Back to the description",
  },
});

/** Who will be asked, for what, under which text. */
export function evidenceTable(p: PageContext, list: readonly EvidencePreview[], caption: string): Html {
  const w = words(p.lang);
  return table({
    caption,
    hideCaption: true,
    columns: [{ head: w.what }, { head: w.holder }, { head: w.fields }, { head: w.basis }],
    rows: list.map((one) => [
      one.title,
      html`${one.holder}${one.byHand ? html`<div class="t-source">${one.byHand}</div>` : ""}`,
      one.fields.join(", "),
      one.legalBasis,
    ]),
  });
}

function head(p: PageContext, one: ProcedureView): Html {
  return html`<h1>${one.title}</h1>
    <p class="t-lead">${one.summary}</p>
    ${one.description.map((paragraph) => html`<p>${paragraph}</p>`)}
    ${actions(buttonLink(`/demarches/${one.slug}/commencer`, words(p.lang).start))}`;
}

function body(p: PageContext, one: ProcedureView): Html {
  const w = words(p.lang);
  const list = (items: readonly string[]) =>
    html`<ul>
      ${items.map((item) => html`<li>${item}</li>`)}
    </ul>`;
  return html`${
      one.whoMay.length
        ? html`<h2>${w.whoMay}</h2>
            ${list(one.whoMay)}`
        : ""
    }
    <h2>${w.costTitle}</h2>
    ${feeTable(
      p,
      one.fees.lines.map((line) => ({ label: line.label, payee: line.payee, amount: line.amount, source: provenance(p, line.source) })),
      w.cost,
    )}
    <p class="t-soft">${w.costNote}</p>
    <h2>${w.delayTitle}</h2>
    <div><b>${one.delay.text}</b> ${provenance(p, one.delay.source)}</div>
    <p class="t-soft">${w.delayNote}</p>
    ${
      one.evidence.length
        ? html`<h2>${w.known}</h2>
            <p>${w.knownText}</p>
            ${evidenceTable(p, one.evidence, w.known)}`
        : ""
    }
    <h2>${w.asked}</h2>
    ${one.asked.length ? list(one.asked) : html`<p>${w.askedNone}</p>`}
    ${
      one.steps.length
        ? html`<h2>${w.steps}</h2>
            <ol>
              ${one.steps.map((step) => html`<li>${step}</li>`)}
            </ol>`
        : ""
    }
    <h2>${w.text}</h2>
    <ul class="t-plainlist">
      ${one.legalBasis.map(
        (basis) =>
          html`<li>
            ${basis.text}${basis.reference ? html` <span class="t-soft">(${basis.reference})</span>` : ""} ${provenance(p, basis.source)}
          </li>`,
      )}
    </ul>
    ${one.appeal.length ? disclosure(w.appeal, list(one.appeal)) : ""}`;
}

function aside(p: PageContext, one: ProcedureView): Html {
  const w = words(p.lang);
  return box(
    w.inShort,
    facts(p.lang, [
      { key: w.cost, value: one.fees.total === 0 ? w.free : html`<span class="t-amount">${amount(p, one.fees.total)}</span>` },
      { key: w.delay, value: one.delay.text },
      { key: w.decides, value: one.authority.text },
      one.authority.abroad ? { key: w.abroad, value: one.authority.abroad } : null,
      { key: w.receive, value: one.output },
      one.validity ? { key: w.valid, value: one.validity } : null,
    ]),
  );
}

export const procedurePage = page({
  id: "portal.procedure",
  path: "/demarches/{slug}",
  who: anyone(),
  reads: [readProcedure, readEntry],
  input: T.Object({ slug }),
  render: async (p, input) => {
    const one = await p.call(readProcedure, { slug: input.slug }).catch((error: unknown) => {
      if (error instanceof Problem && error.code === "services.procedure-unknown") return undefined;
      throw error;
    });
    // Known, but not yet done online: what the sources say of it, and where to go.
    if (!one) return entryView(p, await p.call(readEntry, { slug: input.slug }));
    return show(p, {
      title: one.title,
      description: one.summary,
      crumbs: [{ href: "/demarches", text: words(p.lang).services }],
      main: columns(head(p, one), aside(p, one), body(p, one)),
    });
  },
});

function startView(p: PageContext, one: ProcedureView, problem?: Problem): Html {
  const w = words(p.lang);
  return show(p, {
    title: `${w.before} – ${one.title}`,
    failed: problem !== undefined,
    crumbs: [
      { href: "/demarches", text: w.services },
      { href: `/demarches/${one.slug}`, text: one.title },
    ],
    main: html`<div class="t-text">
      ${problemBanner(p, problem)}
      <p class="t-overline">${one.title}</p>
      <h1>${w.before}</h1>
      <p>${w.beforeText}</p>
      ${facts(p.lang, [
        { key: w.cost, value: one.fees.total === 0 ? w.free : amount(p, one.fees.total) },
        { key: w.delay, value: one.delay.text },
        one.asked.length ? { key: w.asked, value: one.asked.join(", ") } : null,
      ])}
      ${form(
        { action: `/demarches/${one.slug}/commencer`, hidden: p.csrf },
        actions(button(w.startAgain), html`<a href="/demarches/${one.slug}">${w.back}</a>`),
      )}
    </div>`,
  });
}

/** Reached by a link, so that signing in and proving who one is come back here and not to a lost form. */
export const startPage = page({
  id: "portal.start",
  path: "/demarches/{slug}/commencer",
  who: person({ level: "substantial" }),
  reads: [readProcedure],
  input: T.Object({ slug }),
  render: async (p, input) => startView(p, await p.call(readProcedure, { slug: input.slug })),
});

export const startAction = action({
  id: "portal.start",
  path: "/demarches/{slug}/commencer",
  who: person({ level: "substantial" }),
  calls: [startCase, readProcedure],
  form: T.Object({ slug }),
  handle: async (a, { slug: procedure }) => {
    const { number } = await a.call(startCase, { procedure });
    return goTo(`/dossiers/${number}`);
  },
  failed: async (a, sent, problem) => startView(a, await a.call(readProcedure, { slug: String(sent.slug) }), problem),
});

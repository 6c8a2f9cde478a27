import { concludeProofing, provePersons, readProofing, type ProofingView } from "#identity/api";
import { html, invalidInput, official, seeOther, T, type Form, type Html, type PageContext } from "#kernel";
import {
  banner,
  button,
  buttonLink,
  codeInput,
  date,
  dateFrom,
  dateInput,
  dateTime,
  errorSummary,
  facts,
  form,
  input,
  live,
  phone,
  radios,
  refreshNote,
  time,
} from "#ui";
import { deskAction, deskPage, sent, type Again, type Screen } from "../screen.ts";
import { refusalOf } from "../site.ts";
import { words } from "./words.ts";

/** The contract's names of fields, where this form calls them otherwise. */
const here: Record<string, string> = { "document.number": "number", "document.birthDate": "birth", "document.kind": "kind" };
const seconds = 3;

const screen: Screen<{ proofing: string; fixe?: string }> = {
  reads: [readProofing],
  async view(p, { proofing, fixe }, again) {
    const w = words(p.lang);
    const one = await p.call(readProofing, { proofing });
    const waits = one.state === "waiting";
    return {
      title: w.proofing,
      current: "counter",
      crumbs: [{ href: "/bureau/guichet", text: w.title }],
      failed: Boolean(again),
      ...(waits && fixe !== "1" ? { refresh: seconds } : {}),
      main: html`${again?.problem.more.fields ? "" : refusalOf(p, again?.problem)}
        <h1>${w.proofing}</h1>
        <p class="t-soft">${phone(p, one.phone)} · ${w.startedAt(dateTime(p, one.startedAt))} · ${w.expiresAt(time(p, one.expiresAt))}</p>
        ${live("proofing", state(p, one, again))}
        ${waits ? refreshNote(p.lang, { path: p.path, seconds, stopped: fixe === "1", stopPath: `${p.path}?fixe=1`, resumePath: p.path }) : ""}`,
    };
  },
};

function state(p: PageContext, one: ProofingView, again: Again | undefined): Html {
  const w = words(p.lang);
  if (one.state === "found" && one.entry) return found(p, one, one.entry, again);
  const text = one.state === "found" ? w.waiting : w[one.state];
  const tone = one.state === "proven" ? "success" : one.state === "waiting" || one.state === "found" ? "information" : "problem";
  return html`${banner(p.lang, tone, html`<p>${text}</p>`)}
  ${one.state === "waiting" ? "" : html`<div class="t-actions">${buttonLink("/bureau/guichet", w.again, "second", "n")}</div>`}`;
}

function found(p: PageContext, one: ProofingView, entry: NonNullable<ProofingView["entry"]>, again: Again | undefined): Html {
  const w = words(p.lang);
  const errors = (again?.problem.more.fields ?? []).map((f) => ({ path: here[f.path] ?? f.path, message: p.say(f.message) }));
  const error = (path: string) => errors.find((e) => e.path === path)?.message;
  const value = (name: string) => sent(again?.form, name);
  return html`<div class="t-panes">
    <section class="t-narrow">
      <h2>${w.entry}</h2>
      <p class="t-source">${w.entryLead}</p>
      ${facts(p.lang, [
        { key: w.family, value: html`<b>${entry.familyName}</b>` },
        { key: w.given, value: html`<b>${entry.givenNames}</b>` },
        { key: w.birthDate, value: date(p, entry.birthDate) },
        Boolean(entry.birthPlace) && { key: w.birthPlace, value: entry.birthPlace },
        Boolean(entry.sex) && { key: w.sex, value: entry.sex },
        { key: w.identityNumber, value: html`<span class="t-mono">${entry.identityNumber}</span>` },
      ])}
    </section>
    <section>
      <h2>${w.conclude}</h2>
      ${errorSummary(p.lang, errors)}
      ${form(
        { action: `/bureau/guichet/${one.proofing}`, hidden: p.csrf },
        radios({
          lang: p.lang,
          name: "kind",
          label: w.kind,
          error: error("kind"),
          value: value("kind") || (entry.documentKinds.length === 1 ? (entry.documentKinds[0] ?? "") : ""),
          items: entry.documentKinds.map((kind) => ({ value: kind, text: kind })),
        }),
        input({
          lang: p.lang,
          name: "number",
          label: w.docNumber,
          width: 20,
          maxlength: 40,
          autocomplete: "off",
          spellcheck: false,
          value: value("number"),
          error: error("number"),
        }),
        dateInput({
          lang: p.lang,
          name: "birth",
          label: w.docBirth,
          error: error("birth"),
          value: { day: value("birth.day"), month: value("birth.month"), year: value("birth.year") },
        }),
        codeInput({ lang: p.lang, name: "code", label: w.code, hint: w.codeHint, autocomplete: "off", error: error("code") }),
        radios({
          lang: p.lang,
          name: "same",
          label: w.same,
          value: value("same"),
          error: error("same"),
          items: [
            { value: "yes", text: w.sameYes },
            { value: "no", text: w.sameNo },
          ],
        }),
        html`<div class="t-actions">${button(w.confirm)}</div>`,
      )}
    </section>
  </div>`;
}

export const proofingPage = deskPage({
  id: "desk.proofing",
  path: "/bureau/guichet/{proofing}",
  who: official(provePersons),
  input: T.Object({ proofing: T.String({ pattern: "^[0-9a-f-]{36}$" }), fixe: T.Optional(T.String({ maxLength: 1 })) }),
  screen,
});

export const proofingAction = deskAction({
  id: "desk.conclude-proofing",
  path: "/bureau/guichet/{proofing}",
  who: official(provePersons),
  form: T.Object({
    proofing: T.String({ pattern: "^[0-9a-f-]{36}$" }),
    kind: T.Optional(T.String({ maxLength: 40 })),
    number: T.String({ minLength: 3, maxLength: 40 }),
    "birth.day": T.String({ maxLength: 2 }),
    "birth.month": T.String({ maxLength: 2 }),
    "birth.year": T.String({ maxLength: 4 }),
    code: T.String({ minLength: 4, maxLength: 12 }),
    same: T.Optional(T.Enum(["yes", "no"])),
  }),
  calls: [concludeProofing],
  async handle(a, form) {
    const birthDate = dateFrom(form, "birth");
    const wrong = [
      ...(birthDate ? [] : [{ path: "birth", message: { fr: words("fr").dateWrong, en: words("en").dateWrong } }]),
      ...(form.kind ? [] : [{ path: "kind", message: { fr: words("fr").chooseKind, en: words("en").chooseKind } }]),
      ...(form.same ? [] : [{ path: "same", message: { fr: words("fr").choose, en: words("en").choose } }]),
    ];
    if (wrong.length || !birthDate || !form.kind) throw invalidInput({ fields: wrong });
    await a.call(concludeProofing, {
      proofing: form.proofing,
      code: form.code.replace(/\s/g, ""),
      document: { kind: form.kind, number: form.number.trim(), birthDate },
      samePerson: form.same === "yes",
    });
    return seeOther(`/bureau/guichet/${form.proofing}`);
  },
  back: screen,
  backInput: (form: Form) => ({ proofing: sent(form, "proofing") }),
});

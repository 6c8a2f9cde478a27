/** Who may ask one's own service: proposed here with its purposes and fields; ended from the service's page. */
import { endRight, listMembers, listPurposes, manageServices, proposeRight, readPublication, readService } from "#exchange/api";
import { html, invalidInput, official, seeOther, T, type Form, type Html, type PageContext } from "#kernel";
import { attributes, button, checkboxes, dateFrom, dateInput, errorMessage, errorSummary, form, input, sentAll } from "#ui";
import { consoleAction, consolePage, sent, type Again, type Screen } from "../screen.ts";
import { refusalOf } from "../site.ts";
import { publishWords } from "./publish-words.ts";
import { words } from "./words.ts";

const path = "/console/echanges/accorder";
const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] as const;

/** Some hundred clients: typed, and completed by the browser where it can. */
function clientInput(p: PageContext, items: readonly { value: string; text: string }[], value: string, error: string | undefined): Html {
  const w = publishWords(p.lang);
  return html`<div class="t-field${error ? " t-wrong" : ""}">
    <label class="t-label" for="subject">${w.clientLabel}</label>
    <span class="t-hint" id="subject-hint">${w.clientHint}</span>${errorMessage(p.lang, "subject", error)}
    <input
      ${attributes({ class: "govuk-input", id: "subject", name: "subject", type: "text", list: "clients", value, maxlength: 300, autocomplete: "off", spellcheck: "false", "aria-describedby": error ? "subject-hint subject-error" : "subject-hint", "aria-invalid": error ? "true" : null })}
    />
    <datalist id="clients">${items.map((one) => html`<option value="${one.value}">${one.text}</option>`)}</datalist>
  </div>`;
}

const screen: Screen<{ service: string }> = {
  reads: [listMembers, listPurposes, readService, readPublication],
  async view(p, { service: id }, again?: Again) {
    const w = publishWords(p.lang);
    const service = await p.call(readService, { id });
    const { fields } = await p.call(readPublication, { id });
    const { members } = await p.call(listMembers, {});
    const { purposes } = await p.call(listPurposes, {});
    const subsystems = members.flatMap((m) => m.subsystems.map((s) => ({ ...s, of: m.name })));
    const groups = [...new Set(subsystems.flatMap((s) => s.groups ?? []))].sort();
    const items = [
      ...groups.map((code) => ({ value: `group:${code}`, text: w.group(code) })),
      ...subsystems.map((s) => ({ value: s.id, text: `${s.of}, ${s.name}` })),
    ];
    const errors = (again?.problem.more.fields ?? []).map((f) => ({ path: f.path.split(/[.[]/)[0]!, message: p.say(f.message) }));
    const error = (name: string) => errors.find((e) => e.path === name)?.message;
    const value = (name: string) => sent(again?.form, name);
    const day = (name: string) => ({ day: value(`${name}.day`), month: value(`${name}.month`), year: value(`${name}.year`) });
    return {
      title: w.grant,
      current: "exchange",
      crumbs: [
        { href: "/console/echanges", text: words(p.lang).title },
        { href: `/console/echanges/service?id=${encodeURIComponent(id)}`, text: service.title },
      ],
      failed: Boolean(again),
      main: html`${errors.length ? errorSummary(p.lang, errors) : refusalOf(p, again?.problem)}
        <h1>${w.grant}</h1>
        <p><strong>${service.title}</strong> <span class="t-source t-mono d-wrap">${service.id}</span></p>
        <p class="t-soft">${w.grantLead}</p>
        <div class="t-text d-ask">
          ${form(
            { action: path, hidden: html`${p.csrf}<input type="hidden" name="service" value="${id}" />` },
            clientInput(p, items, value("subject"), error("subject")),
            checkboxes({
              lang: p.lang,
              name: "purposes",
              label: w.purposes,
              error: error("purposes"),
              values: sentAll(again?.form, "purposes"),
              items: purposes.map((one) => ({ value: one.code, text: one.label })),
            }),
            fields.length
              ? checkboxes({
                  lang: p.lang,
                  name: "fields",
                  label: w.fields,
                  hint: w.fieldsHint,
                  error: error("fields"),
                  values: sentAll(again?.form, "fields"),
                  items: fields.map((f) => ({ value: f.pointer, text: f.label })),
                })
              : "",
            checkboxes({
              lang: p.lang,
              name: "methods",
              label: w.methods,
              error: error("methods"),
              values: again ? sentAll(again.form, "methods") : ["GET"],
              items: methods.map((m) => ({ value: m, text: m })),
            }),
            input({
              lang: p.lang,
              name: "path",
              label: w.path,
              hint: w.pathHint,
              width: 20,
              maxlength: 200,
              spellcheck: false,
              value: value("path") || "/",
              error: error("path"),
            }),
            input({
              lang: p.lang,
              name: "basis.fr",
              label: w.basis,
              hint: w.basisHint,
              maxlength: 200,
              value: value("basis.fr"),
              error: error("basis"),
            }),
            dateInput({ lang: p.lang, name: "from", label: w.from, optional: true, error: error("from"), value: day("from") }),
            dateInput({ lang: p.lang, name: "until", label: w.until, optional: true, error: error("until"), value: day("until") }),
            html`<div class="t-actions">${button(w.propose)}</div>`,
          )}
        </div>`,
    };
  },
};

const Service = T.String({ minLength: 3, maxLength: 255 });
export const grantPage = consolePage({
  id: "console.exchange-grant",
  path,
  who: official(manageServices),
  input: T.Object({ service: Service }),
  screen,
});

export const grantActions = [
  consoleAction({
    id: "console.propose-right",
    path,
    who: official(manageServices),
    form: T.Object({ service: Service }),
    calls: [proposeRight],
    async handle(a, { service, ...rest }) {
      const f = rest as Form;
      const [from, until] = [dateFrom(f, "from"), dateFrom(f, "until")];
      const [purposes, fields] = [sentAll(f, "purposes"), sentAll(f, "fields")];
      const missing = (name: string, on: boolean) =>
        on ? [{ path: name, message: { fr: publishWords("fr").required, en: publishWords("en").required } }] : [];
      const wrong = [
        ...missing("subject", !sent(f, "subject").trim()),
        ...missing("purposes", purposes.length === 0),
        ...missing("methods", sentAll(f, "methods").length === 0),
        ...missing("basis", !sent(f, "basis.fr").trim()),
        ...missing("from", from === undefined),
        ...missing("until", until === undefined),
      ];
      if (wrong.length > 0) throw invalidInput({ fields: wrong });
      const { id } = await a.call(proposeRight, {
        service,
        subject: sent(f, "subject").trim(),
        purposes,
        ...(fields.length > 0 ? { fields } : {}),
        methods: sentAll(f, "methods") as "GET"[],
        path: sent(f, "path").trim() || "/",
        basis: { fr: sent(f, "basis.fr").trim() },
        from: from || a.clock.today(),
        ...(until ? { until } : {}),
      });
      return seeOther(`/console/echanges/propositions/${id}?fait=oui`);
    },
    back: screen,
    backInput: (f: Form) => ({ service: sent(f, "service") }),
  }),
];

export const endRightAction = (back: Screen<{ id: string }>) =>
  consoleAction({
    id: "console.end-right",
    path: "/console/echanges/droits/fin",
    who: official(manageServices),
    form: T.Object({
      service: Service,
      /** Its id and its client, as the list offers them. */
      right: T.String({ pattern: "^\\S+ \\S+$", maxLength: 450 }),
      reason: T.String({ minLength: 1, maxLength: 500 }),
    }),
    calls: [endRight],
    async handle(a, { service, right, reason }) {
      const [id, subject] = right.split(" ") as [string, string];
      await a.call(endRight, { service, id, subject, reason });
      return seeOther(`/console/echanges/service?id=${encodeURIComponent(service)}`);
    },
    back,
    backInput: (f: Form) => ({ id: sent(f, "service") }),
  });

/** A service is proposed, or a change of one: from an address, a document, or endpoints written by hand. */
import { listMembers, manageServices, proposeService, proposeServiceChange, readPublication, readService } from "#exchange/api";
import { html, invalidInput, official, seeOther, T, type Form, type InputOf, type Text, type Upload } from "#kernel";
import { button, disclosure, errorSummary, fieldset, fileUpload, form, input, officialOf, radios, select, textarea } from "#ui";
import { consoleAction, consolePage, sent, type Again, type Screen } from "../screen.ts";
import { refusalOf } from "../site.ts";
import { publishWords } from "./publish-words.ts";
import { words } from "./words.ts";

const path = "/console/echanges/publier";
type Typed = Omit<InputOf<typeof proposeService>, "subsystem" | "code" | "title"> & { title?: { fr: string; en?: string } };

const screen: Screen<{ service?: string }> = {
  reads: [listMembers, readService, readPublication],
  async view(p, { service }, again?: Again) {
    const w = publishWords(p.lang);
    const own = officialOf(p.caller).institution;
    const { members } = await p.call(listMembers, {});
    const subsystems = members.find((m) => m.institution === own)?.subsystems ?? [];
    const before = service ? await p.call(readService, { id: service }) : undefined;
    const known = before ? await p.call(readPublication, { id: before.id }) : undefined;
    const errors = (again?.problem.more.fields ?? []).map((f) => ({ path: f.path, message: p.say(f.message) }));
    const error = (name: string) => errors.find((e) => e.path === name)?.message;
    const value = (name: string) => sent(again?.form, name);
    const field = (name: string) => ({ lang: p.lang, name, value: value(name), error: error(name) });
    return {
      title: before ? w.changeTitle : w.publish,
      current: "exchange",
      crumbs: [{ href: "/console/echanges", text: words(p.lang).title }],
      failed: Boolean(again),
      main: html`${errors.length ? errorSummary(p.lang, errors) : refusalOf(p, again?.problem)}
        <h1>${before ? w.changeTitle : w.publish}</h1>
        ${before ? html`<p><strong>${before.title}</strong> <span class="t-source t-mono d-wrap">${before.id}</span></p>` : ""}
        <p class="t-soft">${before ? w.changeLead : w.publishLead}</p>
        <div class="t-text d-ask">
          ${form(
            {
              action: path,
              hidden: html`${p.csrf}${before ? html`<input type="hidden" name="service" value="${before.id}" />` : ""}`,
              multipart: true,
            },
            before
              ? ""
              : html`${select({ ...field("subsystem"), label: w.subsystem, items: subsystems.map((s) => ({ value: s.id, text: `${s.name} (${s.id})` })), ...(subsystems.length === 1 ? { empty: false as const } : {}) })}
                ${input({ ...field("code"), label: w.code, hint: w.codeHint, width: 20, maxlength: 60, spellcheck: false, autocomplete: "off" })}`,
            input({ ...field("title.fr"), label: w.titleFr, maxlength: 200, optional: Boolean(before) }),
            input({ ...field("title.en"), label: w.titleEn, maxlength: 200, optional: true }),
            fieldset(
              { lang: p.lang, name: "what", label: w.what, hint: w.whatLead },
              html`${input({ ...field("openapiUrl"), label: w.openapiUrl, hint: w.openapiUrlHint, maxlength: 500, spellcheck: false, optional: true })}
              ${fileUpload({ lang: p.lang, name: "file", label: w.openapiFile, hint: w.openapiFileHint, accept: ".json,.yaml,.yml,application/json", maxMegabytes: 2, optional: true, error: error("file") })}
              ${textarea({ ...field("endpoints"), label: w.endpoints, hint: w.endpointsHint, rows: 3, maxlength: 20_000, optional: true })}
              ${input({ ...field("query"), label: w.query, maxlength: 1000, spellcheck: false, optional: true })}`,
            ),
            input({ ...field("baseUrl"), label: w.baseUrl, hint: w.baseUrlHint, maxlength: 500, spellcheck: false, optional: true }),
            disclosure(
              w.how,
              html`${input({ ...field("timeout"), label: w.timeout, inputmode: "numeric", width: 4, maxlength: 3, value: value("timeout") || String(known?.timeoutSeconds ?? 15) })}
              ${radios({
                lang: p.lang,
                name: "verify",
                label: w.trust,
                value: value("verify") || (known?.verifyTls === false ? "no" : "yes"),
                items: [
                  { value: "yes", text: w.verify },
                  { value: "no", text: w.noVerify },
                ],
              })}
              ${textarea({ ...field("ca"), label: w.ca, hint: w.caHint, rows: 3, maxlength: 20_000, optional: true })}
              ${radios({
                lang: p.lang,
                name: "client",
                label: w.client,
                value: value("client") || (known?.clientCertificate ? "yes" : "no"),
                items: [
                  { value: "no", text: w.clientNo },
                  { value: "yes", text: w.clientYes },
                ],
              })}`,
              Boolean(again),
            ),
            disclosure(
              w.subject,
              html`<p class="t-soft">${w.subjectLead}</p>
                ${input({ ...field("subject.query"), label: w.subjectQuery, width: 20, maxlength: 80, spellcheck: false, optional: true })}
                ${input({ ...field("subject.answer"), label: w.subjectAnswer, hint: w.subjectAnswerHint, width: 20, maxlength: 200, spellcheck: false, optional: true })}`,
              Boolean(again),
            ),
            html`<div class="t-actions">${button(w.propose)}</div>`,
          )}
        </div>`,
    };
  },
};

export const publishPage = consolePage({
  id: "console.exchange-publish",
  path,
  who: official(manageServices),
  input: T.Object({ service: T.Optional(T.String({ minLength: 3, maxLength: 255 })) }),
  screen,
});

const says = (key: "oneSource" | "endpointWrong"): Text => ({ fr: publishWords("fr")[key], en: publishWords("en")[key] });
const wrong = (name: string, key: "oneSource" | "endpointWrong") => invalidInput({ fields: [{ path: name, message: says(key) }] });

/** `GET /a/*` a line; a line that says something else is the writer's to mend. */
function endpointsFrom(text: string): Typed["endpoints"] {
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter(Boolean);
  return lines.map((line) => {
    const said = /^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)\s+(\*\*|\/\S*)$/i.exec(line);
    if (!said) throw wrong("endpoints", "endpointWrong");
    return { method: said[1]!.toUpperCase() as "GET", path: said[2]! };
  });
}

function typedFrom(f: Form): Typed {
  const value = (name: string) => sent(f, name).trim();
  const file = f.file as Upload | undefined;
  const openapi =
    file && typeof file === "object" && "bytes" in file && file.bytes.length > 0 ? Buffer.from(file.bytes).toString("utf8") : undefined;
  const endpoints = value("endpoints") ? endpointsFrom(value("endpoints")) : undefined;
  const query = value("query")
    .split(/[\s,;]+/)
    .filter(Boolean);
  const subject = {
    ...(value("subject.query") ? { query: value("subject.query") } : {}),
    ...(value("subject.answer") ? { answer: value("subject.answer") } : {}),
  };
  return {
    ...(value("title.fr") ? { title: { fr: value("title.fr"), ...(value("title.en") ? { en: value("title.en") } : {}) } } : {}),
    ...(openapi === undefined ? (value("openapiUrl") ? { openapiUrl: value("openapiUrl") } : {}) : { openapi }),
    ...(endpoints ? { endpoints } : {}),
    ...(query.length > 0 ? { query } : {}),
    ...(value("baseUrl") ? { baseUrl: value("baseUrl") } : {}),
    ...(/^\d{1,3}$/.test(value("timeout")) ? { timeoutSeconds: Number(value("timeout")) } : {}),
    verifyTls: value("verify") !== "no",
    clientCertificate: value("client") === "yes",
    ...(value("ca") ? { ca: value("ca") } : {}),
    ...(Object.keys(subject).length > 0 ? { subject } : {}),
  };
}

export const publishAction = consoleAction({
  id: "console.propose-service",
  path,
  who: official(manageServices),
  form: T.Object({}),
  calls: [proposeService, proposeServiceChange],
  async handle(a, anything) {
    const f = anything as Form;
    const typed = typedFrom(f);
    const service = sent(f, "service");
    if (!service && typed.openapi === undefined && typed.openapiUrl === undefined && typed.endpoints === undefined)
      throw wrong("openapiUrl", "oneSource");
    const { id } = service
      ? await a.call(proposeServiceChange, { id: service, ...typed })
      : await a.call(proposeService, {
          ...typed,
          subsystem: sent(f, "subsystem"),
          code: sent(f, "code").trim(),
          title: typed.title ?? { fr: "" },
        });
    return seeOther(`/console/echanges/propositions/${id}?fait=oui`);
  },
  back: screen,
  backInput: (f: Form) => (sent(f, "service") ? { service: sent(f, "service") } : {}),
});

/** For pages that lead here. */
export const publishHref = (service?: string): string => (service ? `${path}?service=${encodeURIComponent(service)}` : path);

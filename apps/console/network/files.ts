import { editPlant, exportPlant, importPlant, listRevisions, readPlant } from "#network/api";
import { download, html, invalidInput, official, seeOther, T, type Html, type PageContext } from "#kernel";
import { banner, button, checkbox, dateTime, errorFor, fileUpload, form, input, may, number, radios, select, table } from "#ui";
import { consoleAction, consolePage, sent, type Again, type Screen } from "../screen.ts";
import { refusalOf } from "../site.ts";
import { uploaded } from "./branches.ts";
import { networkTabs, path } from "./parts.ts";
import { words } from "./words-plan.ts";
import { words as all } from "./words.ts";

const here = `${path}/fichiers`;
const Format = T.Enum(["csv", "geojson", "netbox"]);
const formats = [
  { value: "csv", text: "CSV" },
  { value: "geojson", text: "GeoJSON" },
  { value: "netbox", text: "NetBox (JSON)" },
];
type Shown = { fait?: string; a?: number; c?: number; r?: number };

const screen: Screen<Shown> = {
  reads: [listRevisions],
  async view(p, q, again) {
    const w = words(p.lang);
    const { revisions } = await p.call(listRevisions, { limit: 20 });
    const faults = (again?.problem.more.fields ?? []).filter((f) => f.path.startsWith("line "));
    return {
      title: all(p.lang).files,
      current: "network",
      failed: Boolean(again),
      crumbs: [{ href: path, text: all(p.lang).title }],
      main: html`${refusalOf(p, again?.problem)}
        <h1>${all(p.lang).files}</h1>
        ${networkTabs(p, "files")}
        <p>${w.filesLead}</p>
        ${
          faults.length
            ? html`<div class="t-dense">
                ${table({
                  caption: w.lineFault,
                  columns: [{ head: w.line }, { head: w.fault }],
                  rows: faults.map((f) => [f.path.replace(/^line /, ""), p.say(f.message)]),
                })}
              </div>`
            : ""
        }
        ${
          q.fait === "essai"
            ? banner(p.lang, "information", html`<p>${w.would(number(p, q.a ?? 0), number(p, q.c ?? 0), number(p, q.r ?? 0))}</p>`)
            : q.fait
              ? banner(p.lang, "success", html`<p>${w.done(q.fait)}</p>`)
              : ""
        }
        <div class="t-panes">
          <section>
            <h2>${w.import}</h2>
            ${may(p.caller, editPlant.id) ? importForm(p, again) : html`<p class="t-soft">${w.editOnly}</p>`}
          </section>
          <section>
            <h2>${w.export}</h2>
            <p>${w.exportText}</p>
            ${form(
              { action: `${here}/export`, hidden: p.csrf },
              select({ lang: p.lang, name: "format", label: w.format, value: "csv", empty: false, items: formats, id: "export-format" }),
              button(w.export, { kind: "second" }),
            )}
          </section>
        </div>
        <div class="t-dense">
          ${table({
            caption: w.revisions,
            columns: [
              { head: w.revision, numeric: true },
              { head: w.when },
              { head: w.origin },
              { head: w.added, numeric: true },
              { head: w.changed, numeric: true },
              { head: w.removed, numeric: true },
            ],
            rows: revisions.map((r) => [
              number(p, r.number),
              dateTime(p, r.at),
              html`${w[`from-${r.origin}`]}${r.note ? html`<div class="t-source">${r.note}</div>` : ""}`,
              number(p, r.added),
              number(p, r.changed),
              number(p, r.removed),
            ]),
          })}
        </div>`,
    };
  },
};

function importForm(p: PageContext, again: Again | undefined): Html {
  const w = words(p.lang);
  const errors = (again?.problem.more.fields ?? []).map((f) => ({ path: f.path, message: p.say(f.message) }));
  const was = (name: string) => sent(again?.form, name);
  return form(
    { action: here, hidden: p.csrf, multipart: true },
    fileUpload({
      lang: p.lang,
      name: "file",
      label: w.file,
      accept: ".csv,.json,.geojson",
      maxMegabytes: 60,
      error: errorFor(errors, "file"),
    }),
    select({
      lang: p.lang,
      name: "format",
      label: w.format,
      value: was("format") || "csv",
      empty: false,
      items: formats,
      id: "import-format",
    }),
    radios({
      lang: p.lang,
      name: "mode",
      label: w.mode,
      value: was("mode") || "merge",
      items: [
        { value: "merge", text: w.merge2 },
        { value: "replace", text: w.replace },
      ],
    }),
    input({ lang: p.lang, name: "note", label: w.note, value: was("note"), maxlength: 300 }),
    checkbox("check", "check", { value: "1", text: w.check }, again ? was("check") === "1" : true),
    button(w.doImport),
  );
}

export const filesPage = consolePage({
  id: "console.network-files",
  path: here,
  who: official(),
  input: T.Object({
    fait: T.Optional(T.String({ pattern: "^(essai|[0-9]{1,9})$" })),
    a: T.Optional(T.Integer()),
    c: T.Optional(T.Integer()),
    r: T.Optional(T.Integer()),
  }),
  screen: screen as Screen<never>,
});

export const importAction = consoleAction({
  id: "console.network-import",
  path: here,
  who: official(editPlant),
  form: T.Object({
    file: T.Optional(T.Any()),
    format: Format,
    mode: T.Enum(["replace", "merge"]),
    note: T.Optional(T.String({ maxLength: 300 })),
    check: T.Optional(T.Literal("1")),
  }),
  limit: 64 * 1024 * 1024,
  calls: [importPlant],
  async handle(a, f) {
    const file = uploaded(f.file);
    if (!file) throw invalidInput({ fields: [{ path: "file", message: { fr: words("fr").noFile, en: words("en").noFile } }] });
    const text = new TextDecoder().decode(file.bytes);
    const done = await a.call(importPlant, {
      format: f.format,
      text,
      mode: f.mode,
      ...(f.check ? { check: true } : {}),
      ...(f.note ? { note: f.note } : {}),
    });
    if (f.check) return seeOther(`${here}?fait=essai&a=${done.added}&c=${done.changed}&r=${done.removed}`);
    return seeOther(`${here}?fait=${done.revision}`);
  },
  back: screen,
  backInput: () => ({}),
});

const types = { csv: "text/csv; charset=utf-8", geojson: "application/geo+json", netbox: "application/json" } as const;
export const exportAction = consoleAction({
  id: "console.network-export",
  path: `${here}/export`,
  who: official(readPlant),
  form: T.Object({ format: Format }),
  calls: [exportPlant],
  async handle(a, { format }) {
    const { text, revision } = await a.call(exportPlant, { format });
    return download(new TextEncoder().encode(text), types[format], `reseau-${revision}.${format === "netbox" ? "json" : format}`);
  },
  back: screen,
  backInput: () => ({}),
});

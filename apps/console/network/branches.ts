import { listBranches, openBranch, planChanges } from "#network/api";
import { html, invalidInput, official, seeOther, T, type Upload } from "#kernel";
import { button, buttonLink, date, disclosure, empty, errorFor, fileUpload, form, input, may, number, table } from "#ui";
import { consoleAction, consolePage, sent, withQuery, type Screen } from "../screen.ts";
import { refusalOf } from "../site.ts";
import { stateTag } from "./branch-parts.ts";
import { networkTabs, path } from "./parts.ts";
import { change as own } from "./words-change.ts";
import { words } from "./words-plan.ts";
import { words as all } from "./words.ts";

const limit = 40;

export const branchesScreen: Screen<{ avant?: number }> = {
  reads: [listBranches],
  async view(p, { avant }, again) {
    const w = words(p.lang);
    const { branches, next } = await p.call(listBranches, { limit, ...(avant ? { before: avant } : {}) });
    const errors = (again?.problem.more.fields ?? []).map((f) => ({ path: f.path, message: p.say(f.message) }));
    return {
      title: all(p.lang).branches,
      current: "network",
      failed: Boolean(again),
      crumbs: [{ href: path, text: all(p.lang).title }],
      main: html`${refusalOf(p, again?.problem)}
        <h1>${all(p.lang).branches}</h1>
        ${networkTabs(p, "branches")}
        <p>${w.lead}</p>
        ${
          branches.length
            ? html`<div class="t-dense">
                ${table({
                  caption: w.caption(number(p, branches.length)),
                  columns: [
                    { head: w.number, numeric: true },
                    { head: w.project },
                    { head: w.state },
                    { head: w.changes, numeric: true },
                    { head: w.opened },
                  ],
                  rows: branches.map((b) => [
                    number(p, b.number),
                    html`<a href="${path}/projets/${b.id}">${b.title}</a> ${b.mine ? html`<span class="t-source">${w.mine}</span>` : ""}`,
                    stateTag(p, b),
                    number(p, b.changes),
                    date(p, b.openedAt),
                  ]),
                })}
              </div>`
            : empty(w.none, html`<p>${w.noneText}</p>`)
        }
        ${
          next
            ? html`<nav class="t-pages" aria-label="${w.pages}">
                <span></span><a rel="next" href="${withQuery(`${path}/projets`, { avant: String(next) })}">${w.older} →</a>
              </nav>`
            : ""
        }
        ${
          may(p.caller, planChanges.id)
            ? html`<div class="t-actions">${buttonLink(`${path}/commander`, all(p.lang).order)}</div>
                ${disclosure(
                  own(p.lang).begin,
                  form(
                    { action: `${path}/nouveau-projet`, hidden: p.csrf },
                    html`<p>${own(p.lang).beginText}</p>`,
                    input({
                      lang: p.lang,
                      name: "title",
                      label: w.titleField,
                      maxlength: 200,
                      value: sent(again?.form, "title"),
                      error: errorFor(errors, "title"),
                    }),
                    button(own(p.lang).begin, { kind: "second" }),
                  ),
                  errors.some((e) => e.path === "title"),
                )}
                ${disclosure(
                  w.upload,
                  form(
                    { action: `${path}/projets`, hidden: p.csrf, multipart: true },
                    html`<p>${w.uploadText}</p>`,
                    fileUpload({
                      lang: p.lang,
                      name: "file",
                      label: w.file,
                      accept: "application/json,.json",
                      maxMegabytes: 4,
                      error: errorFor(errors, "file"),
                    }),
                    button(w.send, { kind: "second" }),
                  ),
                  errors.some((e) => e.path !== "title"),
                )}`
            : ""
        }`,
    };
  },
};

export const branchesPage = consolePage({
  id: "console.network-branches",
  path: `${path}/projets`,
  who: official(),
  input: T.Object({ avant: T.Optional(T.Integer({ minimum: 1, maximum: 2_000_000_000 })) }),
  screen: branchesScreen,
});

export function uploaded(file: unknown): Upload | undefined {
  const one = file as Upload | undefined;
  return one && typeof one === "object" && "bytes" in one && one.bytes.length > 0 ? one : undefined;
}

export const uploadAction = consoleAction({
  id: "console.network-open-branch",
  path: `${path}/projets`,
  who: official(planChanges),
  form: T.Object({ file: T.Optional(T.Any()) }),
  limit: 5 * 1024 * 1024,
  calls: [openBranch],
  async handle(a, f) {
    const file = uploaded(f.file);
    const wrong = (key: "noFile" | "notProject") =>
      invalidInput({ fields: [{ path: "file", message: { fr: words("fr")[key], en: words("en")[key] } }] });
    if (!file) throw wrong("noFile");
    let given: { title?: unknown; reason?: unknown; study?: unknown; changes?: unknown };
    try {
      given = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(file.bytes)) as typeof given;
    } catch {
      throw wrong("notProject");
    }
    if (!given || typeof given.title !== "string" || !Array.isArray(given.changes)) throw wrong("notProject");
    const { id } = await a.call(openBranch, {
      title: given.title,
      ...(typeof given.reason === "string" ? { reason: given.reason } : {}),
      study: given.study === true,
      changes: given.changes as never,
    });
    return seeOther(`${path}/projets/${id}`);
  },
  back: branchesScreen,
  backInput: () => ({}),
});

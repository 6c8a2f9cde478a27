import { listWorks, openWork, planWorks } from "#network/api";
import { html, official, seeOther, T, type Html, type OutputOf, type PageContext } from "#kernel";
import { button, dateTime, disclosure, empty, form, input, may, number, table, tag, textarea, type Tone } from "#ui";
import { consoleAction, consolePage, sent, withQuery, type Again, type Screen } from "../screen.ts";
import { refusalOf } from "../site.ts";
import { networkTabs, path } from "./parts.ts";
import { choice } from "./watch-parts.ts";
import { words } from "./words-service.ts";
import { words as all } from "./words.ts";

export const here = `${path}/travaux`;
type Line = Pick<OutputOf<typeof listWorks>["works"][number], "state" | "phase" | "starts" | "ends">;
const tones: Record<Line["state"], Tone> = { draft: "neutral", proposed: "act", approved: "good", refused: "bad", cancelled: "bad" };

export function workTag(p: PageContext, x: Line): Html {
  const w = words(p.lang);
  if (x.state === "approved" && x.phase !== "ahead") return tag(w[x.phase], x.phase === "under-way" ? "act" : "neutral");
  return tag(w[x.state], tones[x.state]);
}
export const windowOf = (p: PageContext, x: Pick<Line, "starts" | "ends">): string => `${dateTime(p, x.starts)} – ${dateTime(p, x.ends)}`;

/** What people type, and what the contract takes: local time of the country. */
export const workForm = {
  title: T.String({ maxLength: 200 }),
  reason: T.String({ maxLength: 2000 }),
  fromDay: T.String({ maxLength: 10 }),
  fromHour: T.String({ maxLength: 5 }),
  toDay: T.String({ maxLength: 10 }),
  toHour: T.String({ maxLength: 5 }),
  elements: T.String({ maxLength: 20_000 }),
};
type Typed = { [K in keyof typeof workForm]: string };
export const written = (f: Typed) => ({
  title: f.title.trim(),
  reason: f.reason.trim(),
  starts: `${f.fromDay}T${hour(f.fromHour)}`,
  ends: `${f.toDay}T${hour(f.toHour)}`,
  elements: f.elements.split(/[\s,;]+/).filter(Boolean),
});
/** `8h`, `8:00`, `8h00` and `08:00` are one hour. */
const hour = (text: string) => text.trim().replace(/\s*h\s*/iu, ":").replace(/^(\d):/u, "0$1:").replace(/:$/u, ":00"); // prettier-ignore

export function workFields(p: PageContext, was: Partial<Typed>, again: Again | undefined): Html {
  const w = words(p.lang);
  const errors = again?.problem.more.fields ?? [];
  const fault = (...names: string[]) => {
    const found = errors.find((e) => names.includes(e.path));
    return found && p.say(found.message);
  };
  const value = (name: keyof Typed) => sent(again?.form, name) || was[name];
  const field = (name: keyof Typed, label: string, more: Partial<Parameters<typeof input>[0]> = {}) =>
    input({ lang: p.lang, name, label, value: value(name), ...more });
  return html`${field("title", w.titleLabel, { maxlength: 200, error: fault("title") })}
    ${textarea({ lang: p.lang, name: "reason", label: w.reason, rows: 2, maxlength: 2000, value: value("reason"), error: fault("reason") })}
    <div class="d-when">
      ${field("fromDay", w.fromDay, { type: "date", error: fault("starts") })}
      ${field("fromHour", w.fromHour, { width: 4, hint: w.hourHint })} ${field("toDay", w.toDay, { type: "date", error: fault("ends") })}
      ${field("toHour", w.toHour, { width: 4, hint: w.hourHint })}
    </div>
    ${textarea({ lang: p.lang, name: "elements", label: w.elements, hint: w.elementsHint, rows: 4, value: value("elements"), error: fault("elements") })}`;
}

const screen: Screen<{ vue?: "tous"; avant?: number; element?: string }> = {
  reads: [listWorks],
  async view(p, { vue, avant, element }, again) {
    const w = words(p.lang);
    const { works, next } = await p.call(listWorks, { limit: 40, ...(vue ? {} : { coming: true }), ...(avant ? { before: avant } : {}) });
    return {
      title: all(p.lang).works,
      current: "network",
      failed: Boolean(again),
      crumbs: [{ href: path, text: all(p.lang).title }],
      main: html`${refusalOf(p, again?.problem)}
        <h1>${all(p.lang).works}</h1>
        ${networkTabs(p, "works")}
        <p>${w.worksLead}</p>
        ${choice(all(p.lang).works, [
          { href: here, text: w.coming, here: !vue },
          { href: `${here}?vue=tous`, text: w.all, here: vue !== undefined },
        ])}
        ${
          works.length
            ? html`<div class="t-dense">
                ${table({
                  caption: w.works(number(p, works.length)),
                  columns: [{ head: w.work }, { head: w.state }, { head: w.window }],
                  rows: works.map((x) => [
                    html`<a href="${here}/${x.id}">n° ${number(p, x.number)} – ${x.title}</a>`,
                    workTag(p, x),
                    windowOf(p, x),
                  ]),
                })}
              </div>`
            : empty(w.noWorks, html`<p>${w.noWorksText}</p>`)
        }
        ${
          next
            ? html`<nav class="t-pages" aria-label="${all(p.lang).works}">
                <span></span><a rel="next" href="${withQuery(here, { vue, avant: String(next) })}">${w.all} →</a>
              </nav>`
            : ""
        }
        ${
          may(p.caller, planWorks.id)
            ? disclosure(
                w.prepare,
                form({ action: here, hidden: p.csrf }, workFields(p, { elements: element ?? "" }, again), button(w.save)),
                Boolean(again) || element !== undefined,
              )
            : ""
        }`,
    };
  },
};

export const worksPage = consolePage({
  id: "console.network-works",
  path: here,
  who: official(),
  input: T.Object({
    vue: T.Optional(T.Enum(["tous"])),
    avant: T.Optional(T.Integer({ minimum: 1, maximum: 2_000_000_000 })),
    element: T.Optional(T.String({ maxLength: 120 })),
  }),
  screen,
});

export const openWorkAction = consoleAction({
  id: "console.network-open-work",
  path: here,
  who: official(planWorks),
  form: T.Object(workForm),
  calls: [openWork],
  async handle(a, f) {
    const { id } = await a.call(openWork, written(f));
    return seeOther(`${here}/${id}`);
  },
  back: screen,
  backInput: () => ({}),
});

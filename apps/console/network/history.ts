import { readHistory } from "#network/api";
import { html, official, T, type Html, type OutputOf, type PageContext } from "#kernel";
import { dateTime, disclosure, empty, number, table } from "#ui";
import { consolePage } from "../screen.ts";
import { graph } from "./graph.ts";
import { networkTabs, path } from "./parts.ts";
import { choice } from "./watch-parts.ts";
import { words } from "./words-watch.ts";
import { words as all } from "./words.ts";

type Series = OutputOf<typeof readHistory>["series"][number];
type Figures = Series["figures"][number];
const steps = { minutes5: 300, hours: 3600, days: 86_400 } as const;
type Step = keyof typeof steps;
/** Rows of the table behind the drawings; the drawings show them all. */
const mostRows = 48;

export const historyPage = consolePage({
  id: "console.network-history",
  path: `${path}/sites/{id}/mesures`,
  who: official(),
  input: T.Object({
    id: T.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9._:-]{0,119}$" }),
    pas: T.Optional(T.Enum(["minutes5", "hours", "days"])),
  }),
  screen: {
    reads: [readHistory],
    async view(p, { id, pas }) {
      const w = words(p.lang);
      const step: Step = pas ?? "minutes5";
      const h = await p.call(readHistory, { node: id, step });
      const here = `${path}/sites/${id}`;
      return {
        title: w.historyOf(h.node.name),
        current: "network",
        crumbs: [
          { href: path, text: all(p.lang).title },
          { href: `${path}/sites`, text: all(p.lang).nodes },
          { href: here, text: h.node.name },
        ],
        main: html`<h1>${w.historyOf(h.node.name)}</h1>
          ${networkTabs(p, "nodes")}
          <p>${w.historyLead}</p>
          ${choice(
            w.step,
            (Object.keys(steps) as Step[]).map((s) => ({ href: `${here}/mesures?pas=${s}`, text: w[s], here: s === step })),
          )}
          ${h.series.length ? h.series.map((s) => one(p, s, step)) : empty(w.noHistory, html`<p>${w.noHistoryText}</p>`)}`,
      };
    },
  },
});

const share = (f: Figures) => (f.seconds > 0 ? Math.max(0, 1 - f.downSeconds / f.seconds) : null);

function one(p: PageContext, s: Series, step: Step): Html {
  const w = words(p.lang);
  const whole = filled(s.figures, steps[step]);
  const points = (pick: (f: Figures) => number | null | undefined) =>
    whole.map((x) => ({ at: x.at, value: x.f ? (pick(x.f) ?? null) : null }));
  const short = (n: number) => number(p, n < 10 ? Math.round(n * 10) / 10 : Math.round(n));
  const percent = (n: number) => `${number(p, Math.round(n * 1000) / 10)}\u00a0%`;
  const megabits = (n: number) => w.mbits(short(n / 1e6));
  const name = `${w[s.kind]} ${s.name}`;
  return html`<section>
    <h2>${s.name} <span class="t-source">${w[s.kind]}${s.simulated ? ` · ${w.simulated}` : ""}</span></h2>
    <div class="d-graphs">
      ${graph({ label: w.reach, points: points(share), say: (n) => w.lowest(percent(n)), low: true, least: 1 })}
      ${graph({ label: w.delay, points: points((f) => f.median), say: (n) => w.highest(w.ms(short(n))) })}
      ${graph({ label: w.loss, points: points((f) => f.loss), say: (n) => w.highest(percent(n)), least: 0.01 })}
      ${s.kind === "link" ? graph({ label: w.throughput, points: points((f) => f.rx), say: (n) => w.highest(megabits(n)) }) : ""}
    </div>
    ${disclosure(
      html`${w.values}<span class="govuk-visually-hidden"> ${name}</span>`,
      html`<div class="t-dense">
        ${table({
          caption: name,
          hideCaption: true,
          columns: [
            { head: w.at },
            { head: w.reach, numeric: true },
            { head: w.delay, numeric: true },
            { head: w.loss, numeric: true },
            { head: w.throughput, numeric: true },
          ],
          rows: s.figures
            .slice(-mostRows)
            .toReversed()
            .map((f) => {
              const up = share(f);
              return [
                dateTime(p, f.at),
                up === null ? w.unmeasured : percent(up),
                f.median === undefined ? "–" : w.ms(short(f.median)),
                f.loss === undefined ? "–" : percent(f.loss),
                f.rx === undefined ? "–" : megabits(f.rx),
              ];
            }),
        })}
      </div>`,
    )}
  </section>`;
}

/** Stretches that are missing between two that are there become gaps. */
function filled(list: readonly Figures[], step: number): { at: number; f: Figures | undefined }[] {
  const out: { at: number; f: Figures | undefined }[] = [];
  for (const f of list) {
    const at = Date.parse(f.at);
    const last = out.at(-1);
    if (last && at - last.at > step * 1500) out.push({ at: last.at + step * 1000, f: undefined });
    out.push({ at, f });
  }
  return out;
}

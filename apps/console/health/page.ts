import { operate, readHealth } from "#kernel/api";
import { html, official, T, type Html, type OutputOf, type PageContext } from "#kernel";
import { banner, dateTime, disclosure, fileSize, live, number, refreshNote, table, tag } from "#ui";
import { consolePage } from "../screen.ts";
import { ago, span } from "../site.ts";
import { words } from "./words.ts";

type Health = OutputOf<typeof readHealth>;
const refresh = 10;
/** Above these somebody should look: the ledger promises one second, a queue a minute. */
const slow = { ledger: 10, job: 60 };

export const healthPage = consolePage({
  id: "console.health",
  path: "/console/etat",
  who: official(operate),
  input: T.Object({ fixe: T.Optional(T.String({ maxLength: 1 })) }),
  screen: {
    reads: [readHealth],
    async view(p, { fixe }) {
      const w = words(p.lang);
      const health = await p.call(readHealth, {});
      const stopped = fixe === "1";
      return {
        title: w.title,
        current: "health",
        ...(stopped ? {} : { refresh }),
        main: html`<h1>${w.title}</h1>
          ${live("health", html`${verdict(p, health)} ${figures(p, health)} ${failing(p, health)} ${jobs(p, health)} ${sweeps(p, health)}`)}
          ${refreshNote(p.lang, { path: p.path, seconds: refresh, stopped, stopPath: `${p.path}?fixe=1`, resumePath: p.path })}`,
      };
    },
  },
});

/** A sweep that has not run for three of its own periods is late. */
export function late(sweep: Health["sweeps"][number], now: Date): boolean {
  if (sweep.error) return true;
  if (!sweep.lastRunAt) return false;
  return (now.getTime() - Date.parse(sweep.lastRunAt)) / 1000 > sweep.everySeconds * 3 + 10;
}

export function alarms(p: PageContext, health: Health): string[] {
  const w = words(p.lang);
  const failed = health.jobs.reduce((sum, job) => sum + job.failed, 0);
  const lag = health.ledger.oldestWaitingSeconds ?? 0;
  return [
    ...(failed ? [w.failingJobs(failed)] : []),
    ...health.sweeps.filter((one) => late(one, p.clock.now())).map((one) => w.lateSweep(one.name)),
    ...health.jobs.filter((job) => (job.oldestSeconds ?? 0) > slow.job).map((job) => w.oldJob(job.name, span(p, job.oldestSeconds ?? 0))),
    ...(lag > slow.ledger ? [w.ledgerLag(span(p, lag))] : []),
  ];
}

function verdict(p: PageContext, health: Health): Html {
  const w = words(p.lang);
  const all = alarms(p, health);
  if (all.length === 0) return banner(p.lang, "success", html`<p>${w.fineText}</p>`, w.fine);
  return banner(
    p.lang,
    "problem",
    html`<ul>
      ${all.map((one) => html`<li>${one}</li>`)}
    </ul>`,
    w.attention(all.length),
  );
}

function figures(p: PageContext, { database, ledger, process, version }: Health): Html {
  const w = words(p.lang);
  const figure = (name: string, value: string, note?: string) =>
    html`<div>
      <dt>${name}</dt>
      <dd>${value}</dd>
      ${note ? html`<dd class="t-source">${note}</dd>` : ""}
    </div>`;
  return html`<dl class="t-figures">
    ${figure(w.database, fileSize(p, database.sizeBytes), `${w.connections} ${number(p, database.connections)} · ${w.migrations} ${database.migrations} · ${database.version}`)}
    ${figure(w.facts, number(p, ledger.facts), `${w.sealed} ${number(p, ledger.sealed)}`)}
    ${figure(w.waiting, number(p, ledger.waiting), ledger.oldestWaitingSeconds === null ? "" : `${w.lag} ${span(p, ledger.oldestWaitingSeconds)}`)}
    ${figure(w.memory, fileSize(p, process.memoryBytes), `${w.role} ${process.role} · ${w.started} ${ago(p, process.startedAt)}`)}
    ${figure(w.version, version)}
  </dl>`;
}

function failing(p: PageContext, health: Health): Html {
  const w = words(p.lang);
  if (health.failing.length === 0) return html``;
  return html`<h2>${w.failing}</h2>
    <div class="t-dense">
      ${table({
        caption: w.failing,
        hideCaption: true,
        columns: [{ head: w.job }, { head: w.at }, { head: w.attempt, numeric: true }, { head: w.message }],
        rows: health.failing.map((one) => [
          html`<code>${one.job}</code>`,
          dateTime(p, one.at),
          number(p, one.attempt),
          html`<code class="d-wrap">${one.message}</code>`,
        ]),
      })}
    </div>`;
}

function jobs(p: PageContext, health: Health): Html {
  const w = words(p.lang);
  const busy = health.jobs.filter((job) => job.waiting + job.active + job.failed > 0);
  const idle = health.jobs.filter((job) => !busy.includes(job));
  return html`<h2>${w.jobs}</h2>
    ${
      busy.length
        ? html`<div class="t-dense">
            ${table({
              caption: w.jobs,
              hideCaption: true,
              columns: [
                { head: w.job },
                { head: w.jobWaiting, numeric: true },
                { head: w.active, numeric: true },
                { head: w.failed, numeric: true },
                { head: w.oldest, numeric: true },
              ],
              rows: busy.map((job) => [
                html`<code>${job.name}</code>`,
                number(p, job.waiting),
                number(p, job.active),
                job.failed ? tag(number(p, job.failed), "bad") : "0",
                job.oldestSeconds === null ? "–" : span(p, job.oldestSeconds),
              ]),
            })}
          </div>`
        : html`<p>${w.noJobs}</p>`
    }
    ${
      idle.length
        ? disclosure(w.idle(idle.length), html`<p>${idle.map((job, i) => html`${i ? ", " : ""}<code>${job.name}</code>`)}</p>`)
        : ""
    }`;
}

function sweeps(p: PageContext, health: Health): Html {
  const w = words(p.lang);
  return html`<h2>${w.sweeps}</h2>
    <div class="t-dense">
      ${table({
        caption: w.sweeps,
        hideCaption: true,
        columns: [
          { head: w.sweep },
          { head: w.every, numeric: true },
          { head: w.last },
          { head: w.took, numeric: true },
          { head: w.error },
        ],
        rows: health.sweeps.map((one) => [
          html`<code>${one.name}</code>`,
          span(p, one.everySeconds),
          one.lastRunAt ? html`<time datetime="${one.lastRunAt}">${ago(p, one.lastRunAt)}</time>` : "–",
          `${number(p, one.tookMs)}\u202fms`,
          one.error ? html`${tag(w.error, "bad")} <code class="d-wrap">${one.error}</code>` : "–",
        ]),
      })}
    </div>`;
}

import { commandOperation, operateFabric, readOperation } from "#network/api";
import { html, official, seeOther, T, type Html, type OutputOf, type PageContext } from "#kernel";
import { button, dateTime, disclosure, form, may, number, table } from "#ui";
import { consoleAction, consolePage, sent, type Screen } from "../screen.ts";
import { refusalOf } from "../site.ts";
import { labelOf, operationTag } from "./operations.ts";
import { networkTabs, path } from "./parts.ts";
import { words } from "./words-fabric.ts";
import { words as all } from "./words.ts";

type Whole = OutputOf<typeof readOperation>;
const Id = T.String({ pattern: "^[0-9a-f-]{36}$" });

const screen: Screen<{ id: string }> = {
  reads: [readOperation],
  async view(p, { id }, again) {
    const w = words(p.lang);
    const o = await p.call(readOperation, { id });
    return {
      title: w.operation(o.name),
      current: "network",
      failed: Boolean(again),
      crumbs: [
        { href: path, text: all(p.lang).title },
        { href: `${path}/operations`, text: w.operations },
      ],
      main: html`${refusalOf(p, again?.problem)}
        <h1>${w.operation(o.name)}</h1>
        ${networkTabs(p, "operations")}
        <p>
          ${operationTag(p, o)} ${labelOf(p, o)},
          ${dateTime(p, o.askedAt)}${o.generation ? `, ${w.generation(number(p, o.generation))}` : ""}
          ${o.simulated ? html`<span class="t-source">${w.simulated}</span>` : ""}
        </p>
        ${
          o.problem
            ? html`<h2>${w.problem}</h2>
                <pre class="t-code">${o.problem}</pre>`
            : ""
        }
        ${commands(p, o)} ${changes(p, o)} ${journal(p, o)}`,
    };
  },
};

function commands(p: PageContext, o: Whole): Html {
  const w = words(p.lang);
  if (!may(p.caller, operateFabric.id) || o.commands.length === 0) return html``;
  const name = { retry: w.retry, rollBack: w.rollBack, giveUp: w.giveUp, cancel: w.cancel, undo: w.undoIt };
  return html`<div class="t-actions">
    ${o.commands.map((c, i) =>
      form(
        { action: `${path}/operations/${o.id}`, hidden: p.csrf },
        html`<input type="hidden" name="command" value="${c}" />`,
        i === 0 ? button(name[c]) : button(name[c], { kind: "second" }),
      ),
    )}
  </div>`;
}

/** Lines that go and lines that come, part by part. */
function changes(p: PageContext, o: Whole): Html {
  const w = words(p.lang);
  return html`<h2>${w.changes}</h2>
    ${
      o.changes.length === 0
        ? html`<p class="t-soft">${w.same}</p>`
        : o.changes.map((c) => {
            const lines = differing(c.before ?? "", c.after ?? "");
            const shown = html`<pre class="t-code" tabindex="0">
${lines.map(([how, text]) => (how === "+" ? html`<ins>${text}</ins> ` : how === "-" ? html`<del>${text}</del> ` : `${text}\n`))}</pre>`;
            return disclosure(w[`part-${c.part}` as "part-routing"], shown, o.changes.length === 1 && lines.length < 60);
          })
    }`;
}

const context = 2;
/** Common beginning and end left out but for two lines: what differs lies between. */
function differing(before: string, after: string): ["+" | "-" | " ", string][] {
  const [x, y] = [before.split("\n"), after.split("\n")];
  let start = 0;
  while (start < Math.min(x.length, y.length) && x[start] === y[start]) start++;
  let end = 0;
  while (end < Math.min(x.length, y.length) - start && x.at(-1 - end) === y.at(-1 - end)) end++;
  const kept = (list: string[]): ["+" | "-" | " ", string][] => list.map((t) => [" ", t]);
  return [
    ...kept(x.slice(Math.max(0, start - context), start)),
    ...x.slice(start, x.length - end).map((t): ["-", string] => ["-", t]),
    ...y.slice(start, y.length - end).map((t): ["+", string] => ["+", t]),
    ...kept(y.slice(y.length - end, y.length - end + context)),
  ].slice(0, 400) as ["+" | "-" | " ", string][];
}

function journal(p: PageContext, o: Whole): Html {
  const w = words(p.lang);
  return html`<div class="t-dense">
    ${table({
      caption: w.journal,
      columns: [{ head: w.step }, { head: w.began }, { head: w.receipt }, { head: w.tries, numeric: true }],
      rows: o.journal.map((j) => [
        html`${w[`part-${j.step}` as "part-routing"] ?? j.step} ${j.back ? html`<span class="t-source">${w.back}</span>` : ""}
        ${j.problem ? html`<div class="t-source">${j.problem}</div>` : ""}`,
        dateTime(p, j.intentAt),
        j.receiptAt ? dateTime(p, j.receiptAt) : w.pending,
        number(p, j.attempts),
      ]),
    })}
  </div>`;
}

export const operationPage = consolePage({
  id: "console.network-operation",
  path: `${path}/operations/{id}`,
  who: official(),
  input: T.Object({ id: Id }),
  screen,
});

export const operationAction = consoleAction({
  id: "console.network-command-operation",
  path: `${path}/operations/{id}`,
  who: official(operateFabric),
  form: T.Object({ id: Id, command: T.Enum(["retry", "rollBack", "giveUp", "cancel", "undo"]) }),
  calls: [commandOperation, readOperation],
  async handle(a, f) {
    const { id } = await a.call(commandOperation, f);
    return seeOther(`${path}/operations/${id}`);
  },
  back: screen,
  backInput: (f) => ({ id: sent(f, "id") }),
});

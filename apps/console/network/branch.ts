import { approveChanges, planChanges, readBranch, readMap } from "#network/api";
import { readOutline } from "#registry/api";
import { html, official, T, type Html, type PageContext } from "#kernel";
import { banner, button, date, disclosure, facts, form, map, may, number, textarea, warning } from "#ui";
import { consolePage, sent, type Again, type Screen } from "../screen.ts";
import { refusalOf } from "../site.ts";
import { changeList } from "./branch-changes.ts";
import { billTable, differenceTable, effectTable, phasesTable, stateTag, type Branch } from "./branch-parts.ts";
import { equipment } from "./branch-equipment.ts";
import { drawNetwork } from "./draw.ts";
import { networkTabs, path } from "./parts.ts";
import { words } from "./words-plan.ts";
import { words as all } from "./words.ts";

export const branchScreen: Screen<{ id: string }> = {
  reads: [readBranch, readMap, readOutline],
  async view(p, { id }, again) {
    const w = words(p.lang);
    const b = await p.call(readBranch, { id });
    return {
      title: w.title(String(b.number), b.title),
      current: "network",
      failed: Boolean(again),
      crumbs: [
        { href: path, text: all(p.lang).title },
        { href: `${path}/projets`, text: all(p.lang).branches },
      ],
      main: html`${refusalOf(p, again?.problem)}
        <h1>${w.title(String(b.number), b.title)} ${stateTag(p, b)}</h1>
        ${networkTabs(p, "branches")} ${again ? refused(p, again) : ""} ${trouble(p, b)}
        <div class="d-atlas">
          ${await picture(p, b)}
          <div>
            ${about(p, b)} ${decide(p, b, again)} ${b.effect ? effectTable(p, b.effect) : ""} ${b.effect ? phasesTable(p, b.effect) : ""}
          </div>
        </div>
        ${b.effect?.bill.lines.length ? billTable(p, b.effect.bill, w.bill, b.effect.illustrativePrices) : ""} ${equipment(p, b)}
        ${difference(p, b)} ${changeList(p, b, again)}`,
    };
  },
};

export const branchPage = consolePage({
  id: "console.network-branch",
  path: `${path}/projets/{id}`,
  who: official(),
  input: T.Object({ id: T.String({ pattern: "^[0-9a-f-]{36}$" }) }),
  screen: branchScreen,
});

/** Each field of what the server refused: which elements, and why. */
function refused(p: PageContext, again: Again): Html | "" {
  const fields = again.problem.more.fields ?? [];
  if (fields.length === 0) return "";
  return html`<ul>
    ${fields.slice(0, 20).map((f) => html`<li><span class="t-mono">${f.path}</span> – ${p.say(f.message)}</li> `)}
  </ul>`;
}

const rank = (kind: string) => (kind === "core" ? 0 : kind === "hub" ? 1 : kind === "joint" ? 3 : 2);

async function picture(p: PageContext, b: Branch): Promise<Html> {
  const w = words(p.lang);
  const { nodes, added, removed } = b.drawing;
  const plan = b.study ? { revision: 0, nodes: [], spans: [] } : await p.call(readMap, {});
  const { topology } = await p.call(readOutline, {});
  const points = [...nodes.map((n) => n.point), ...[...added, ...removed].flatMap((s) => s.line)];
  const drawing = drawNetwork(topology, plan, {
    ...(points.length ? { around: points } : {}),
    over: [
      { tone: "removed", lines: removed.map((s) => s.line) },
      { tone: "added", lines: added.map((s) => s.line) },
      { tone: "new", points: nodes.map((n) => n.point) },
    ],
    names: nodes.toSorted((x, y) => rank(x.kind) - rank(y.kind)).slice(0, 16),
    bare: b.study,
    many: plan.nodes.length / 10,
    lang: p.lang,
  });
  return map({
    label: all(p.lang).map,
    svg: drawing,
    legend: html`<span class="d-key d-added">━</span> ${w.legend} · <span class="d-key d-removed">┅</span> ${w.legendRemoved}`,
  });
}

/** What stands in the way, first. */
function trouble(p: PageContext, b: Branch): Html {
  const w = words(p.lang);
  const { faults, conflicts, isolated } = b;
  return html`${
    faults.length
      ? banner(
          p.lang,
          "problem",
          html`<ul>
            ${faults.slice(0, 20).map((f) => html`<li>${f.position ? html`${w.change(String(f.position))} – ` : ""}${f.message}</li> `)}
          </ul>`,
          w.faults,
        )
      : ""
  }
  ${
    conflicts.length && b.state !== "merged"
      ? banner(
          p.lang,
          "problem",
          html`<ul>
              ${conflicts.slice(0, 20).map((c) => html`<li><span class="t-mono">${c.kind} ${c.id}</span> – ${w[`since-${c.since}`]}</li> `)}
            </ul>
            <p>${w.conflictsText}</p>`,
          w.conflicts,
        )
      : ""
  }
  ${
    isolated.length && !b.study
      ? warning(
          p.lang,
          html`${w.isolated(number(p, isolated.length))} :
          ${isolated
            .slice(0, 12)
            .map((n) => n.name)
            .join(", ")}${isolated.length > 12 ? "…" : "."}`,
        )
      : ""
  }`;
}

function about(p: PageContext, b: Branch): Html {
  const w = words(p.lang);
  return facts(p.lang, [
    b.reason !== undefined && { key: w.reason, value: b.reason },
    { key: w.opened, value: html`${date(p, b.openedAt)} ${b.mine ? html`<span class="t-source">${w.mine}</span>` : ""}` },
    !b.study && { key: w.base, value: number(p, b.base) },
    b.undoes !== undefined && { key: w.undoes, value: html`<a href="${path}/projets/${b.undoes}">${w.project}</a>` },
    b.forced !== undefined && { key: w.forced, value: b.forced },
    b.decision !== undefined && { key: w.refusedFor, value: b.decision },
    b.merged !== undefined && { key: w.mergedAs(number(p, b.merged)), value: date(p, b.mergedAt!) },
  ]);
}

/** Only what this person may do in this state. */
function decide(p: PageContext, b: Branch, again: Again | undefined): Html {
  const w = words(p.lang);
  const [plans, approves] = [may(p.caller, planChanges.id), may(p.caller, approveChanges.id)];
  const version = html`<input type="hidden" name="version" value="${b.version}" />`;
  const to = (act: string, text: string, kind: "main" | "second" | "warn" = "second", more: Html | "" = "") =>
    form({ action: `${path}/projets/${b.id}/${act}`, hidden: html`${p.csrf}${version}` }, more, button(text, { kind }));
  if (b.study) return html`<p class="t-soft">${w.studyText}</p>`;
  const force = textarea({
    lang: p.lang,
    name: "force",
    label: w.force,
    hint: w.forceHint,
    rows: 2,
    maxlength: 2000,
    value: sent(again?.form, "force"),
  });
  const open = b.state === "draft" || b.state === "proposed" || b.state === "approved" || b.state === "refused";
  const parts = [
    plans && b.state === "draft" && to("proposition", w.propose, "main", b.isolated.length ? force : ""),
    approves && b.state === "proposed" && !b.mine && to("approbation", w.approve, "main"),
    approves && b.state === "proposed" && b.mine && html`<p class="t-soft">${w.own}</p>`,
    (plans || approves) && b.state === "approved" && to("application", w.merge, "main"),
    plans && b.conflicts.length > 0 && open && to("mise-a-jour", w.rebase),
    plans && b.state === "merged" && to("annulation", w.undo),
    approves &&
      (b.state === "proposed" || b.state === "approved") &&
      disclosure(
        w.refuse,
        to(
          "refus",
          w.refuse,
          "second",
          textarea({ lang: p.lang, name: "reason", label: w.refuseWhy, rows: 2, maxlength: 2000, value: sent(again?.form, "reason") }),
        ),
      ),
    plans && open && disclosure(w.withdraw, to("retrait", w.withdraw, "warn")),
  ].filter((x) => x !== false);
  return parts.length ? html`<section aria-label="${w.decide}">${parts}</section>` : html``;
}

const shown = 60;
function difference(p: PageContext, b: Branch): Html {
  const w = words(p.lang);
  const { decided, derived } = b.difference;
  const rest = decided.slice(shown);
  return html`<h2>${w.difference}</h2>
    ${differenceTable(p, decided.slice(0, shown), w.decided(number(p, decided.length)))}
    ${rest.length ? disclosure(all(p.lang).others(number(p, rest.length)), differenceTable(p, rest.slice(0, 400), w.difference)) : ""}
    ${
      derived.length
        ? disclosure(
            w.derived(number(p, derived.length)),
            html`<p>${w.derivedText}</p>
              ${differenceTable(p, derived.slice(0, 200), w.derived(number(p, derived.length)))}`,
          )
        : ""
    }`;
}

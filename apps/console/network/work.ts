import { approveWorks, planWorks, readMap, readWork } from "#network/api";
import { readOutline } from "#registry/api";
import { html, official, T, type Html, type OutputOf, type PageContext } from "#kernel";
import { banner, button, dateTime, disclosure, facts, form, map, may, number, table, tag, textarea, warning } from "#ui";
import { consolePage, sent, type Again, type Screen } from "../screen.ts";
import { refusalOf } from "../site.ts";
import { drawNetwork } from "./draw.ts";
import { networkTabs, path } from "./parts.ts";
import { words } from "./words-service.ts";
import { words as all } from "./words.ts";
import { here, windowOf, workFields, workTag } from "./works.ts";

type One = OutputOf<typeof readWork>;
const Id = T.String({ pattern: "^[0-9a-f-]{36}$" });

export const workScreen: Screen<{ id: string }> = {
  reads: [readWork, readMap, readOutline],
  async view(p, { id }, again) {
    const w = words(p.lang);
    const x = await p.call(readWork, { id });
    const title = w.title(number(p, x.number), x.title);
    return {
      title,
      current: "network",
      failed: Boolean(again),
      crumbs: [
        { href: path, text: all(p.lang).title },
        { href: here, text: all(p.lang).works },
      ],
      main: html`${refusalOf(p, again?.problem)}
        <h1>${title} ${workTag(p, x)}</h1>
        ${networkTabs(p, "works")} ${again ? refused(p, again) : ""}
        <div class="d-atlas">
          ${await picture(p, x)}
          <div>${about(p, x)} ${decide(p, x, again)}</div>
        </div>
        ${effect(p, x)} ${preview(p, x)} ${notices(p, x)} ${edit(p, x, again)}`,
    };
  },
};
export const workPage = consolePage({
  id: "console.network-work",
  path: `${here}/{id}`,
  who: official(),
  input: T.Object({ id: Id }),
  screen: workScreen,
});

/** Each place the server named, and why. */
function refused(p: PageContext, again: Again): Html | "" {
  const fields = (again.problem.more.fields ?? []).filter((f) => f.path.startsWith("node."));
  if (fields.length === 0) return "";
  return html`<ul>
    ${fields.slice(0, 20).map((f) => html`<li>${p.say(f.message)}</li> `)}
  </ul>`;
}

async function picture(p: PageContext, x: One): Promise<Html> {
  const w = words(p.lang);
  const plan = await p.call(readMap, {});
  const { topology } = await p.call(readOutline, {});
  const points = new Map(plan.nodes.map((n) => [n.id, n.point]));
  const at = (effect: string) => x.sites.flatMap((s) => (s.effect === effect && points.has(s.id) ? [points.get(s.id)!] : []));
  const around = [...x.lines.flat(), ...at("down")];
  const svg = drawNetwork(topology, plan, {
    ...(around.length ? { around } : {}),
    names: plan.nodes.filter((n) => n.kind === "core" || n.kind === "hub").map((n) => ({ name: n.name, point: n.point })),
    over: [
      { tone: "removed", lines: x.lines },
      { tone: "near", points: at("one-way") },
      { tone: "off", points: at("down") },
    ],
    many: Infinity,
    lang: p.lang,
  });
  return map({
    label: w.map,
    svg,
    legend: html`<span class="d-key d-removed">┅</span> ${w.legend} · <span class="d-key d-off">●</span> ${w.down} ·
      <span class="d-key d-near">●</span> ${w["one-way"]}`,
  });
}

function about(p: PageContext, x: One): Html {
  const w = words(p.lang);
  return facts(p.lang, [
    { key: w.window, value: windowOf(p, x) },
    { key: w.reason, value: html`${x.reason} ${x.mine ? html`<span class="t-source">${w.mine}</span>` : ""}` },
    {
      key: w.elements,
      value: x.elements.map((e) => {
        const link =
          e.kind === "cable" || e.kind === "circuit" ? `${path}/liaisons/${e.id}` : e.kind === "node" ? `${path}/sites/${e.id}` : "";
        return html`<div>${link ? html`<a href="${link}">${e.name}</a>` : e.name} <span class="t-source t-mono">${e.id}</span></div>`;
      }),
    },
    x.forced !== undefined && { key: w.forced, value: x.forced },
    x.decision !== undefined && { key: w.decision, value: x.decision },
    x.decidedAt !== undefined && { key: w.when, value: dateTime(p, x.decidedAt) },
  ]);
}

/** Only what this person may do in this state. */
function decide(p: PageContext, x: One, again: Again | undefined): Html {
  const w = words(p.lang);
  const [plans, approves] = [may(p.caller, planWorks.id), may(p.caller, approveWorks.id)];
  const to = (act: string, text: string, kind: "main" | "second" | "warn", more: Html | "" = "") =>
    form(
      { action: `${here}/${x.id}/${act}`, hidden: html`${p.csrf}<input type="hidden" name="version" value="${x.version}" />` },
      more,
      button(text, { kind }),
    );
  const why = (id: string) =>
    textarea({ lang: p.lang, name: "reason", id, label: w.decision, rows: 2, maxlength: 2000, value: sent(again?.form, "reason") });
  const cuts = x.sites.some((s) => s.effect === "down") || x.together.length > 0;
  const force = textarea({ lang: p.lang, name: "force", label: w.force, hint: w.forceHint, rows: 2, maxlength: 2000, value: sent(again?.form, "force") }); // prettier-ignore
  return html`${plans && x.state === "draft" && x.phase === "ahead" ? to("proposition", w.propose, "main", cuts ? force : "") : ""}
  ${approves && x.state === "proposed" && x.mine ? html`<p class="t-soft">${w.ownWork}</p>` : ""}
  ${approves && x.state === "proposed" && !x.mine ? to("approbation", w.approve, "main") : ""}
  ${approves && x.state === "proposed" && !x.mine ? disclosure(w.refuse, to("refus", w.refuse, "warn", why("refusal"))) : ""}
  ${
    (plans || approves) && x.state !== "cancelled" && x.phase !== "over"
      ? disclosure(w.cancel, to("annulation", w.cancel, "warn", why("cancellation")))
      : ""
  }`;
}

function effect(p: PageContext, x: One): Html {
  const w = words(p.lang);
  const [down, oneWay] = (["down", "one-way"] as const).map((e) => x.sites.filter((s) => s.effect === e));
  const names = (list: readonly { id: string; name: string }[]) =>
    html`<p>
      ${list.slice(0, 30).map((s, i) => html`${i ? ", " : ""}<a href="${path}/sites/${s.id}">${s.name}</a>`)}${list.length > 30 ? "…" : "."}
    </p>`;
  return html`${x.together.map((t) =>
    banner(
      p.lang,
      "problem",
      html`<p>
        ${w.togetherText(
          t.works
            .filter((o) => o.id !== x.id)
            .map((o) => String(o.number))
            .join(", "),
          t.sites
            .slice(0, 12)
            .map((s) => s.name)
            .join(", "),
        )}
      </p>`,
      w.together,
    ),
  )}
  ${down!.length ? warning(p.lang, html`<b>${w.isolated(number(p, down!.length))}</b>${names(down!)}`) : html`<p>${w.nobody}</p>`}
  ${
    oneWay!.length
      ? disclosure(
          w.oneWay(number(p, oneWay!.length)),
          html`<p>${w.oneWayText}</p>
            ${names(oneWay!)}`,
        )
      : ""
  }
  ${
    x.institutions.length
      ? html`<div class="t-dense">
          ${table({
            caption: w.institutions(number(p, x.institutions.length)),
            columns: [{ head: w.institution }, { head: w.effect }, { head: w.sites, numeric: true }],
            rows: x.institutions
              .toSorted((a, b) => (a.effect === b.effect ? 0 : a.effect === "down" ? -1 : 1))
              .slice(0, 60)
              .map((i) => [
                html`<a href="/console/institutions/${i.id}">${i.name}</a>`,
                tag(w[i.effect], i.effect === "down" ? "bad" : "act"),
                number(p, i.sites),
              ]),
          })}
        </div>`
      : ""
  }
  ${x.services.length ? html`<p><b>${w.services}</b> : ${x.services.map((s) => s.name).join(", ")}.</p>` : ""}`;
}

function preview(p: PageContext, x: One): Html | "" {
  const w = words(p.lang);
  if (!x.preview || x.state === "cancelled" || x.phase !== "ahead") return "";
  return disclosure(
    w.preview,
    html`<p class="t-soft">${w.previewTo(x.preview.institution, dateTime(p, x.preview.noticeAt))}</p>
      <div class="t-box d-letter">
        <p><b>${x.preview.subject}</b></p>
        ${x.preview.body.split(/\n+/).map((line) => html`<p>${line}</p> `)}
      </div>`,
    x.state === "proposed",
  );
}

function notices(p: PageContext, x: One): Html | "" {
  const w = words(p.lang);
  if (x.notices.length === 0) return "";
  const tones = { due: "neutral", sent: "good", unaddressed: "bad", superseded: "neutral" } as const;
  return html`<div class="t-dense">
    ${table({
      caption: w.notices(number(p, x.notices.length)),
      columns: [{ head: w.institution }, { head: w.notice }, { head: w.state }, { head: w.when }],
      rows: x.notices
        .slice(0, 200)
        .map((n) => [
          n.name,
          n.kind === "cancelled" ? w["notice-cancelled"] : w[n.kind],
          tag(w[n.state], tones[n.state]),
          dateTime(p, n.sentAt ?? n.dueAt),
        ]),
    })}
  </div>`;
}

function edit(p: PageContext, x: One, again: Again | undefined): Html | "" {
  const w = words(p.lang);
  if (!may(p.caller, planWorks.id) || x.state === "cancelled" || (x.state === "approved" && x.phase !== "ahead")) return "";
  const local = (at: string) => {
    const parts = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "short", timeZone: p.country.timeZone }).format(Date.parse(at)); // prettier-ignore
    return parts.split(" ") as [string, string];
  };
  const [[fromDay, fromHour], [toDay, toHour]] = [local(x.starts), local(x.ends)];
  const was = { title: x.title, reason: x.reason, fromDay, fromHour, toDay, toHour, elements: x.elements.map((e) => e.id).join("\n") };
  const typed = again && "elements" in again.form ? again : undefined;
  return disclosure(
    w.change,
    form(
      { action: `${here}/${x.id}`, hidden: html`${p.csrf}<input type="hidden" name="version" value="${x.version}" />` },
      html`<p class="t-soft">${w.changeText}</p>`,
      workFields(p, was, typed),
      button(w.save, { kind: "second" }),
    ),
    typed !== undefined,
  );
}

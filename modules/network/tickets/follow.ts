/** Tickets follow their alarms: level-triggered, so that news missed, late or twice change nothing. */
import { job, sweep, T, work, type Context, type JobContext } from "#kernel";
import { alarmById } from "../monitoring/store.ts";
import type { Alarm } from "../monitoring/shapes.ts";
import { current } from "../plant/current.ts";
import { spanName } from "../resilience/model.ts";
import { ticketMoved, ticketOpened } from "./facts.ts";
import { moveFor, ticketPolicy } from "./policy.ts";
import * as store from "./store.ts";

export const followAlarm = job("network.follow-alarm", T.Object({ fact: T.String(), subject: T.String() }));
const system = "system:network";
export const subject = (id: string) => `network:ticket:${id}`;

const titles: Record<Alarm["kind"], { fr: string; en: string }> = {
  cut: { fr: "Coupure", en: "Cut" },
  "link-down": { fr: "Liaison interrompue", en: "Link down" },
  "node-down": { fr: "Site hors service", en: "Place down" },
  power: { fr: "Panne de courant", en: "Power failure" },
  loss: { fr: "Pertes de paquets", en: "Packet loss" },
  delay: { fr: "Délai anormal", en: "Unusual delay" },
  saturation: { fr: "Liaison saturée", en: "Link saturated" },
  optical: { fr: "Niveau optique", en: "Optical level" },
  "silent-agent": { fr: "Agent muet", en: "Silent agent" },
};

async function elementName(ctx: Context, id: string): Promise<string> {
  const { model: m } = await current(ctx);
  const [span, node] = [m.span.get(id), m.at.get(id)];
  if (span !== undefined) return spanName(m, m.spans[span]!);
  if (node !== undefined) return m.nodes[node]!.name;
  return m.plant.duct.find((d) => d.id === id)?.name ?? id;
}

export async function titleFor(ctx: Context, a: Pick<Alarm, "kind" | "element">): Promise<{ fr: string; en: string }> {
  const name = await elementName(ctx, a.element);
  return { fr: `${titles[a.kind].fr}\u202f: ${name}`.slice(0, 200), en: `${titles[a.kind].en}: ${name}`.slice(0, 200) };
}

/** One alarm beside its tickets, under the lock: each is opened, resolved or reopened as their states ask. */
export async function follow(ctx: Context, id: string): Promise<void> {
  await store.lockTickets(ctx);
  const alarm = await alarmById(ctx, id);
  if (!alarm) return;
  const now = ctx.clock.now();
  const tickets = await store.ofAlarms(ctx, [id]);
  const own = tickets.find((t) => t.origin === "alarm");
  if (!own && moveFor(alarm, undefined, ticketPolicy(ctx), now) === "open") {
    const t = {
      id: ctx.ids.uuid(), origin: "alarm", state: "open", version: 1, severity: alarm.severity, title: await titleFor(ctx, alarm), institution: null,
      node: null, site: null, alarm: id, opened_at: now, opened_by: system, assignee: null, assignee_name: null, answered_at: null, resolved_at: null,
      closed_at: null, reopened: 0, occurrences: 0,
    } satisfies Omit<store.Ticket, "number">; // prettier-ignore
    const number = await store.insertTicket(ctx, t);
    await store.addNote(ctx, t.id, {
      at: now,
      author: system,
      author_name: null,
      author_side: "system",
      internal: false,
      what: "opened",
      text: null,
    });
    await ctx.record(ticketOpened, subject(t.id), { number, version: 1, origin: "alarm", severity: alarm.severity, alarm: id });
  }
  for (const t of tickets) {
    const move = moveFor(alarm, t, ticketPolicy(ctx), now);
    if (move === "resolve")
      await shift(ctx, { ...t, state: "resolved", resolved_at: alarm.ended ?? now, occurrences: alarm.occurrences }, "resolved");
    else if (move === "reopen") {
      const state = t.assignee ? "in-progress" : "open";
      await shift(ctx, { ...t, state, resolved_at: null, closed_at: null, reopened: t.reopened + 1 }, "reopened");
    }
    if (!move && t.origin === "alarm" && t.severity !== alarm.severity && !alarm.ended)
      await store.saveTicket(ctx, { ...t, severity: alarm.severity });
  }
}

async function shift(ctx: Context, t: store.Ticket, what: "resolved" | "reopened"): Promise<void> {
  const next = { ...t, version: t.version + 1 };
  await store.saveTicket(ctx, next);
  await store.addNote(ctx, t.id, {
    at: ctx.clock.now(),
    author: system,
    author_name: null,
    author_side: "system",
    internal: false,
    what,
    text: null,
  });
  await ctx.record(ticketMoved, subject(t.id), {
    number: t.number,
    version: next.version,
    ...(t.institution ? { institution: t.institution } : {}),
    what,
    state: next.state,
  });
}

export const following = work(
  followAlarm,
  async (j, { subject: of }) => {
    const id = /^network:alarm:([0-9a-f-]{36})$/.exec(of)?.[1];
    if (id) await j.transaction((ctx) => follow(ctx, id));
  },
  { concurrency: 1 },
);

/** Alarms come of age without news, and news may have been missed. */
export const ticketSweep = sweep("network.tickets", { seconds: 20 }, async (j: JobContext) => {
  const ids = await j.transaction((ctx) => store.alarmsToSee(ctx), { readOnly: true });
  for (const id of ids) await j.transaction((ctx) => follow(ctx, id));
});

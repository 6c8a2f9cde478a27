import { holdersOf, institution, institutions, officialName } from "#registry";
import type { Context, InputOf, OutputOf } from "#kernel";
import { actorOf } from "../branches/begin.ts";
import { alarmById } from "../monitoring/store.ts";
import { current } from "../plant/current.ts";
import { handleTickets } from "../permissions.ts";
import { agreementFor } from "../service-levels/pack.ts";
import type * as api from "./contracts.ts";
import { ticketMoved, ticketOpened } from "./facts.ts";
import { subject } from "./follow.ts";
import { after } from "./policy.ts";
import { placesOf } from "./places.ts";
import * as problems from "./problems.ts";
import * as store from "./store.ts";

type In<K extends keyof typeof api> = InputOf<(typeof api)[K]>;
type Out<K extends keyof typeof api> = Promise<OutputOf<(typeof api)[K]>>;

const handles = (ctx: Context) => ctx.caller.kind === "official" && ctx.caller.permissions.has(handleTickets.id);
const ownOf = (ctx: Context): string => (ctx.caller.kind === "official" ? ctx.caller.institution : "");
const done = ({ id, number, version, state }: store.Ticket) => ({ id, number, version, state });
const hour = 3_600_000;

/** Institutions by id, in one read. */
async function namesOf(ctx: Context, ids: readonly (string | null)[]): Promise<Map<string, string>> {
  const wanted = [...new Set(ids.filter((i) => i !== null))];
  return new Map(wanted.length ? (await institutions(ctx, { ids: wanted })).map((i) => [i.id, ctx.say(i.name)]) : []);
}

async function lines(ctx: Context, list: readonly store.Ticket[]) {
  const { model: m } = await current(ctx);
  const names = await namesOf(ctx, list.map((t) => t.institution)); // prettier-ignore
  const engineers = handles(ctx);
  return list.map((t) => {
    const at = t.node === null ? undefined : m.at.get(t.node);
    return {
      ...done(t),
      severity: t.severity,
      origin: t.origin,
      title: ctx.say(t.title),
      ...(t.institution ? { institution: { id: t.institution, name: names.get(t.institution) ?? t.institution } } : {}),
      ...(t.node ? { place: { id: t.node, name: at === undefined ? t.node : m.nodes[at]!.name } } : {}),
      openedAt: t.opened_at.toISOString(),
      ...(engineers && t.assignee_name ? { assignee: t.assignee_name } : {}),
      reopened: t.reopened,
    };
  });
}

const statesOf = (state: In<"listTickets">["state"]) =>
  state === undefined ? undefined : state === "pending" ? (["open", "in-progress"] as const) : ([state] as const);

export async function listTickets(ctx: Context, q: In<"listTickets">): Out<"listTickets"> {
  const limit = q.limit ?? 50;
  const rows = await store.listed(ctx, {
    institution: handles(ctx) ? undefined : ownOf(ctx),
    states: statesOf(q.state),
    alarm: q.alarm,
    before: q.before,
    limit,
  });
  return { tickets: await lines(ctx, rows), ...(rows.length === limit ? { next: rows.at(-1)!.number } : {}) };
}

/** One the caller may see; somebody else's is as unknown as one that never was. */
async function seen(ctx: Context, id: string, lock = false): Promise<store.Ticket> {
  const t = await store.ticketById(ctx, id, lock);
  if (!t || (!handles(ctx) && t.institution !== ownOf(ctx))) throw problems.ticketUnknown();
  return t;
}

export async function readTicket(ctx: Context, q: In<"readTicket">): Out<"readTicket"> {
  const t = await seen(ctx, q.id);
  const engineer = handles(ctx);
  const [line] = await lines(ctx, [t]);
  const alarm = t.alarm ? await alarmById(ctx, t.alarm) : undefined;
  const who = t.institution ? await institution(ctx, t.institution) : undefined;
  const terms = who && agreementFor(ctx, who);
  const by = (hours: number) => new Date(t.opened_at.getTime() + hours * hour).toISOString();
  const notes = (await store.notesOf(ctx, t.id)).filter((n) => engineer || !n.internal);
  return {
    ...line!,
    mine: t.assignee === actorOf(ctx),
    ...(t.answered_at ? { answeredAt: t.answered_at.toISOString() } : {}),
    ...(t.resolved_at ? { resolvedAt: t.resolved_at.toISOString() } : {}),
    ...(t.closed_at ? { closedAt: t.closed_at.toISOString() } : {}),
    ...(alarm
      ? {
          alarm: {
            id: alarm.id,
            kind: alarm.kind,
            severity: alarm.severity,
            began: alarm.began.toISOString(),
            ...(alarm.ended ? { ended: alarm.ended.toISOString() } : {}),
          },
        }
      : {}),
    ...(terms ? { respondBy: by(terms.responseHours), repairBy: by(terms.repairHours) } : {}),
    engineers: engineer ? await engineersOf(ctx) : [],
    notes: notes.map((n) => {
      const side = n.author_side;
      const shown = engineer || side === "institution";
      return {
        at: n.at.toISOString(),
        what: n.what,
        ...(shown && n.author_name ? { by: n.author_name } : {}),
        side,
        internal: n.internal,
        ...(n.text ? { text: n.text } : {}),
      };
    }),
  };
}

async function engineersOf(ctx: Context): Promise<{ account: string; name: string }[]> {
  const all = await holdersOf(ctx, { institution: ownOf(ctx), permission: handleTickets.id });
  const named: { account: string; name: string }[] = [];
  for (const account of all) named.push({ account, name: (await officialName(ctx, account)) ?? account.slice(0, 8) });
  return named;
}

async function note(ctx: Context, t: store.Ticket, what: store.NoteKind, text: string | null, internal = false): Promise<void> {
  const author = actorOf(ctx);
  await store.addNote(ctx, t.id, {
    at: ctx.clock.now(),
    author,
    author_name: (await officialName(ctx, author)) ?? null,
    author_side: handles(ctx) ? "operator" : "institution",
    internal,
    what,
    text,
  });
}

async function moved(ctx: Context, t: store.Ticket, what: store.NoteKind, text: string | null, internal = false): Out<"addNote"> {
  const next = { ...t, version: t.version + 1 };
  await store.saveTicket(ctx, next);
  await note(ctx, next, what, text, internal);
  await ctx.record(ticketMoved, subject(t.id), {
    number: t.number,
    version: next.version,
    ...(t.institution ? { institution: t.institution } : {}),
    what,
    state: next.state,
  });
  return done(next);
}

async function held(ctx: Context, q: { id: string; version?: number }, act: Parameters<typeof after>[1]): Promise<store.Ticket> {
  const t = await seen(ctx, q.id, true);
  if (q.version !== undefined && q.version !== t.version) throw problems.ticketMovedOn();
  const state = after(t.state, act);
  if (!state) throw problems.ticketState();
  return { ...t, state };
}

// ---- opening

type Fresh = Pick<store.Ticket, "origin" | "severity" | "title" | "institution" | "node" | "site" | "alarm">;
async function open(ctx: Context, f: Fresh, text: string | null): Out<"reportFault"> {
  const t: Omit<store.Ticket, "number"> = {
    ...f,
    id: ctx.ids.uuid(),
    state: "open",
    version: 1,
    opened_at: ctx.clock.now(),
    opened_by: actorOf(ctx),
    assignee: null,
    assignee_name: null,
    answered_at: null,
    resolved_at: null,
    closed_at: null,
    reopened: 0,
    occurrences: 0,
  };
  const ticket = { ...t, number: await store.insertTicket(ctx, t) };
  await note(ctx, ticket, "opened", text);
  await ctx.record(ticketOpened, subject(t.id), {
    number: ticket.number,
    version: 1,
    ...(t.institution ? { institution: t.institution } : {}),
    origin: t.origin,
    severity: t.severity,
    ...(t.alarm ? { alarm: t.alarm } : {}),
  });
  return done(ticket);
}

export async function reportFault(ctx: Context, q: In<"reportFault">): Out<"reportFault"> {
  const id = ownOf(ctx);
  const place = (await placesOf(ctx, id)).find((p) => p.node === q.place);
  if (!place) throw problems.placeUnknown();
  await store.lockTickets(ctx);
  if (await store.openAt(ctx, id, place.node)) throw problems.ticketOpen();
  const known = await store.alarmAt(ctx, place.node);
  const title = { fr: `Pas de réseau\u202f: ${place.name}`.slice(0, 200), en: `No network: ${place.name}`.slice(0, 200) };
  const severity = known?.severity ?? q.severity ?? "major";
  return open(
    ctx,
    { origin: "institution", severity, title, institution: id, node: place.node, site: place.site, alarm: known?.alarm ?? null },
    q.text,
  );
}

export async function openTicket(ctx: Context, q: In<"openTicket">): Out<"openTicket"> {
  const { model: m } = await current(ctx);
  const at = q.place === undefined ? undefined : m.at.get(q.place);
  if (q.place !== undefined && at === undefined) throw problems.placeUnknown();
  if (q.alarm && !(await alarmById(ctx, q.alarm))) throw problems.alarmGone();
  await store.lockTickets(ctx);
  const node = at === undefined ? null : m.nodes[at]!;
  const title = { fr: q.title, en: q.title };
  return open(
    ctx,
    {
      origin: "operator",
      severity: q.severity,
      title,
      institution: null,
      node: node?.id ?? null,
      site: node?.site ?? null,
      alarm: q.alarm ?? null,
    },
    q.text ?? null,
  );
}

// ---- moving on

const answered = (ctx: Context, t: store.Ticket) => (handles(ctx) ? (t.answered_at ?? ctx.clock.now()) : t.answered_at);

export async function addNote(ctx: Context, q: In<"addNote">): Out<"addNote"> {
  const t = await held(ctx, q, "note");
  const internal = handles(ctx) && (q.internal ?? false);
  return moved(ctx, { ...t, answered_at: internal ? t.answered_at : answered(ctx, t) }, "note", q.text, internal);
}

export async function takeTicket(ctx: Context, q: In<"takeTicket">): Out<"takeTicket"> {
  const t = await held(ctx, q, q.to ? "assign" : "take");
  const to = q.to ?? actorOf(ctx);
  const engineer = (await engineersOf(ctx)).find((e) => e.account === to);
  if (q.to && !engineer) throw problems.notAnEngineer();
  const name = engineer?.name ?? (await officialName(ctx, to)) ?? null;
  return moved(
    ctx,
    { ...t, assignee: to, assignee_name: name, answered_at: answered(ctx, t) },
    q.to ? "assigned" : "taken",
    q.to ? name : null,
  );
}

export async function resolveTicket(ctx: Context, q: In<"resolveTicket">): Out<"resolveTicket"> {
  const t = await held(ctx, q, "resolve");
  const alarm = t.alarm ? await alarmById(ctx, t.alarm) : undefined;
  const now = ctx.clock.now();
  const next = { ...t, answered_at: answered(ctx, t), resolved_at: now, occurrences: alarm?.occurrences ?? 0 };
  return moved(ctx, next, "resolved", q.text);
}

export async function closeTicket(ctx: Context, q: In<"closeTicket">): Out<"closeTicket"> {
  return moved(ctx, { ...(await held(ctx, q, "close")), closed_at: ctx.clock.now() }, "closed", null);
}

export async function reopenTicket(ctx: Context, q: In<"reopenTicket">): Out<"reopenTicket"> {
  await store.lockTickets(ctx);
  const t = await held(ctx, q, "reopen");
  // one report a place at a time: a newer one is the one to write to
  if (t.origin === "institution" && t.node && (await store.openAt(ctx, t.institution!, t.node))) throw problems.ticketOpen();
  const state = t.assignee ? "in-progress" : "open";
  return moved(ctx, { ...t, state, resolved_at: null, closed_at: null, reopened: t.reopened + 1 }, "reopened", q.text);
}

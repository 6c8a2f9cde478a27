import type { Context, InputOf, OutputOf } from "#kernel";
import type * as api from "./contracts.ts";
import { pricesOf } from "../extension/prices.ts";
import { digestOf, write } from "../plant/load.ts";
import { intentDifference } from "../intent/difference.ts";
import { intents } from "../intent/kept.ts";
import { modelAt } from "../plant/current.ts";
import { lastRevision, lockPlant } from "../plant/store.ts";
import { actorOf, begin, subject } from "./begin.ts";
import { differenceOf, effectOf, evaluate, type Evaluation } from "./evaluate.ts";
import * as facts from "./facts.ts";
import * as problems from "./problems.ts";
import { after, inverse } from "./rules.ts";
import type { Change } from "./shapes.ts";
import * as store from "./store.ts";
import { drawingOf } from "./views.ts";

type In<K extends keyof typeof api> = InputOf<(typeof api)[K]>;
type Out<K extends keyof typeof api> = Promise<OutputOf<(typeof api)[K]>>;

const done = ({ id, number, version, state }: store.Branch) => ({ id, number, version, state });
const headOf = (ctx: Context, b: store.Branch) => ({
  ...done(b),
  title: b.title,
  study: b.study,
  openedAt: b.opened_at.toISOString(),
  mine: b.editors.includes(actorOf(ctx)),
});

export async function listBranches(ctx: Context, q: In<"listBranches">): Out<"listBranches"> {
  const limit = q.limit ?? 50;
  const rows = await store.listed(ctx, { state: q.state, before: q.before, limit });
  return {
    branches: rows.map((b) => ({ ...headOf(ctx, b), changes: b.changes })),
    ...(rows.length === limit ? { next: rows.at(-1)!.number } : {}),
  };
}

export async function openBranch(ctx: Context, q: In<"openBranch">): Out<"openBranch"> {
  return done(await begin(ctx, { ...q, study: q.study ?? false, changes: q.changes ?? [] }));
}

export async function readBranch(ctx: Context, q: In<"readBranch">): Out<"readBranch"> {
  const b = await store.branchById(ctx, q.id);
  if (!b) throw problems.branchUnknown();
  const changes = await store.changesOf(ctx, b.id);
  // once merged, it is shown as it was: on the revision before its own
  const e = b.merged ? await asMerged(ctx, b) : await evaluate(ctx, b, changes);
  const prices = pricesOf(ctx);
  return {
    ...headOf(ctx, b),
    ...(b.reason ? { reason: b.reason } : {}),
    base: b.base,
    on: e.on,
    ...(b.forced ? { forced: b.forced } : {}),
    ...(b.decided_at ? { decidedAt: b.decided_at.toISOString() } : {}),
    ...(b.decision ? { decision: b.decision } : {}),
    ...(b.merged ? { merged: b.merged, mergedAt: b.merged_at!.toISOString() } : {}),
    ...(b.undoes ? { undoes: b.undoes } : {}),
    changes,
    faults: e.faults.map((f) => ({ position: f.position, message: ctx.say(f.message) })),
    conflicts: e.conflicts,
    isolated: e.isolated.map((id) => ({ id, name: e.after.nodes[e.after.at.get(id)!]!.name })),
    difference: differenceOf(e),
    equipment: equipmentOf(e),
    ...(e.faults.length
      ? {}
      : {
          effect: { ...effectOf(ctx, e, changes), illustrativePrices: prices?.illustrative ?? false, currency: ctx.country.currency.code },
        }),
    drawing: drawingOf(e, changes),
  };
}

const mostNodes = 60;

/** Routing, tunnels, segments and rules that follow, node by node: those that the branch itself touches first. */
function equipmentOf(e: Evaluation): OutputOf<typeof api.readBranch>["equipment"] {
  if (e.faults.length) return { total: 0, nodes: [] };
  const all = intentDifference(intents(e.before), intents(e.after));
  const weight = { new: 0, gone: 1, changed: 2 } as const;
  const nodes = all.toSorted((x, y) => weight[x.state] - weight[y.state] || y.parts.length - x.parts.length || (x.node < y.node ? -1 : 1));
  return { total: all.length, nodes: nodes.slice(0, mostNodes) };
}

async function asMerged(ctx: Context, b: store.Branch): Promise<Evaluation> {
  const [before, now] = [await modelAt(ctx, b.merged! - 1), await modelAt(ctx, b.merged!)];
  return { on: b.merged! - 1, before, after: now, faults: [], conflicts: [], plan: undefined, isolated: [] };
}

/** The branch as the caller saw it, in a state that allows what is asked, held until the end. */
async function held(ctx: Context, q: { id: string; version?: number }, act: Parameters<typeof after>[1]): Promise<store.Branch> {
  const b = await store.lockedBranch(ctx, q.id);
  if (!b) throw problems.branchUnknown();
  if (q.version !== undefined && q.version !== b.version) throw problems.branchMoved();
  const state = after(b.state, act);
  if (!state) throw problems.branchState();
  return { ...b, state };
}
const undecided = { decided_by: null, decided_at: null, decision: null, forced: null };

export async function editBranch(ctx: Context, q: In<"editBranch">): Out<"editBranch"> {
  const b = await held(ctx, q, "edit");
  const by = actorOf(ctx);
  const next = {
    ...b,
    ...undecided,
    title: q.title ?? b.title,
    reason: q.reason ?? b.reason,
    version: b.version + 1,
    editors: [...new Set([...b.editors, by])],
  };
  if (q.changes) await store.writeChanges(ctx, b.id, q.changes as Change[]);
  await store.saveBranch(ctx, next);
  await ctx.record(facts.branchEdited, subject(b.id), {
    number: b.number,
    version: next.version,
    changes: (await store.changesOf(ctx, b.id)).length,
  });
  return done(next);
}

/** What stops a branch, whoever asks: nothing in it, faults, conflicts, or somebody cut off without a reason. */
function stops(e: Evaluation, ctx: Context, forced: string | null | undefined): void {
  if (e.conflicts.length)
    throw problems.branchConflicts({
      fields: e.conflicts.slice(0, 50).map((c) => ({ path: `${c.kind}.${c.id}`, message: touched[c.since] })),
    });
  if (e.faults.length)
    throw problems.branchFaulty({
      fields: e.faults.slice(0, 50).map((f) => ({ path: f.position ? `change ${f.position}` : "plant", message: f.message })),
    });
  if (e.isolated.length && !forced)
    throw problems.wouldIsolate({
      fields: e.isolated.slice(0, 50).map((id) => {
        const name = e.after.nodes[e.after.at.get(id)!]!.name;
        return { path: `node.${id}`, message: { fr: `${name} n’aurait plus de chemin.`, en: `${name} would have no way left.` } };
      }),
    });
}
const touched = {
  added: { fr: "ajouté entre-temps par quelqu’un d’autre", en: "added meanwhile by somebody else" },
  changed: { fr: "changé entre-temps par quelqu’un d’autre", en: "changed meanwhile by somebody else" },
  removed: { fr: "retiré entre-temps par quelqu’un d’autre", en: "removed meanwhile by somebody else" },
};

export async function proposeBranch(ctx: Context, q: In<"proposeBranch">): Out<"proposeBranch"> {
  const b = await held(ctx, q, "propose");
  const changes = await store.changesOf(ctx, b.id);
  if (changes.length === 0) throw problems.branchEmpty();
  if (b.study) throw problems.studyOnly();
  stops(await evaluate(ctx, b, changes), ctx, q.force);
  const next = { ...b, forced: q.force ?? null };
  await store.saveBranch(ctx, next);
  await ctx.record(facts.branchProposed, subject(b.id), { number: b.number, version: b.version, ...(q.force ? { forced: q.force } : {}) });
  return done(next);
}

export async function approveBranch(ctx: Context, q: In<"approveBranch">): Out<"approveBranch"> {
  const b = await held(ctx, q, "approve");
  if (b.editors.includes(actorOf(ctx))) throw problems.ownBranch();
  const next = { ...b, decided_by: actorOf(ctx), decided_at: ctx.clock.now(), decision: null };
  await store.saveBranch(ctx, next);
  await ctx.record(facts.branchApproved, subject(b.id), { number: b.number, version: b.version });
  return done(next);
}

export async function refuseBranch(ctx: Context, q: In<"refuseBranch">): Out<"refuseBranch"> {
  const b = await held(ctx, q, "refuse");
  const next = { ...b, decided_by: actorOf(ctx), decided_at: ctx.clock.now(), decision: q.reason };
  await store.saveBranch(ctx, next);
  await ctx.record(facts.branchRefused, subject(b.id), { number: b.number, version: b.version, reason: q.reason });
  return done(next);
}

export async function withdrawBranch(ctx: Context, q: In<"withdrawBranch">): Out<"withdrawBranch"> {
  const b = await held(ctx, q, "withdraw");
  await store.saveBranch(ctx, b);
  await ctx.record(facts.branchWithdrawn, subject(b.id), { number: b.number, version: b.version });
  return done(b);
}

/** The same changes on today's network: what was in conflict is now seen beside what others did, and reviewed again. */
export async function rebaseBranch(ctx: Context, q: In<"rebaseBranch">): Out<"rebaseBranch"> {
  const b = await held(ctx, q, "rebase");
  if (b.study) throw problems.studyOnly();
  const last = await lastRevision(ctx);
  const next = { ...b, ...undecided, base: last!.number, version: b.version + 1, editors: [...new Set([...b.editors, actorOf(ctx)])] };
  await store.saveBranch(ctx, next);
  const { length } = await store.changesOf(ctx, b.id);
  await ctx.record(facts.branchEdited, subject(b.id), { number: b.number, version: next.version, changes: length });
  return done(next);
}

export async function mergeBranch(ctx: Context, q: In<"mergeBranch">): Out<"mergeBranch"> {
  // the plant's lock first: everybody takes both in this order
  await lockPlant(ctx);
  const b = await held(ctx, q, "merge");
  const changes = await store.changesOf(ctx, b.id);
  const e = await evaluate(ctx, b, changes, { anew: true });
  stops(e, ctx, b.forced);
  const last = await lastRevision(ctx);
  const note = `${b.number}. ${b.title}`.slice(0, 300);
  const { number: revision, counts } = await write(ctx, last, e.after.plant, { origin: "branch", digest: digestOf(changes), note });
  const next = { ...b, merged: revision, merged_by: actorOf(ctx), merged_at: ctx.clock.now() };
  await store.saveBranch(ctx, next);
  const { number, version } = b;
  await ctx.record(facts.branchMerged, subject(b.id), { number, version, revision, ...counts, isolated: e.isolated });
  return { ...done(next), revision };
}

/** A merged branch is not erased: another one takes it back, reviewed like any other, and conflicts if somebody built on it. */
export async function undoBranch(ctx: Context, q: In<"undoBranch">): Out<"undoBranch"> {
  const b = await held(ctx, q, "undo");
  const [before, now] = [await modelAt(ctx, b.merged! - 1), await modelAt(ctx, b.merged!)];
  const changes = inverse(before.plant, now.plant);
  const title = `${ctx.lang === "en" ? "Undo" : "Annuler"} n° ${b.number} : ${b.title}`.slice(0, 200);
  return done(await begin(ctx, { title, base: b.merged!, undoes: b.id, changes }));
}

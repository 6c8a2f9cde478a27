import { institutions } from "#registry";
import type { Context, InputOf, OutputOf } from "#kernel";
import { actorOf } from "../branches/begin.ts";
import { current } from "../plant/current.ts";
import type { Model } from "../resilience/model.ts";
import { instant } from "../service-levels/time.ts";
import type * as api from "./contracts.ts";
import { touched } from "./effect.ts";
import { coversOf, elementsOf, evaluate, linesOf, servicesOf, type Evaluation } from "./evaluate.ts";
import * as facts from "./facts.ts";
import { announce, callOff, dueAt, toldOf } from "./notices.ts";
import * as problems from "./problems.ts";
import { after, phaseOf, windowFits, type Act } from "./rules.ts";
import * as store from "./store.ts";
import { noticeText } from "./words.ts";

type In<K extends keyof typeof api> = InputOf<(typeof api)[K]>;
type Out<K extends keyof typeof api> = Promise<OutputOf<(typeof api)[K]>>;

const subject = (id: string) => `network:work:${id}`;
const done = ({ id, number, version, state }: store.Work) => ({ id, number, version, state });
const headOf = (ctx: Context, w: store.Work) => ({
  ...done(w),
  title: w.title,
  starts: w.starts.toISOString(),
  ends: w.ends.toISOString(),
  phase: phaseOf(w, ctx.clock.now()),
});

export async function listWorks(ctx: Context, q: In<"listWorks">): Out<"listWorks"> {
  const limit = q.limit ?? 50;
  const rows = await store.listed(ctx, { state: q.state, endsAfter: q.coming ? ctx.clock.now() : undefined, before: q.before, limit });
  return {
    works: rows.map((w) => ({ ...headOf(ctx, w), elements: w.elements.length })),
    ...(rows.length === limit ? { next: rows.at(-1)!.number } : {}),
  };
}

const named = (m: Model, v: number) => ({ id: m.nodes[v]!.id, name: m.nodes[v]!.name });

export async function readWork(ctx: Context, q: In<"readWork">): Out<"readWork"> {
  const w = await store.workById(ctx, q.id);
  if (!w) throw problems.workUnknown();
  const e = await evaluate(ctx, w);
  const { model: m } = e;
  const notices = await store.noticesOf(ctx, w.id);
  const names = new Map((await institutions(ctx, { ids: [...new Set(notices.map((n) => n.institution))] })).map((i) => [i.id, ctx.say(i.name)])); // prettier-ignore
  const number = new Map([w, ...e.others].map((o) => [o.id, { id: o.id, number: o.number, title: o.title }]));
  const first = e.concerned.find((c) => c.effect === "down") ?? e.concerned[0];
  const text = first && noticeText("announced", toldOf(ctx, w, e, first));
  return {
    ...headOf(ctx, w),
    reason: w.reason,
    mine: w.editors.includes(actorOf(ctx)),
    ...(w.forced ? { forced: w.forced } : {}),
    ...(w.decision ? { decision: w.decision } : {}),
    ...(w.decided_at ? { decidedAt: w.decided_at.toISOString() } : {}),
    elements: elementsOf(m, w.elements),
    sites: [
      ...e.down.map((v) => ({ ...named(m, v), effect: "down" as const })),
      ...e.oneWay.map((v) => ({ ...named(m, v), effect: "one-way" as const })),
    ],
    lines: linesOf(e),
    institutions: e.concerned.map((c) => ({ id: c.id, name: ctx.say(c.name), effect: c.effect, sites: c.down.length + c.oneWay.length })),
    services: await servicesOf(ctx, e.concerned),
    together: e.together.map((t) => ({ works: t.works.map((id) => number.get(id)!), sites: t.nodes.map((v) => named(m, v)) })),
    notices: notices.map((n) => ({
      institution: n.institution,
      name: names.get(n.institution) ?? n.institution,
      kind: n.kind,
      state: n.state,
      dueAt: n.due_at.toISOString(),
      ...(n.sent_at ? { sentAt: n.sent_at.toISOString() } : {}),
    })),
    ...(text
      ? {
          preview: {
            institution: ctx.say(first.name),
            subject: ctx.say(text.subject),
            body: ctx.say(text.body),
            noticeAt: dueAt(ctx, w).toISOString(),
          },
        }
      : {}),
  };
}

/** As people wrote it, checked against the network and the clock. */
async function checked(ctx: Context, w: Pick<store.Work, "starts" | "ends" | "elements">): Promise<void> {
  if (!windowFits(w.starts, w.ends, ctx.clock.now())) throw problems.workWindow();
  const { model } = await current(ctx);
  const { unknown } = touched(model, w.elements);
  if (unknown.length)
    throw problems.workElements({
      fields: unknown.slice(0, 50).map((id) => ({
        path: "elements",
        message: {
          fr: `«\u202f${id}\u202f» n’est ni une liaison, ni un fourreau, ni un nœud, ni un équipement.`,
          en: `“${id}” is no span, duct, node or device.`,
        },
      })),
    });
}

const moment = (ctx: Context, text: string): Date => {
  const at = instant(text, ctx.country.timeZone);
  if (Number.isNaN(at.getTime())) throw problems.workWindow();
  return at;
};
const written = (w: store.Work) => ({
  number: w.number,
  version: w.version,
  starts: w.starts.toISOString(),
  ends: w.ends.toISOString(),
  elements: w.elements,
});

export async function openWork(ctx: Context, q: In<"openWork">): Out<"openWork"> {
  const [starts, ends] = [moment(ctx, q.starts), moment(ctx, q.ends)];
  const elements = [...new Set(q.elements)];
  await checked(ctx, { starts, ends, elements });
  await store.lockWorks(ctx);
  const by = actorOf(ctx);
  const fresh: Omit<store.Work, "number"> = {
    id: ctx.ids.uuid(),
    title: q.title,
    reason: q.reason,
    state: "draft",
    version: 1,
    starts,
    ends,
    elements,
    covers: [],
    author: by,
    editors: [by],
    forced: null,
    decided_by: null,
    decided_at: null,
    decision: null,
    opened_at: ctx.clock.now(),
    ended_at: null,
  };
  const w = { ...fresh, number: await store.insertWork(ctx, fresh) };
  await ctx.record(facts.workWritten, subject(w.id), written(w));
  return done(w);
}

/** The work as the caller saw it, in a state that allows what is asked, held until the end. */
async function held(ctx: Context, q: { id: string; version: number }, act: Act): Promise<store.Work> {
  await store.lockWorks(ctx);
  const w = await store.lockedWork(ctx, q.id);
  if (!w) throw problems.workUnknown();
  if (q.version !== w.version) throw problems.workMoved();
  const state = after(w.state, act);
  if (!state) throw problems.workState();
  return { ...w, state };
}
const undecided = { decided_by: null, decided_at: null, decision: null, forced: null, covers: [] };

export async function changeWork(ctx: Context, q: In<"changeWork">): Out<"changeWork"> {
  const w = await held(ctx, q, "change");
  // what has begun with an approval is history: it can be ended, not rewritten
  if (w.decided_at && w.decision === null && w.starts <= ctx.clock.now()) throw problems.workState();
  const next: store.Work = {
    ...w,
    ...undecided,
    title: q.title ?? w.title,
    reason: q.reason ?? w.reason,
    starts: q.starts ? moment(ctx, q.starts) : w.starts,
    ends: q.ends ? moment(ctx, q.ends) : w.ends,
    elements: q.elements ? [...new Set(q.elements)] : w.elements,
    version: w.version + 1,
    editors: [...new Set([...w.editors, actorOf(ctx)])],
  };
  await checked(ctx, next);
  await store.saveWork(ctx, next);
  await ctx.record(facts.workWritten, subject(w.id), written(next));
  return done(next);
}

/** What stops a work, whoever asks: a window that is past, or somebody cut off without a reason. */
function stops(ctx: Context, w: store.Work, e: Evaluation, forced: string | null | undefined): void {
  if (!windowFits(w.starts, w.ends, ctx.clock.now())) throw problems.workWindow();
  if (forced) return;
  const { model: m } = e;
  const number = new Map(e.others.map((o) => [o.id, o.number]));
  const alone = e.down.map((v) => ({
    path: `node.${m.nodes[v]!.id}`,
    message: { fr: `${m.nodes[v]!.name} n’aurait plus de chemin.`, en: `${m.nodes[v]!.name} would have no way left.` },
  }));
  const joint = e.together.flatMap((t) => {
    const numbers = t.works.flatMap((id) => number.get(id) ?? []).join(", ");
    return t.nodes.map((v) => ({
      path: `node.${m.nodes[v]!.id}`,
      message: {
        fr: `${m.nodes[v]!.name} n’aurait plus de chemin, à cause des travaux n° ${numbers} au même moment.`,
        en: `${m.nodes[v]!.name} would have no way left, because of works no. ${numbers} at the same time.`,
      },
    }));
  });
  const fields = [...alone, ...joint];
  if (fields.length) throw problems.workIsolates({ fields: fields.slice(0, 50) });
}

export async function proposeWork(ctx: Context, q: In<"proposeWork">): Out<"proposeWork"> {
  const w = await held(ctx, q, "propose");
  await checked(ctx, w);
  stops(ctx, w, await evaluate(ctx, w), q.force);
  const next = { ...w, forced: q.force ?? null };
  await store.saveWork(ctx, next);
  const { number, version } = next;
  await ctx.record(facts.workProposed, subject(w.id), { number, version, ...(q.force ? { forced: q.force } : {}) });
  return done(next);
}

export async function approveWork(ctx: Context, q: In<"approveWork">): Out<"approveWork"> {
  const w = await held(ctx, q, "approve");
  if (w.editors.includes(actorOf(ctx))) throw problems.ownWork();
  await checked(ctx, w);
  // others may have been decided since it was proposed
  const e = await evaluate(ctx, w);
  stops(ctx, w, e, w.forced);
  const next = { ...w, decided_by: actorOf(ctx), decided_at: ctx.clock.now(), decision: null, covers: coversOf(e, w.elements) };
  await store.saveWork(ctx, next);
  const sites = (list: readonly number[], effect: "down" | "one-way") =>
    list.map((v) => ({ node: e.model.nodes[v]!.id, site: e.model.nodes[v]!.site ?? null, effect }));
  await store.keepSites(ctx, next, [...sites(e.down, "down"), ...sites(e.oneWay, "one-way")]);
  const notices = await announce(ctx, next, e);
  const { number, version } = next;
  await ctx.record(facts.workApproved, subject(w.id), { number, version, down: e.down.length, oneWay: e.oneWay.length, notices });
  return { ...done(next), notices };
}

export async function refuseWork(ctx: Context, q: In<"refuseWork">): Out<"refuseWork"> {
  const w = await held(ctx, q, "refuse");
  if (w.editors.includes(actorOf(ctx))) throw problems.ownWork();
  const next = { ...w, decided_by: actorOf(ctx), decided_at: ctx.clock.now(), decision: q.reason };
  await store.saveWork(ctx, next);
  await ctx.record(facts.workRefused, subject(w.id), { number: w.number, version: w.version, reason: q.reason });
  return done(next);
}

export async function cancelWork(ctx: Context, q: In<"cancelWork">): Out<"cancelWork"> {
  const w = await held(ctx, q, "cancel");
  const now = ctx.clock.now();
  if (now >= w.ends) throw problems.workState();
  const next: store.Work = { ...w, version: w.version + 1, decision: q.reason, ended_at: now };
  await store.saveWork(ctx, next);
  const notices = await callOff(ctx, next, q.reason);
  await ctx.record(facts.workCancelled, subject(w.id), { number: w.number, version: next.version, reason: q.reason, notices });
  return { ...done(next), notices };
}

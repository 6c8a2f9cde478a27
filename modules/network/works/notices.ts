/** Notices: decided with the work, carried by a job, each once. */
import { sendEmail, sendSms } from "#messages";
import { institutions } from "#registry";
import { job, Problem, sweep, T, work as worker, type Context, type JobContext } from "#kernel";
import { serviceFile } from "../service-levels/pack.ts";
import type { Evaluation } from "./evaluate.ts";
import { noticeSent } from "./facts.ts";
import { worksPolicy } from "./policy.ts";
import * as store from "./store.ts";
import { effectFor, noticeText, type Told } from "./words.ts";

const day = 86_400_000;

export function dueAt(ctx: Context, w: Pick<store.Work, "starts">): Date {
  const planned = w.starts.getTime() - worksPolicy(ctx).noticeDays * day;
  return new Date(Math.max(planned, ctx.clock.now().getTime()));
}

export function toldOf(ctx: Context, w: store.Work, e: Evaluation, c: Evaluation["concerned"][number]): Told {
  const names = (list: readonly number[]) => list.map((v) => e.model.nodes[v]!.name);
  return {
    number: w.number,
    title: w.title,
    starts: w.starts,
    ends: w.ends,
    institution: c.name,
    down: names(c.down),
    oneWay: names(c.oneWay),
    zone: ctx.country.timeZone,
    origin: ctx.config.origin,
  };
}

const lastWords = (all: readonly store.Notice[]) => {
  const heard = new Map<string, store.Notice>();
  for (const n of all) if (n.state === "sent" || n.state === "unaddressed") heard.set(n.institution, n);
  return heard;
};

function notice(ctx: Context, w: store.Work, n: Pick<store.Notice, "kind" | "institution" | "due_at">, told: Told): store.Notice {
  const { subject, body, sms } = noticeText(n.kind, told);
  const effect = n.kind === "cancelled" ? "none" : effectFor(told);
  return {
    ...n,
    id: ctx.ids.uuid(),
    work: w.id,
    version: w.version,
    effect,
    state: "due",
    subject,
    body,
    sms,
    decided_at: ctx.clock.now(),
    sent_at: null,
  };
}

/** One notice for each institution touched, however many places it has; whoever was told before hears what has changed. */
export async function announce(ctx: Context, w: store.Work, e: Evaluation): Promise<number> {
  await store.supersede(ctx, w.id);
  const heard = lastWords(await store.noticesOf(ctx, w.id));
  const now = ctx.clock.now();
  const list = e.concerned.map((c) => {
    const known = heard.get(c.id);
    const again = known !== undefined && known.kind !== "cancelled";
    return notice(
      ctx,
      w,
      { kind: again ? "changed" : "announced", institution: c.id, due_at: again ? now : dueAt(ctx, w) },
      toldOf(ctx, w, e, c),
    );
  });
  const touched = new Set(e.concerned.map((c) => c.id));
  const gone = [...heard.values()].filter((n) => n.kind !== "cancelled" && !touched.has(n.institution));
  return send(ctx, w, [...list, ...(await withdrawn(ctx, w, gone))]);
}

/** Everybody who was told of it. What was decided and not yet sent falls away unseen. */
export async function callOff(ctx: Context, w: store.Work, reason: string): Promise<number> {
  await store.supersede(ctx, w.id);
  const heard = [...lastWords(await store.noticesOf(ctx, w.id)).values()].filter((n) => n.kind !== "cancelled");
  return send(ctx, w, await withdrawn(ctx, w, heard, reason));
}

async function withdrawn(ctx: Context, w: store.Work, heard: readonly store.Notice[], reason?: string): Promise<store.Notice[]> {
  if (heard.length === 0) return [];
  const known = new Map((await institutions(ctx, { ids: heard.map((n) => n.institution) })).map((i) => [i.id, i]));
  const now = ctx.clock.now();
  return heard.map((n) => {
    const name = known.get(n.institution)?.name ?? { fr: n.institution, en: n.institution };
    const told: Told = {
      number: w.number,
      title: w.title,
      starts: w.starts,
      ends: w.ends,
      institution: { fr: name.fr, en: name.en },
      down: [],
      oneWay: [],
      zone: ctx.country.timeZone,
      reason,
      origin: ctx.config.origin,
    };
    return notice(ctx, w, { kind: "cancelled", institution: n.institution, due_at: now }, told);
  });
}

async function send(ctx: Context, w: store.Work, list: readonly store.Notice[]): Promise<number> {
  await store.insertNotices(ctx, list);
  if (list.some((n) => n.due_at <= ctx.clock.now())) await ctx.enqueue(sendNotices, { work: w.id });
  return list.length;
}

/** Its own word first, then the country pack's. */
export async function contactFor(ctx: Context, institution: string): Promise<store.Contact | undefined> {
  const own = await store.contactOf(ctx, institution);
  if (own) return own;
  const file = ctx.country.get(serviceFile);
  const given = Array.isArray(file) ? undefined : file.contacts?.find((c) => c.institution === institution);
  return given && { institution, email: given.email ?? null, phone: given.phone ?? null, lang: given.lang ?? "fr" };
}

export const sendNotices = job("network.send-notices", T.Object({ work: T.String() }));

/** How many are carried in one transaction. */
const batch = 40;

/**
 * The message is written in the transaction that marks the notice sent: killed before its commit, neither has happened and
 * the next run does both; killed after, the next run finds nothing. The message's `ref` would still drop a repeat.
 */
export async function runSendNotices(j: Pick<JobContext, "transaction" | "clock" | "metric">): Promise<void> {
  for (;;) {
    const taken = await j.transaction(async (ctx) => {
      const due = await store.takeDue(ctx, ctx.clock.now(), batch);
      for (const n of due) await carry(ctx, n);
      return due.length;
    });
    if (taken > 0) j.metric.count("network_notices_total", {}, taken);
    if (taken < batch) return;
  }
}

async function carry(ctx: Context, n: store.Notice): Promise<void> {
  const to = await contactFor(ctx, n.institution);
  const ways: string[] = [];
  const common = { lang: to?.lang ?? "fr", institution: n.institution } as const;
  const attempt = async (way: string, put: () => Promise<unknown>) => {
    try {
      await put();
      ways.push(way);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      // an address nobody can write to, refused before anything was written: the planner sees that it went nowhere
      ctx.log.warn({ notice: n.id, way, error: error.message }, "notice not addressed");
    }
  };
  const { email, phone } = to ?? {};
  if (email) await attempt("email", () => sendEmail(ctx, { ...common, to: email, subject: n.subject, text: n.body, ref: `network:notice:${n.id}:email` })); // prettier-ignore
  if (phone) await attempt("sms", () => sendSms(ctx, { ...common, to: phone, text: n.sms, ref: `network:notice:${n.id}:sms` }));
  await store.settleNotice(ctx, n.id, ways.length ? "sent" : "unaddressed", ctx.clock.now());
  if (ways.length) await ctx.record(noticeSent, `network:notice:${n.id}`, { work: n.work, institution: n.institution, kind: n.kind, ways });
}

export const sending = worker(sendNotices, (j) => runSendNotices(j), { concurrency: 1 });
/** What becomes due by the calendar, and whatever a crash left. */
export const noticesDue = sweep("network.notices", { seconds: 60 }, (j) => runSendNotices(j));

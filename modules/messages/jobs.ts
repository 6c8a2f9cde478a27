// Carrying messages, taking receipts, keeping time.
import { type Context, type Host, type JobContext, T, job, sweep, work } from "#kernel";
import { messageDelivered, messageFailed, messageSent } from "./facts.ts";
import { emailPort, smsPort, type HandOver, type Receipt } from "./ports.ts";
import { afterReceipt, erasesBody, type MessageState } from "./rules.ts";
import * as store from "./store.ts";

export const deliver = job("messages.deliver", T.Object({ id: T.String() }), { retryLimit: 6, retryDelay: 2 });

const factData = (m: store.Message, provider: string): { channel: string; provider: string; institution?: string } => ({
  channel: m.channel,
  provider,
  ...(m.institution === null ? {} : { institution: m.institution }),
});

const settle = async (ctx: Context, m: store.Message, state: MessageState, provider: string, why: string): Promise<void> => {
  const now = ctx.clock.now();
  await store.noteState(ctx.db, m.id, state, state === "delivered" ? null : why, now);
  if (erasesBody(state, m.secret)) await store.eraseBody(ctx.db, m.id, now);
  const data = factData(m, provider);
  if (state === "delivered") await ctx.record(messageDelivered, `message:${m.id}`, data);
  else await ctx.record(messageFailed, `message:${m.id}`, { ...data, state, why });
};

const handOver = (j: JobContext, m: store.Message, text: string): Promise<HandOver> => {
  const { id: key, address: to } = m;
  if (m.channel === "email") return j.port(emailPort).send({ key, to, subject: m.subject ?? "", text }, j.signal);
  return j.port(smsPort).send({ key, to, text, encoding: m.encoding === "gsm7" ? "gsm7" : "ucs2", expiresAt: m.expiresAt }, j.signal);
};

/** A crash between the carrier's answer and our note sends the same key again: the carrier that can tell drops it. */
export const delivering = work(
  deliver,
  async (j, { id }) => {
    const m = await j.transaction((ctx) => store.takeForSending(ctx.db, id, ctx.clock.now()));
    // Ended already, or its time is over: the sweep ends it.
    if (m === undefined || m.body === null || m.expiresAt <= j.clock.now()) return;
    const provider = m.channel === "email" ? j.port(emailPort).name : j.port(smsPort).name;
    const answer = await handOver(j, m, m.body);
    await j.transaction(async (ctx) => {
      if (answer.kind === "refused") {
        await settle(ctx, m, "permanent-failure", provider, answer.why);
        return;
      }
      await store.lockProviderId(ctx.db, provider, answer.providerId);
      const handed = await store.noteHanded(ctx.db, id, provider, answer.providerId, ctx.clock.now());
      if (handed === undefined) return;
      if (erasesBody(handed.state, handed.secret)) await store.eraseBody(ctx.db, id, ctx.clock.now());
      await ctx.record(messageSent, `message:${id}`, { ...factData(m, provider), parts: m.parts, attempts: m.attempts });
      // A mail relay's acceptance is all that e-mail ever promises.
      if (m.channel === "email") await settle(ctx, handed, "delivered", provider, "");
      // Receipts that were faster than this transaction.
      for (const { status } of await store.receiptsOf(ctx.db, provider, answer.providerId))
        await move(ctx, provider, answer.providerId, status);
    });
    j.metric.count("messages_handed_total", { channel: m.channel, provider });
  },
  { concurrency: 8 },
);

const move = async (ctx: Context, provider: string, providerId: string, status: Receipt["status"]): Promise<void> => {
  const m = await store.byProviderId(ctx.db, provider, providerId);
  if (m === undefined) return;
  const next = afterReceipt(m.state, status);
  if (next !== m.state) await settle(ctx, m, next, provider, "receipt");
};

/** Late, twice, out of order, or before we know the message: each receipt is kept once and only ever raises the state. */
export const takeReceipt = async (ctx: Context, provider: string, receipt: Receipt): Promise<void> => {
  const now = ctx.clock.now();
  await store.lockProviderId(ctx.db, provider, receipt.providerId);
  if (await store.keepReceipt(ctx.db, { provider, ...receipt, now })) await move(ctx, provider, receipt.providerId, receipt.status);
};

export const clock = sweep("messages.clock", { seconds: 30 }, async (j) => {
  await j.transaction(async (ctx) => {
    const now = ctx.clock.now();
    for (const m of await store.overdue(ctx.db, now)) {
      if (m.state === "created") await settle(ctx, m, "technical-failure", m.provider ?? "none", "expired");
      else await settle(ctx, m, "temporary-failure", m.provider ?? "none", "no-receipt");
    }
    for (const { id } of await store.forgotten(ctx.db, now)) await ctx.enqueue(deliver, { id });
    await store.eraseExpiredSecrets(ctx.db, now);
    await store.eraseOld(ctx.db, now);
  });
});

/** Receipts enter where jobs run; web processes leave them alone. */
export const startReceipts = async (host: Host): Promise<void | (() => Promise<void>)> => {
  if (host.config.role === "web" && !host.config.demo) return;
  const driver = host.port(smsPort);
  const stop = driver.listen?.((receipt) => host.transaction((ctx) => takeReceipt(ctx, driver.name, receipt)));
  if (stop === undefined) return;
  return async () => stop();
};

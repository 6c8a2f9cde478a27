import { type Context, type Outside, implement, relay } from "#kernel";
import * as api from "./api.ts";
import { messageResent } from "./facts.ts";
import { sendAgain } from "./outbox.ts";
import { smsPrices } from "./pack.ts";
import { maskPhone, normalPhone } from "./phone.ts";
import { emailPort, smsPort, type Inbox } from "./ports.ts";
import { invalidNumber, messageUnknown, noDemoPhone, nothingToResend } from "./problems.ts";
import { cheapest, smsCost } from "./sms.ts";
import * as store from "./store.ts";

/** A simulator's inbox; with a real carrier, or in production, there is none. */
const inboxOf = (inbox: Inbox | undefined): Inbox => {
  if (inbox === undefined) throw noDemoPhone();
  return inbox;
};
const demoOnly = (ctx: Context): void => {
  if (!ctx.config.demo) throw noDemoPhone();
};
const mask = (address: string): string => (address.startsWith("+") ? maskPhone(address) : address.replace(/^(.)[^@]*/u, "$1…"));

export const handlers = implement(api, {
  listDemoPhones: relay({
    before: async (ctx: Context) => demoOnly(ctx),
    outside: async (out: Outside) => inboxOf(out.port(smsPort).inbox).addresses(),
    after: async (_ctx, _state, phones) => ({ phones }),
  }),
  readDemoPhone: relay({
    before: async (ctx: Context, input: { number: string }) => {
      demoOnly(ctx);
      const number = normalPhone(ctx.country.phone, input.number);
      if (number === undefined) throw invalidNumber();
      return number;
    },
    outside: async (out: Outside, number: string) => inboxOf(out.port(smsPort).inbox).read(number),
    after: async (_ctx, number, messages) => ({ number, messages }),
  }),
  readDemoMailbox: relay({
    before: async (ctx: Context, input: { address: string }) => {
      demoOnly(ctx);
      return input.address;
    },
    outside: async (out: Outside, address: string) => inboxOf(out.port(emailPort).inbox).read(address),
    after: async (_ctx, address, messages) => ({ address, messages }),
  }),
  previewSms: async (ctx, { text, lang, plain }) => {
    const sent = cheapest(text, lang, plain);
    const { encoding, parts, characters } = smsCost(sent);
    return {
      asWritten: smsCost(text),
      sent: { text: sent, encoding, parts, characters },
      prices: ctx.country
        .get(smsPrices)
        .map(({ operator, perPart, source, date }) => ({ operator, amount: perPart * parts, source, date })),
    };
  },
  readStatistics: async (ctx, { days }) => {
    const since = new Date(ctx.clock.now().getTime() - (days ?? 1) * 86_400_000);
    const [channels, failures] = [await store.statistics(ctx.db, since), await store.failures(ctx.db, since)];
    return {
      since: since.toISOString(),
      channels: channels.map(({ medianSeconds, withinTen, handed, ...counts }) => ({
        ...counts,
        ...(medianSeconds === null ? {} : { medianSeconds }),
        ...(handed === 0 ? {} : { withinTenSeconds: withinTen / handed }),
      })),
      failures: failures.map(({ at, ...failure }) => ({ at: at.toISOString(), ...failure })),
    };
  },
  listMessages: async (ctx, { state, before }) => {
    const institution = ctx.caller.kind === "official" ? ctx.caller.institution : "";
    const lines = await store.ofInstitution(ctx.db, institution, {
      ...(state === undefined ? {} : { state }),
      ...(before === undefined ? {} : { before: new Date(before) }),
    });
    return {
      messages: lines.map(({ address, createdAt, settledAt, ...line }) => ({
        ...line,
        to: address === null ? null : mask(address),
        createdAt: createdAt.toISOString(),
        settledAt: settledAt?.toISOString() ?? null,
      })),
    };
  },
  resendMessage: async (ctx, { id }) => {
    const message = await store.visible(ctx.db, id);
    const own = ctx.caller.kind === "official" && message?.institution === ctx.caller.institution;
    if (message === undefined || !own) throw messageUnknown();
    const copy = await sendAgain(ctx, id);
    if (copy === undefined) throw nothingToResend();
    await ctx.record(messageResent, `message:${id}`, { copy });
    return { id: copy };
  },
});

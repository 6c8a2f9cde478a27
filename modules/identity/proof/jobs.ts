import { job, sweep, T, work, type Context, type JobContext } from "#kernel";
import { lockAccount, setAsked, stuckQuestions, type Account, type Asked } from "../account/store.ts";
import { attachPerson, dropForSim, personOf } from "../assurance/level.ts";
import { judgeRegister, type RegisterClaim } from "../assurance/rules.ts";
import { identityClaimed, proofAnswered } from "../facts.ts";
import { draw } from "../limits/meter.ts";
import { personByToken } from "../person/store.ts";
import { askSim } from "../phone/jobs.ts";
import { identityRegister, simSignal, type RegisterAnswer, type SimAnswer } from "../ports.ts";
import { identityToken, unsealText } from "../secrets.ts";
import { tellAccount, tellEverywhere, texts } from "../tell.ts";

export const askRegister = job("identity.ask-register", T.Object({ account: T.String() }), { retryLimit: 5, retryDelay: 2, expire: 60 });

export const askRegisterWork = work(
  askRegister,
  async (j, data) => {
    const asked = await j.transaction(async (ctx) => {
      const account = await lockAccount(ctx, data.account);
      if (account?.asked !== "waiting" || !account.phone || !account.phoneSealed) return undefined;
      return { phone: account.phone, e164: unsealText(ctx, account.phoneSealed, `phone:${account.phone}`) };
    });
    if (!asked) return;
    const signal = () => AbortSignal.any([j.signal, AbortSignal.timeout(8000)]);
    const [register, sim] = await Promise.all([
      askDriver(() => j.port(identityRegister).holderOf(asked.e164, signal())),
      askSim(() => j.port(simSignal).lastChange(asked.e164, signal())),
    ]);
    if (register.kind === "unavailable" || sim.kind === "unavailable") {
      if (!j.lastAttempt) throw new Error("the register or the operators did not answer: asked again later");
      await conclude(j, data.account, async (ctx, account) => {
        await answer(ctx, account, "unavailable");
        await tellAccount(ctx, account, texts.unavailable);
      });
      return;
    }
    await conclude(j, data.account, async (ctx, account) => {
      if (account.phone !== asked.phone) return answer(ctx, account, "no-match"); // the number was changed meanwhile
      await judge(ctx, account, register, sim);
    });
  },
  { concurrency: 4 },
);

/** A driver that breaks its word (throws, never ends) counts as a register that does not answer. */
export async function askDriver(ask: () => Promise<RegisterAnswer>): Promise<RegisterAnswer> {
  try {
    return await ask();
  } catch {
    return { kind: "unavailable" };
  }
}

/** At least once: a repeat finds the question answered and does nothing. */
async function conclude(j: JobContext, id: string, then: (ctx: Context, account: Account) => Promise<void>): Promise<void> {
  await j.transaction(async (ctx) => {
    const account = await lockAccount(ctx, id);
    if (account?.asked === "waiting") await then(ctx, account);
  });
}

async function answer(ctx: Context, account: Account, asked: Asked): Promise<void> {
  await setAsked(ctx, account.id, asked, null);
  await ctx.record(proofAnswered, `account:${account.id}`, { outcome: asked });
}

async function judge(ctx: Context, account: Account, register: RegisterAnswer, sim: SimAnswer): Promise<void> {
  const claim = JSON.parse(unsealText(ctx, account.claim as Buffer, `claim:${account.id}`)) as RegisterClaim;
  const entry = register.kind === "found" ? register.person : undefined;
  const now = ctx.clock.now();
  if (sim.kind === "changed") await dropForSim(ctx, account, sim.at, "operator");
  const known = [account.simChangedAt, sim.kind === "changed" ? sim.at : null].filter((at): at is Date => at !== null);
  const simChangedAt = known.length ? new Date(Math.max(...known.map((at) => at.getTime()))) : null;
  const verdict = judgeRegister(claim, entry, simChangedAt, now);
  if (verdict !== "matched" || !entry) {
    await answer(ctx, account, verdict === "matched" ? "no-match" : verdict);
    await tellAccount(ctx, account, verdict === "sim-recent" ? texts.simRecent : texts.noMatch);
    if (verdict === "no-match") await tellTheNamed(ctx, account, claim);
    return;
  }
  const target = await attachPerson(ctx, account, await personOf(ctx, entry), "register");
  await answer(ctx, account, target === account.id ? "matched" : "none");
  if (target !== account.id) await setAsked(ctx, target, "matched", null);
  await tellAccount(ctx, { ...account, person: null }, texts.raised);
}

/** The person whose number was typed hears of it, at most once a day: nobody is to be flooded through us. */
async function tellTheNamed(ctx: Context, account: Account, claim: RegisterClaim): Promise<void> {
  const named = await personByToken(ctx, identityToken(ctx, claim.identityNumber));
  if (!named || named.id === account.person) return;
  await ctx.record(identityClaimed, `person:${named.id}`, {});
  if ((await draw(ctx, "tellClaim", named.id)) === 0) await tellEverywhere(ctx, named.id, texts.claimedByOther);
}

/** Longer than all tries of the job together. */
const patienceSeconds = 600;

/** Nobody waits for ever: a question whose job died is given back, to be asked again. */
export const giveBack = sweep("identity.give-back", { seconds: 60 }, async (j) => {
  await j.transaction(async (ctx) => {
    for (const account of await stuckQuestions(ctx, new Date(ctx.clock.now().getTime() - patienceSeconds * 1000))) {
      await answer(ctx, account, "unavailable");
      await tellAccount(ctx, account, texts.unavailable);
    }
  });
});

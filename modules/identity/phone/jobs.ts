import { job, T, work } from "#kernel";
import { sendSms } from "#messages";
import { accountByPhone } from "../account/store.ts";
import { dropForSim } from "../assurance/level.ts";
import { codeDigits, codeHash, codeLifeSeconds, codeReference } from "../challenge/rules.ts";
import { lockChallenge, setCode, type ChallengeKind } from "../challenge/store.ts";
import { simSignal, type SimAnswer } from "../ports.ts";
import { unsealText } from "../secrets.ts";
import { texts } from "../tell.ts";

export const sendCode = job("identity.send-code", T.Object({ challenge: T.String() }), { retryLimit: 3, retryDelay: 1, expire: 30 });
const kinds: readonly ChallengeKind[] = ["phone-sign-in", "phone-change", "counter", "consent"];

/**
 * Asks the operators about the SIM first, then makes the code and sends it: when the code can be typed, a stolen SIM
 * has already lost its level. The operators are asked for every number, with or without an account.
 */
export const sendCodeWork = work(
  sendCode,
  async (j, data) => {
    const ref = Buffer.from(data.challenge, "base64url");
    const e164 = await j.transaction(async (ctx) => {
      const c = await lockChallenge(ctx, ref, kinds);
      if (!c?.phone || c.codeHash || c.usedAt || ctx.clock.now() >= c.expiresAt) return undefined;
      return unsealText(ctx, c.phone, `challenge:${data.challenge}`);
    });
    if (!e164) return;
    const sim = await askSim(() => j.port(simSignal).lastChange(e164, AbortSignal.any([j.signal, AbortSignal.timeout(4000)])));
    await j.transaction(async (ctx) => {
      const c = await lockChallenge(ctx, ref, kinds);
      if (!c?.phoneToken || c.codeHash || c.usedAt) return; // a repeat: the code is on its way already
      const account = await accountByPhone(ctx, c.phoneToken);
      if (account && sim.kind === "changed") await dropForSim(ctx, account, sim.at, "operator");
      const code = ctx.ids.digits(codeDigits);
      const expiresAt = new Date(ctx.clock.now().getTime() + codeLifeSeconds * 1000);
      await setCode(ctx, c.id, codeHash(ctx.secret("identity.code"), data.challenge, code), expiresAt, sim.kind === "unavailable");
      const host = new URL(ctx.config.origin).host;
      const text =
        c.kind === "counter"
          ? texts.counterCode(code)
          : c.kind === "consent"
            ? texts.consentCode(code)
            : texts.code(code, codeReference(c.id), host);
      await sendSms(ctx, { to: e164, text, lang: c.lang, secret: true, ref: `identity:${data.challenge}`, expireSeconds: codeLifeSeconds });
    });
  },
  { concurrency: 8 },
);

/** A driver that breaks its word (throws, never ends) counts as an operator that does not answer. */
export async function askSim(ask: () => Promise<SimAnswer>): Promise<SimAnswer> {
  try {
    return await ask();
  } catch {
    return { kind: "unavailable" };
  }
}

import { forbidden, type Context, type InputOf, type OutputOf } from "#kernel";
import { ownAccount } from "../account/own.ts";
import { setAsked, standing } from "../account/store.ts";
import type * as api from "../api.ts";
import { proofHolds } from "../assurance/rules.ts";
import { proofAsked } from "../facts.ts";
import { limit } from "../limits/meter.ts";
import { numberMissing } from "../problems.ts";
import { sealText } from "../secrets.ts";
import { askRegister } from "./jobs.ts";

/**
 * The claim waits sealed while a job asks the register who holds this account's own number. The number typed is
 * never looked up: whoever types a stranger's learns nothing about her, not even whether it exists.
 */
export async function requestRegisterProof(
  ctx: Context,
  input: InputOf<typeof api.requestRegisterProof>,
): Promise<OutputOf<typeof api.requestRegisterProof>> {
  const account = await ownAccount(ctx);
  if (account.kind !== "person") throw forbidden();
  if (!account.phone) throw numberMissing();
  if (proofHolds(standing(account))) return { state: "matched" };
  if (account.asked === "waiting") return { state: "waiting" };
  await limit(ctx, "registerProof", account.id);
  const claim = JSON.stringify({ identityNumber: input.identityNumber, birthDate: input.birthDate });
  await setAsked(ctx, account.id, "waiting", sealText(ctx, claim, `claim:${account.id}`));
  await ctx.record(proofAsked, `account:${account.id}`, {});
  await ctx.enqueue(askRegister, { account: account.id });
  return { state: "waiting" };
}

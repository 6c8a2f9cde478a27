/** The person's own side of her consents. */
import { type Context, type InputOf, type OutputOf } from "#kernel";
import { purposeMap } from "../directory/store.ts";
import { readView } from "../log/read-view.ts";
import { readsUnder } from "../log/store-search.ts";
import { give, refuse, withdraw } from "./answer.ts";
import type * as api from "./contracts.ts";
import { consentUnknown } from "./problems.ts";
import { type ConsentRow, consentOf, consentToAnswer, lineOf, linesOfPerson } from "./store.ts";
import { ownView } from "./views.ts";

const personOf = (ctx: Context): string => {
  if (ctx.caller.kind !== "person" || ctx.caller.person === null) throw consentUnknown();
  return ctx.caller.person;
};

export async function listMine(ctx: Context): Promise<OutputOf<typeof api.myConsents>> {
  return { consents: (await linesOfPerson(ctx.db, personOf(ctx))).map((line) => ownView(ctx, line)) };
}

async function one(ctx: Context, id: string) {
  const line = await lineOf(ctx.db, id);
  // somebody else's is as unknown as none
  if (!line || line.person !== personOf(ctx)) throw consentUnknown();
  return line;
}

export async function readMine(ctx: Context, { id }: InputOf<typeof api.myConsent>): Promise<OutputOf<typeof api.myConsent>> {
  const line = await one(ctx, id);
  const purposes = await purposeMap(ctx.db);
  const reads = await readsUnder(ctx.db, line.person, line.id, 100);
  return { consent: ownView(ctx, line), reads: reads.map((r) => readView(ctx, r, purposes)) };
}

const answering =
  (answer: (ctx: Context, row: ConsentRow) => Promise<void>) =>
  async (ctx: Context, { id }: { id: string }) => {
    const row = await consentToAnswer(ctx.db, id);
    if (!row || row.person !== personOf(ctx)) throw consentUnknown();
    await answer(ctx, row);
    return ownView(ctx, await one(ctx, id));
  };
export const given = answering((ctx, row) => give(ctx, row, { how: "page" }));
export const refused = answering(refuse);
export const takenBack = answering(withdraw);

export async function receiptShown(ctx: Context, { id }: InputOf<typeof api.readReceipt>): Promise<OutputOf<typeof api.readReceipt>> {
  const row = await consentOf(ctx.db, id);
  if (!row || row.person !== personOf(ctx)) throw consentUnknown();
  return row.receipt === null ? {} : { receipt: JSON.parse(row.receipt) as NonNullable<OutputOf<typeof api.readReceipt>["receipt"]> };
}

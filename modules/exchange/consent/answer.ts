/** The person's word: given, refused, taken back. One fact each; the signed copy follows. */
import type { Context } from "#kernel";
import { sealed, unsealed } from "../log/at-rest.ts";
import { aboutNumber } from "./ask.ts";
import { consentGiven, consentRefused, consentWithdrawn } from "./facts.ts";
import { personsOf } from "./persons.ts";
import { consentClosed, consentNotGiven, consentUnknown } from "./problems.ts";
import { signReceipt } from "./jobs-names.ts";
import { stateAt } from "./rules.ts";
import { type ConsentRow, setGiven, setRefused, setWithdrawn } from "./store.ts";

const saidOf = (c: ConsentRow) => ({
  consent: c.id,
  client: c.client,
  service: c.service,
  purpose: c.purpose,
  ...(c.issue === null ? {} : { issue: c.issue }),
});

/** `row`: locked by this transaction. */
export async function give(ctx: Context, row: ConsentRow, by: { how: "page" | "counter"; official?: string }): Promise<void> {
  const now = ctx.clock.now();
  if (stateAt(row, now) !== "asked") throw consentClosed();
  const known = row.number ? unsealed(ctx, aboutNumber(row.id), row.number).toString() : await personsOf(ctx).number(ctx, row.person);
  if (known === undefined) throw consentUnknown();
  const until = new Date(now.getTime() + row.days * 86_400_000);
  const fact = await ctx.record(consentGiven, `person:${row.person}`, {
    ...saidOf(row),
    ...(row.fields === null ? {} : { fields: row.fields }),
    until: until.toISOString(),
    how: by.how,
  });
  await setGiven(ctx, {
    id: row.id,
    at: now,
    until,
    how: by.how,
    official: by.official ?? null,
    number: sealed(ctx, aboutNumber(row.id), Buffer.from(known)),
    salt: ctx.ids.bytes(16),
    fact,
  });
  await ctx.enqueue(signReceipt, { consent: row.id });
}

export async function refuse(ctx: Context, row: ConsentRow): Promise<void> {
  const now = ctx.clock.now();
  if (stateAt(row, now) !== "asked") throw consentClosed();
  const fact = await ctx.record(consentRefused, `person:${row.person}`, saidOf(row));
  await setRefused(ctx.db, row.id, now, fact);
}

export async function withdraw(ctx: Context, row: ConsentRow): Promise<void> {
  const now = ctx.clock.now();
  if (stateAt(row, now) !== "given") throw consentNotGiven();
  await setWithdrawn(ctx, row.id, now);
  await ctx.record(consentWithdrawn, `person:${row.person}`, saidOf(row));
  await ctx.enqueue(signReceipt, { consent: row.id });
}

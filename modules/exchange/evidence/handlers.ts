import { type Context, type InputOf, notFound, type OutputOf } from "#kernel";
import type { readContainer } from "../api.ts";
import { exchangeUnknown } from "../errors.ts";
import { sidesOf } from "../log/store-search.ts";
import { requestOf } from "../log/store.ts";
import type { readTreeConsistency, readTreeHead, readTreeState } from "./contracts.ts";
import { type Exported, exportMessage } from "./export.ts";
import { containerUnknown, headUnknown } from "./problems.ts";
import { consistency, showHead } from "./proof.ts";
import { backlog, headAt, latestHead, treeState } from "./store.ts";
import { zip } from "./zip.ts";
import { concernedBy } from "../access/store-concern.ts";

export async function headOf(ctx: Context, { size }: InputOf<typeof readTreeHead>): Promise<OutputOf<typeof readTreeHead>> {
  const head = size === undefined ? await latestHead(ctx.db, { signed: true }) : await headAt(ctx.db, size);
  if (!head?.signature) throw headUnknown();
  return showHead(ctx.db, head);
}

export async function consistencyOf(
  ctx: Context,
  { from, to }: InputOf<typeof readTreeConsistency>,
): Promise<OutputOf<typeof readTreeConsistency>> {
  const proof = await consistency(ctx.db, from, to);
  if (!proof) throw headUnknown();
  return { from, to, proof };
}

export async function containerOf(ctx: Context, { exchange }: InputOf<typeof readContainer>): Promise<OutputOf<typeof readContainer>> {
  if (ctx.caller.kind !== "official") throw notFound();
  // An institution that asks itself keeps both rows; either holds the same signed messages.
  const [line] = await sidesOf(ctx.db, ctx.caller.institution, exchange);
  const request = line && (await requestOf(ctx.db, line.exchange, line.side));
  if (!request) throw exchangeUnknown();
  const found: Exported[] = [];
  for (const direction of ["request", "response"] as const) {
    const made = await exportMessage(ctx, { exchange: line.exchange, side: line.side, direction });
    if (made) found.push(made);
  }
  if (found.length === 0) throw containerUnknown();
  // The signed header part holds the query, so the person's identifiers: producing the proof is a read of her data.
  for (const person of new Set([...(request.person === null ? [] : [request.person]), ...(await concernedBy(ctx.db, line.exchange))]))
    await ctx.recordRead(person, "exchange.prove-message", "exchange.read-container");
  const files = found.map((e) => ({ name: `${e.direction}.asice`, bytes: e.bytes, stored: true }));
  return {
    name: `${line.exchange}.zip`,
    type: "application/zip",
    content: zip(files, ctx.clock.now()).toString("base64"),
    stamped: found.every((e) => e.stamped),
    messages: found.map(({ direction, stamped, body }) => ({ direction, stamped, body })),
  };
}

export async function stateOf(ctx: Context): Promise<OutputOf<typeof readTreeState>> {
  const { leaves, ...times } = await treeState(ctx.db);
  const { waiting } = await backlog(ctx.db);
  const told = Object.entries(times).flatMap(([name, at]) => (at ? [[name, at.toISOString()]] : []));
  return { leaves, waiting, ...(Object.fromEntries(told) as Partial<Record<keyof typeof times, string>>) };
}

/** Partners inside one instance: the centre hands what it believes on to its gateways, and each judges it once more. */
import type { Context } from "#kernel";
import { usualDays } from "../servers/book.ts";
import { policyRows } from "../servers/store.ts";
import { type Anchor, readAnchor } from "./anchor.ts";
import { type Document, readDocument, stray } from "./document.ts";
import { anchorOf, dropHandedBut, heldAs, partners, putHanded } from "./store.ts";

export interface Handed {
  id: string;
  /** The file's text. */
  anchor: string;
  document: string;
}

const day = 86_400_000;

/** Those heard within what the policy allows for ordinary data: a gateway's own age of the directory counts from there. */
export async function handOn(ctx: Context): Promise<Handed[]> {
  const days = (await policyRows(ctx.db)).find((one) => one.dataClass === "ordinary")?.days ?? usualDays;
  const now = ctx.clock.now();
  return (await partners(ctx.db))
    .filter(({ row, at }) => now.getTime() - at.getTime() <= days * day && now < new Date(anchorOf(row).validUntil))
    .map(({ row, document }) => ({ id: row.id, anchor: JSON.stringify(row.anchor), document: JSON.stringify(document) }));
}

/** A gateway's side, inside the transaction that applies a configuration of its centre. */
export async function takeHanded(ctx: Context, list: readonly Handed[], at: Date): Promise<void> {
  await dropHandedBut(
    ctx.db,
    list.map((one) => one.id),
  );
  for (const one of list) {
    const read = readAnchor(one.anchor, ctx.clock.now());
    const document = readDocument(one.document);
    const fault = !read.ok ? read.fault : document ? strays(read.anchor, document, ctx.country.instance) : "unreadable";
    if (fault !== undefined || !read.ok || !document) {
      ctx.log.error({ federation: one.id, fault }, "exchange federation: what the centre hands on of a partner is refused");
      continue;
    }
    const known = await heldAs(ctx.db, one.id);
    if (known?.version === document.version && known.anchor === read.file.anchor) continue;
    await putHanded(ctx, { id: one.id, instance: read.anchor.instance, anchor: read.file, document, at });
  }
}

const strays = (anchor: Anchor, d: Document, audience: string): string | undefined =>
  stray(d, { instance: anchor.instance, audience, authorities: anchor.authorities });

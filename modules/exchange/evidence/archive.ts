/**
 * Old rows of the message log leave for files: each a zip with the containers of its messages, the rows themselves, and a manifest
 * that is signed, time-stamped and names the file before it. The leaves stay in the tree.
 */
import { createHash } from "node:crypto";
import { type Context, fact, type JobContext, T } from "#kernel";
import { signCheckpoint, timeStamp } from "#trust";
import { sha512 } from "./chain.ts";
import { exportMessage } from "./export.ts";
import { type Ended, endedBefore, rowsOf, serialsOf } from "./store-archive.ts";
import { certificatePems } from "./store-stamps.ts";
import { type Entry, zip } from "./zip.ts";

export { dropText as dropArchived } from "./store-archive.ts";

/** A key of a question is kept so long: until then the rows may be asked for their answer again. */
export const youngestArchived = 90;
const exchangesInFile = 500;

/** Subject: `exchange-log:<file>`. */
export const logArchived = fact(
  "exchange.log-archived",
  T.Object({ file: T.String(), sha512: T.String(), exchanges: T.Integer(), rows: T.Integer(), from: T.String(), before: T.String() }),
  { fr: "Une partie ancienne du journal des échanges a été archivée", en: "An old part of the exchange log was archived" },
);

export interface Archive {
  name: string;
  bytes: Buffer;
  /** Hexadecimal, of the file. */
  sha512: string;
  exchanges: string[];
  rows: number;
  from: Date;
  persons: string[];
}

/** The next file; undefined when nothing older is left. `previous`: SHA-512 of the file numbered before it, in hexadecimal. */
export async function nextArchive(j: JobContext, o: { before: Date; number: number; previous?: string }): Promise<Archive | undefined> {
  const ended = await j.transaction(({ db }) => endedBefore(db, o.before, exchangesInFile), { readOnly: true });
  if (!ended[0]) return undefined;
  const exchanges = ended.map((e) => e.exchange);
  const entries: Entry[] = [];
  for (const e of ended) entries.push(...(await j.transaction((ctx) => containersOf(ctx, e), { readOnly: true })));
  const { rows, certificates } = await j.transaction(
    async ({ db }) => ({ rows: await rowsOf(db, exchanges), certificates: await certificatePems(db, await serialsOf(db, exchanges)) }),
    { readOnly: true },
  );
  entries.push({ name: "rows.jsonl", bytes: `${rows.join("\n")}\n` });
  entries.push({ name: "certificates.json", bytes: JSON.stringify(Object.fromEntries(certificates.map((c) => [c.serial, c.pem]))) });
  const from = new Date(Math.min(...ended.map((e) => e.from.getTime())));
  const manifest = JSON.stringify(
    {
      kind: "toguna-exchange-log",
      origin: j.config.origin,
      at: j.clock.now().toISOString(),
      from: from.toISOString(),
      before: o.before.toISOString(),
      exchanges: exchanges.length,
      rows: rows.length,
      ...(o.previous ? { previous: o.previous } : {}),
      files: entries.map((e) => ({ name: e.name, sha512: hex(e.bytes) })),
    },
    null,
    1,
  );
  const { signature, certificate } = await signCheckpoint(j, Buffer.from(manifest));
  const { token } = await timeStamp(j, sha512(manifest));
  entries.push(
    { name: "manifest.json", bytes: manifest },
    { name: "manifest.sig", bytes: `${Buffer.from(signature).toString("base64")}\n` },
    { name: "manifest.pem", bytes: certificate },
    { name: "manifest.tst", bytes: token },
  );
  const bytes = zip(entries, j.clock.now());
  const name = `exchange-log-${String(o.number).padStart(6, "0")}.zip`;
  const persons = [...new Set(ended.flatMap((e) => e.persons))];
  return { name, bytes, sha512: hex(bytes), exchanges, rows: rows.length, from, persons };
}

const hex = (bytes: Uint8Array | string): string => createHash("sha512").update(bytes).digest("hex");

async function containersOf(ctx: Context, e: Ended): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (const direction of ["request", "response"] as const) {
    // either side's row holds the same signed message; a body lapses when its service says, so no file outlives it
    const made = await exportMessage(ctx, { exchange: e.exchange, side: e.sides[0]!, direction, hashOnly: true });
    if (made) entries.push({ name: `${e.exchange}-${direction}.asice`, bytes: made.bytes, stored: true });
  }
  return entries;
}

/** Before the rows leave: the fact, and a recorded read for each person whose data the file holds. */
export async function recordArchive(ctx: Context, a: Archive, before: Date): Promise<void> {
  for (const person of a.persons) await ctx.recordRead(person, "exchange.archive-log", "exchange.archive-log");
  await ctx.record(logArchived, `exchange-log:${a.name}`, {
    file: a.name,
    sha512: a.sha512,
    exchanges: a.exchanges.length,
    rows: a.rows,
    from: a.from.toISOString(),
    before: before.toISOString(),
  });
}

import { type Context, type Db, sql } from "#kernel";

export interface VersionRow {
  version: number;
  issuedAt: Date;
  content: Buffer;
  sha256: Buffer;
  bytes: number;
}

const line = sql`version::float8 as version, issued_at as "issuedAt", content, sha256, length(document) as bytes`;

export const latestVersion = (db: Db): Promise<VersionRow | undefined> =>
  db.maybe(sql`select ${line} from exchange.configuration order by version desc limit 1`);

export const versionRows = (db: Db): Promise<VersionRow[]> =>
  db.rows(sql`select ${line} from exchange.configuration order by version desc limit 50`);

export const documentOf = (db: Db, version: number): Promise<{ document: Buffer; sha256: Buffer } | undefined> =>
  db.maybe(sql`select document, sha256 from exchange.configuration where version = ${version}`);

export const documentBy = async (db: Db, sha256: Uint8Array): Promise<Buffer | undefined> =>
  (
    await db.maybe<{ document: Buffer }>(
      sql`select document from exchange.configuration where sha256 = ${Buffer.from(sha256)} order by version desc limit 1`,
    )
  )?.document;

/** One writer at a time; false when this version is taken. */
export async function putVersion(ctx: Context, v: Omit<VersionRow, "bytes"> & { document: Buffer }): Promise<boolean> {
  const kept = await ctx.db.run(sql`insert into exchange.configuration (version, issued_at, content, sha256, document)
    values (${v.version}, ${v.issuedAt}, ${v.content}, ${v.sha256}, ${v.document}) on conflict do nothing`);
  return kept === 1;
}

export const lockPublishing = (db: Db): Promise<unknown> => db.one(sql`select pg_advisory_xact_lock(7460815) is null as held`);

export interface HeadRow {
  version: number;
  at: Date;
  head: string;
  signature: Buffer;
  certificate: string;
  receivedAt: Date;
}

export const headRow = (db: Db): Promise<HeadRow | undefined> =>
  db.maybe(sql`select version::float8 as version, at, head, signature, certificate, received_at as "receivedAt"
    from exchange.configuration_head`);

/** Only forward: an older word of the centre never replaces a newer one. */
export async function putHead(ctx: Context, h: Omit<HeadRow, "receivedAt">): Promise<boolean> {
  const kept = await ctx.db.run(sql`insert into exchange.configuration_head (version, at, head, signature, certificate, received_at)
    values (${h.version}, ${h.at}, ${h.head}, ${h.signature}, ${h.certificate}, ${ctx.clock.now()})
    on conflict (one) do update set version = excluded.version, at = excluded.at, head = excluded.head,
      signature = excluded.signature, certificate = excluded.certificate, received_at = excluded.received_at
    where configuration_head.version <= excluded.version and configuration_head.at <= excluded.at`);
  return kept === 1;
}

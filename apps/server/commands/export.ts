import { cpSync, createWriteStream, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { once } from "node:events";
import { join, resolve } from "node:path";
import pg from "pg";
import { sql } from "#kernel";
import type { Config } from "#kernel/config";
import { writeManifest } from "../manifest.ts";
import { withProgram } from "../program.ts";

/**
 * `export <folder>`: everything in open formats: one JSON Lines file a table, documents as they are, and a manifest.
 * Each person whose data leave gets a recorded read, before the first row is written.
 */
export async function run(config: Config, args: string[]): Promise<void> {
  const target = args[0] && resolve(args[0]);
  if (!target) throw new Error("usage: export <folder>");
  if (existsSync(target)) throw new Error(`${target} exists already`);
  const partial = `${target}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(join(partial, "tables"), { recursive: true, mode: 0o700 });
  await withProgram(config, async (kernel, instance) => {
    await kernel.transaction(
      async (ctx) => {
        const persons = await ctx.db.rows<{ id: string }>(sql`select id::text as id from identity.person`);
        for (const p of persons) await ctx.recordRead(p.id, "kernel.export", "export");
      },
      { caller: { kind: "system", module: "export" } },
    );
    const client = new pg.Client({ connectionString: instance.exportUrl });
    await client.connect();
    let count = 0;
    try {
      await client.query("begin isolation level repeatable read read only");
      const { rows } = await client.query<{ s: string; t: string }>(
        `select schemaname s, tablename t from pg_tables where schemaname not in ('pg_catalog','information_schema','pgboss','public') order by 1, 2`,
      );
      for (const { s, t } of rows) count += await exportTable(client, s, t, join(partial, "tables", `${s}.${t}.jsonl`));
      await client.query("commit");
      console.log(`Export: ${rows.length} tables, ${count} rows in ${target}`);
    } finally {
      await client.end();
    }
    const documents = join(config.dataDir, "files");
    if (existsSync(documents)) cpSync(documents, join(partial, "documents"), { recursive: true });
    await writeManifest(partial, { kind: "export", at: new Date().toISOString(), country: config.country });
  }).catch((error: unknown) => {
    rmSync(partial, { recursive: true, force: true });
    throw error;
  });
  renameSync(partial, target);
}

async function exportTable(client: pg.Client, schema: string, table: string, file: string): Promise<number> {
  const out = createWriteStream(file, { mode: 0o600 });
  let count = 0;
  await client.query(
    `declare rows no scroll cursor for select row_to_json(t)::text as row from ${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(table)} t`,
  );
  for (;;) {
    const { rows } = await client.query<{ row: string }>("fetch 2000 from rows");
    if (!rows.length) break;
    count += rows.length;
    if (!out.write(`${rows.map((r) => r.row).join("\n")}\n`)) await once(out, "drain");
  }
  await client.query("close rows");
  out.end();
  await once(out, "finish");
  return count;
}

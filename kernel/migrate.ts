import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import pg from "pg";
import type { Module } from "./define.ts";

interface Step {
  module: string;
  name: string;
  text: string;
  checksum: string;
}

function stepsOf(module: string, folder: URL): Step[] {
  return readdirSync(folder)
    .filter((name) => /^\d{4}-[a-z0-9-]+\.sql$/.test(name))
    .sort()
    .map((name) => {
      const text = readFileSync(new URL(name, folder), "utf8");
      return { module, name, text, checksum: createHash("sha256").update(text).digest("hex") };
    });
}

/**
 * Numbered forward-only migrations under one advisory lock, as the owner. A migration already applied must not have
 * changed. The run-time role owns nothing: it may use the schemas and touch rows, no more.
 */
export async function migrate(ownerUrl: string, modules: readonly Module[], runtimePassword: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  const applied: string[] = [];
  try {
    await client.query("select pg_advisory_lock(7460801)");
    await roles(client, runtimePassword);
    await client.query("create schema if not exists kernel");
    await client.query(
      "create table if not exists kernel.migration (module text, name text, checksum text not null, applied_at timestamptz not null, primary key (module, name))",
    );
    const { rows } = await client.query<{ module: string; name: string; checksum: string }>(
      "select module, name, checksum from kernel.migration",
    );
    const done = new Map(rows.map((r) => [`${r.module}/${r.name}`, r.checksum]));
    const all = [
      ...stepsOf("kernel", new URL("./migrations/", import.meta.url)),
      ...modules.flatMap((m) => (m.migrations ? stepsOf(m.name, m.migrations) : [])),
    ];
    for (const step of all) {
      const key = `${step.module}/${step.name}`;
      const before = done.get(key);
      if (before === step.checksum) continue;
      if (before) throw new Error(`migration ${key} was changed after it had been applied; write a new one instead`);
      await client.query("begin");
      try {
        await client.query(`create schema if not exists ${step.module}`);
        await client.query(`set local search_path to ${step.module}`);
        await client.query(`grant usage on schema ${step.module} to toguna_run, toguna_export`);
        await client.query(
          `alter default privileges in schema ${step.module} grant select, insert, update, delete on tables to toguna_run`,
        );
        await client.query(`alter default privileges in schema ${step.module} grant usage, select on sequences to toguna_run`);
        await client.query(`alter default privileges in schema ${step.module} grant select on tables to toguna_export`);
        await client.query(step.text);
        await client.query("insert into kernel.migration values ($1,$2,$3,$4)", [step.module, step.name, step.checksum, new Date()]);
        await client.query("commit");
      } catch (cause) {
        await client.query("rollback");
        throw new Error(`migration ${key}: ${(cause as Error).message}`, { cause });
      }
      applied.push(key);
    }
    await client.query("grant select on kernel.migration to toguna_run, toguna_export");
    return applied;
  } finally {
    await client.end();
  }
}

/** The log-ins: one that runs (owns nothing, bypasses nothing) and one that exports (reads all, writes nothing). */
async function roles(client: pg.Client, password: string): Promise<void> {
  for (const [name, extra] of [
    ["toguna_run", "nobypassrls"],
    ["toguna_export", "bypassrls"],
  ] as const) {
    const { rowCount } = await client.query("select 1 from pg_roles where rolname = $1", [name]);
    if (!rowCount)
      await client.query(`create role ${name} login`).catch((e: { code?: string }) => {
        if (e.code !== "42710" && e.code !== "23505") throw e;
      });
    await client
      .query(`alter role ${name} login ${extra} password ${client.escapeLiteral(password)}`)
      .catch(async (e: { code?: string }) => {
        // two databases of one cluster migrating at once: the other one has just set the same password
        if (e.code !== "XX000") throw e;
      });
  }
  await client.query(`do $$ begin execute format('grant connect on database %I to toguna_run, toguna_export', current_database()); end $$`);
}

/**
 * A database brought back from a copy has given fewer fences than the far sides have seen: from here on larger ones, or
 * everything outside would take its orders for those of a controller long replaced.
 */
export async function raiseFences(ownerUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    // a copy of before there were any
    const { rows } = await client.query("select to_regclass('kernel.reconciled') is not null as there");
    if (rows[0].there) await client.query("update kernel.reconciled set fence = fence + 1099511627776, lease_until = null");
  } finally {
    await client.end();
  }
}

/**
 * Local commands, each as an operator types it: a backup taken while the program runs opens elsewhere with the same cases,
 * a ledger that verifies and acts that download; a damaged one is refused; tampering by the database's owner is found.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { appendFileSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { signInOfficial, client, totp, HttpProblem, type Client } from "../client.ts";
import { citizen, type Known } from "../journeys/api.ts";
import { people } from "../people.ts";
import { program, type Program } from "./program.ts";
import { walk, type Walk } from "./walker.ts";

let p: Program;
let q: Program;
let c: Client;
const done: Walk = { id: "commands", behaviour: "prompt", attempts: 0, done: false };
const owner = async (of: Program, text: string) => {
  const db = new pg.Client({ connectionString: of.ownerUrl() });
  await db.connect();
  try {
    return (await db.query(text)).rows as Record<string, unknown>[];
  } finally {
    await db.end();
  }
};
const ok = async (of: Program, name: string, ...args: string[]) => {
  const { code, text } = await of.command(name, ...args);
  assert.equal(code, 0, `${name}: ${text}`);
  return text;
};

before(async () => {
  p = await program();
  q = await program();
  await p.start();
  c = await citizen(p.origin, people("bf").citizen as Known);
  const clerk = await signInOfficial(p.origin, people("bf").official("court-clerk").login);
  await walk(done, { citizen: c, clerk, sandbox: p.sandbox, procedure: people("bf").procedure }, () => false, 120);
});
after(async () => {
  await p?.close();
  await q?.close();
});

describe("backup and restore", () => {
  it("is taken while the program runs and citizens work, and never over another", async () => {
    const old =
      "insert into kernel.reconciled (kind, key, generation, status, fence, attempts, next_at) values ('lab', 'k', 0, 'new', 7, 0, 'infinity')";
    await owner(p, old);
    let stop = false;
    const working = (async () => {
      while (!stop) await c.get(`/api/services/cases/${done.number}`);
    })();
    assert.match(await ok(p, "backup", join(p.room, "copy")), /Backup: \d+ files/);
    stop = true;
    await working;
    const again = await p.command("backup", join(p.room, "copy"));
    assert.equal(again.code, 1);
    assert.match(again.text, /exists already/);
  });

  it("opens in an empty folder: same cases, ledger verifies, act downloads", async () => {
    const full = await q.command("restore", join(p.room, "copy", "postgres"));
    assert.match(full.text, /is not a backup/);
    assert.match(await ok(q, "restore", join(p.room, "copy")), /Restored the backup/);
    assert.match((await q.command("restore", join(p.room, "copy"))).text, /is not empty/);
    await q.start();
    const there = client(q.origin, c.token);
    const now = await there.get<{ state: string }>(`/api/services/cases/${done.number}`);
    assert.equal(now.state, "issued");
    const act = await there.get<{ content: string }>(`/api/services/cases/${done.number}/documents/act`);
    const said = await client(q.origin).post<{ verdict: string }>("/api/services/verify/file", { file: act.content });
    assert.equal(said.verdict, "valid");
    assert.equal(JSON.parse(await ok(q, "verify-ledger")).ok, true);
    const [row] = await owner(q, "select fence > 1000000000000 as above from kernel.reconciled where kind = 'lab'");
    assert.equal(row?.above, true, "what stands outside goes on taking orders");
  });

  it("is refused when one byte of it changed, before anything is written", async () => {
    const file = join(p.room, "copy", "postgres", "PG_VERSION");
    appendFileSync(file, " ");
    const third = await program();
    try {
      const refused = await third.command("restore", join(p.room, "copy"));
      assert.equal(refused.code, 1);
      assert.match(refused.text, /damaged: postgres.PG_VERSION/);
      assert.ok(!existsSync(join(third.dataDir, "postgres")));
    } finally {
      await third.close();
    }
  });
});

describe("export", () => {
  it("holds every table and document under a manifest, and each person's read is recorded", async () => {
    const reads =
      "select count(*)::int n from kernel.fact f join kernel.fact_data d on d.fact = f.id where f.type = 'kernel.personal-read' and f.actor = 'system:export'";
    const text = await ok(p, "export", join(p.room, "out"));
    const tables = await owner(
      p,
      "select count(*)::int n from pg_tables where schemaname not in ('pg_catalog','information_schema','pgboss','public')",
    );
    const files = readdirSync(join(p.room, "out/tables"));
    assert.equal(files.length, tables[0]?.n);
    assert.match(text, new RegExp(`${files.length} tables`));
    const cases = readFileSync(join(p.room, "out/tables/services.case_file.jsonl"), "utf8").trim().split("\n");
    assert.equal((JSON.parse(cases[0] as string) as { number: string }).number, done.number);
    const manifest = JSON.parse(readFileSync(join(p.room, "out/MANIFEST.json"), "utf8")) as { kind: string; files: { path: string }[] };
    assert.equal(manifest.kind, "export");
    assert.ok(manifest.files.some((f) => f.path.startsWith("documents/")));
    const persons = await p.count("select count(*)::int n from identity.person");
    assert.ok(persons > 0);
    assert.equal(await p.count(reads), persons);
  });
});

describe("verify-ledger", () => {
  it("finds a fact changed by the owner of the database himself", async () => {
    await owner(
      q,
      `alter table kernel.fact disable trigger all; update kernel.fact set header = replace(header, 'services', 'servicez')
       where seq = (select min(seq) from kernel.fact where type = 'services.act-issued')`,
    );
    const found = await q.command("verify-ledger");
    assert.equal(found.code, 1, found.text);
    assert.match(found.text, /"ok": false/);
  });
});

describe("doctor, migrate, appoint, load-country, help", () => {
  it("says what is well beside a running program", async () => {
    const text = await ok(p, "doctor");
    assert.match(text, /ok {2}Database and ledger: PostgreSQL 18/);
    assert.match(text, /note {1,2}Mode: demonstration/);
  });
  it("refuses to migrate under a running program", async () => {
    const refused = await p.command("migrate");
    assert.equal(refused.code, 1);
    assert.match(refused.text, /already runs on this data folder/);
  });
  it("appoints an official who can sign in with what was printed, once", async () => {
    const text = await ok(p, "appoint", "awa.sanou", "Awa Sanou", "operator", "bf-anptic");
    const [, password = ""] = /password +(\S+)/.exec(text) ?? [];
    const [, secret = ""] = /TOTP secret +(\S+)/.exec(text) ?? [];
    assert.ok(password.length >= 20);
    const { token } = await client(p.origin).post<{ token: string }>("/api/identity/sign-in/official", {
      username: "awa.sanou",
      password,
      code: totp(secret),
    });
    const health = await client(p.origin, token).get<{ country: string }>("/api/kernel/health");
    assert.equal(health.country, "bf");
    const again = await ok(p, "appoint", "awa.sanou", "Awa Sanou", "operator", "bf-anptic");
    assert.doesNotMatch(again, /password {5}/);
    const wrong = await p.command("appoint", "awa.sanou", "Awa Sanou", "emperor", "bf-anptic");
    assert.equal(wrong.code, 1);
  });
  it("loads the country and migrates when the program is stopped", async () => {
    await q.stop();
    assert.match(await ok(q, "migrate"), /Nothing to apply/);
    assert.match(await ok(q, "load-country"), /Burkina Faso is loaded: \d+ establishments sourced/);
  });
  it("lists every command", async () => {
    const text = await ok(p, "help");
    for (const name of readdirSync(new URL("../../apps/server/commands/", import.meta.url)))
      if (name.endsWith(".ts")) assert.ok(text.includes(` ${name.replace(".ts", "")} `), name);
    assert.equal((await p.command("nonsense")).code, 2);
  });
  it("leaves a stranger a stranger", async () => {
    await assert.rejects(client(p.origin).get("/api/kernel/health"), (e: unknown) => e instanceof HttpProblem && e.status === 401);
  });
});

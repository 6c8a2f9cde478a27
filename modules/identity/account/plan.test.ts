import assert from "node:assert/strict";
import { after, test } from "node:test";
import { sql, type Caller, type Sql } from "#kernel";
import { identityWorld } from "../fixtures.ts";

const w = await identityWorld();
after(() => w.close());

test("at 100,000 people every look-up by token stays an index look-up, under the policy too", async () => {
  await w.owner(`
    insert into identity.person select gen_random_uuid(), sha256(i::text::bytea), '\\x00', '2026-01-01' from generate_series(1, 100000) i;
    insert into identity.account (id, kind, lang, opened_at) select gen_random_uuid(), 'person', 'fr', '2026-01-01' from generate_series(1, 20000);
    insert into identity.phone select gen_random_uuid(), id, sha256(id::text::bytea), '\\x00', '2026-01-01' from identity.account;
    insert into identity.session (id, token, account, method, level, started_at, seen_at, expires_at, idle_seconds)
      select gen_random_uuid(), sha256(id::text::bytea), id, 'phone-code', 'low', '2026-01-01', '2026-01-01', '2027-01-01', 60 from identity.account;
    analyze identity.person; analyze identity.account; analyze identity.phone; analyze identity.session;`);
  const plan = async (q: Sql, caller: Caller) =>
    (await w.transaction((ctx) => ctx.db.rows<{ "QUERY PLAN": string }>(q), { caller })).map((r) => r["QUERY PLAN"]).join("\n");
  const token = Buffer.alloc(32);
  const callers: Caller[] = [{ kind: "system", module: "identity" }, w.citizen(), w.clerk("bf-oni")];
  for (const caller of callers) {
    const queries = [
      sql`explain select id from identity.person where identity_token = ${token}`,
      sql`explain select a.id from identity.account a left join identity.phone p on p.account = a.id and p.replaced_at is null where p.token = ${token} and a.closed_at is null`,
      sql`explain select s.id from identity.session s join identity.account a on a.id = s.account and a.closed_at is null where s.token = ${token}`,
      sql`explain select entry from identity.person where id = ${"00000000-0000-7000-8000-000000000000"}`,
    ];
    for (const q of queries) {
      const text = await plan(q, caller);
      assert.ok(!text.includes("Seq Scan") && /Index/.test(text), text);
    }
  }
});

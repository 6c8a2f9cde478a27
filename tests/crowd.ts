/** Many citizens at once, written straight into the tables of a test's own database: a load is spread over people. */
import { createHash, randomBytes } from "node:crypto";
import pg from "pg";

/** Sessions at level "substantial", one a citizen who never was: the bearer tokens. */
export async function crowd(ownerUrl: string, count: number): Promise<string[]> {
  const tokens = Array.from({ length: count }, () => randomBytes(32).toString("base64url"));
  const hashes = tokens.map((t) => createHash("sha256").update(t).digest());
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query(
      `with h as (select token, gen_random_uuid() person, gen_random_uuid() account from unnest($1::bytea[]) token),
         p as (insert into identity.person (id, identity_token, entry, known_at) select person, token, token, clock_timestamp() from h returning id),
         a as (insert into identity.account (id, kind, person, lang, opened_at, proof_kind, proof_at)
               select account, 'person', person, 'fr', clock_timestamp(), 'counter', clock_timestamp() from h returning id)
       insert into identity.session (id, token, account, method, level, started_at, seen_at, expires_at, idle_seconds)
       select gen_random_uuid(), token, account, 'phone-code', 'substantial', clock_timestamp(), clock_timestamp(), clock_timestamp() + interval '1 day', 86400 from h`,
      [hashes],
    );
  } finally {
    await client.end();
  }
  return tokens;
}

import assert from "node:assert/strict";
import { after, test } from "node:test";
import fc from "fast-check";
import { isContract, pathNames, type Contract } from "#kernel";
import * as api from "./api.ts";
import { counterAgent, identityWorld, makeOfficial, mariam, officialPassword, proven } from "./fixtures.ts";

const w = await identityWorld();
after(() => w.close());
const { session } = await proven(w, mariam);
const contracts = (Object.values(api) as unknown[]).filter((c): c is Contract => isContract(c));

const nasty = fc.oneof(
  fc.string(),
  fc.string({ unit: "grapheme", maxLength: 60 }),
  fc.constantFrom(
    "",
    "\u0000",
    "é".normalize("NFD").repeat(2000),
    "x".repeat(10_000),
    "<script>alert(1)</script>",
    "' or 1=1; drop table identity.session --",
    "../../../etc/passwd",
    "%00",
    "{}",
    "null",
    "__proto__",
    "+226 70 00 00 11",
    "99199400000169139",
    "A".repeat(43),
    "00000000-0000-7000-8000-000000000000",
    "1994-03-12",
    "1994-13-45",
    "123456",
  ),
);
const value = fc.oneof({ weight: 5, arbitrary: nasty }, fc.jsonValue());

const asText = (v: unknown): string => (typeof v === "string" ? v : JSON.stringify(v)).toWellFormed();

for (const c of contracts)
  test(`${c.id}: whatever is sent, the answer is one of ours and never a fault of ours`, async () => {
    const names = Object.keys(c.input.properties);
    const inPath = pathNames(c.path);
    const inputs = fc.record(Object.fromEntries(names.map((n) => [n, value])), { requiredKeys: [] });
    let n = 0;
    await fc.assert(
      fc.asyncProperty(inputs, fc.boolean(), async (input: Record<string, unknown>, signedIn) => {
        const path = inPath.reduce(
          (p, name) => p.replace(`{${name}}`, encodeURIComponent(asText(input[name] ?? "x")).slice(0, 900) || "x"),
          c.path,
        );
        const body = Object.fromEntries(Object.entries(input).filter(([k]) => !inPath.includes(k)));
        const r = await w.fetch(path, {
          method: c.method,
          headers: {
            "content-type": "application/json",
            "idempotency-key": `fuzz-${c.id}-${n++}-0123456789`,
            ...(signedIn && !["identity.sign-out", "identity.refresh-session"].includes(c.id)
              ? { authorization: `Bearer ${session.token}` }
              : {}),
          },
          ...(c.method === "GET" ? {} : { body: JSON.stringify(body) }),
        });
        assert.ok(r.status < 500, `${c.method} ${path} ${JSON.stringify(body).slice(0, 300)} -> ${r.status} ${r.text.slice(0, 300)}`);
      }),
      { numRuns: 40 },
    );
  });

// schema-shaped input straight into the handlers, as somebody with every right
const shaped = (name: string): fc.Arbitrary<unknown> =>
  ({
    phone: fc.constantFrom("70000801", "+22670000802", "+22890112233", "0".repeat(30), "é70000801"),
    code: fc.constantFrom("000000", "123456", "abcdef", "１２３４５６", "    "),
    challenge: fc.constantFrom("A".repeat(43), "_-".repeat(20)),
    response: fc.oneof(fc.constantFrom("{}", "[]", "null", '{"id":"x","response":{}}'), fc.json()),
    birthDate: fc.constantFrom("1994-03-12", "9999-99-99", "0000-00-00"),
    document: fc.record({
      kind: fc.string({ maxLength: 40 }),
      number: fc.string({ minLength: 3, maxLength: 40 }),
      birthDate: fc.constant("1994-03-12"),
    }),
    samePerson: fc.boolean(),
    confidential: fc.boolean(),
    level: fc.constantFrom("low", "substantial", "high"),
    scopes: fc.constant(["openid", "profile"]),
    redirectUris: fc.array(fc.oneof(fc.webUrl(), fc.string({ minLength: 8 })), { minLength: 1, maxLength: 3 }),
    name: fc.record({ fr: fc.string({ minLength: 1, maxLength: 200 }), en: fc.constant("x") }),
    purpose: fc.record({ fr: fc.string({ minLength: 1, maxLength: 200 }), en: fc.constant("x") }),
    decision: fc.constantFrom("allow", "refuse"),
    passkey: fc.uuid(),
    session: fc.uuid(),
    proofing: fc.uuid(),
  })[name] ?? fc.string({ minLength: 3, maxLength: 40 }).filter((text) => !text.includes("\u0000"));

test("handlers answer every well-formed nonsense with a problem of ours", async () => {
  const made = await makeOfficial(w, "fuzz.agent");
  const signedIn = await w.call(api.signInOfficial, { username: "fuzz.agent", password: officialPassword, code: made.code() });
  const { session } = (await w.as(signedIn.token)) as { session: string };
  const agent = counterAgent(w, made.account);
  const rights = { ...agent, session, permissions: new Set([...agent.permissions, api.findOfficials.id]) };
  for (const c of contracts) {
    const input = fc.record(Object.fromEntries(Object.keys(c.input.properties).map((n) => [n, shaped(n)])));
    await fc.assert(
      fc.asyncProperty(input, async (value) => {
        for (const as of [rights, w.stranger])
          try {
            await w.call(c, value as never, { as });
          } catch (error) {
            const { status, code } = error as { status?: number; code?: string };
            assert.ok(status && status < 500, `${c.id} ${JSON.stringify(value)} -> ${code} ${String(error)}`);
          }
      }),
      { numRuns: 15 },
    );
  }
});

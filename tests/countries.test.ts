/** Country packs against the whole house: what the data name exists in the program, and the outside world is consistent. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { allPermissions } from "#kernel";

// contracts declare permissions; reading every street door is enough to know them all
const doors = readdirSync(new URL("../modules/", import.meta.url)).filter((m) =>
  existsSync(new URL(`../modules/${m}/api.ts`, import.meta.url)),
);
await Promise.all([import("../kernel/api.ts"), ...doors.map((m) => import(`../modules/${m}/api.ts`))]);

const root = new URL("../countries/", import.meta.url);
const codes = readdirSync(root).filter((c) => existsSync(new URL(`${c}/country.json`, root)));
const read = (path: string) => JSON.parse(readFileSync(new URL(path, root), "utf8"));
const folder = (path: string): string[] => (existsSync(new URL(path, root)) ? readdirSync(new URL(path, root)) : []);

interface Row {
  nip?: string;
  phone?: string;
  family: string;
  given: string;
  birth: { date: string; commune?: string };
  [key: string]: unknown;
}
interface Register {
  register: string;
  owner: string;
  keys: string[];
  rows: Row[];
}

for (const code of codes) {
  const institutions = new Set(read(`${code}/registry/institutions.json`).map((i: { id: string }) => i.id));
  const divisions = new Set(read(`${code}/registry/divisions.json`).map((d: { id: string }) => d.id));
  const registers: Register[] = folder(`${code}/sandbox/registers/`).map((f) => read(`${code}/sandbox/registers/${f}`));
  const persons = registers.find((r) => r.register === "persons")?.rows ?? [];

  test(`${code}: every permission a role gives exists, and every sensitive one sits in a role of two people`, () => {
    const known = new Map(allPermissions().map((p) => [p.id, p]));
    for (const role of read(`${code}/registry/roles.json`)) {
      for (const id of role.permissions) assert.ok(known.has(id), `${role.id} gives ${id}, which no module declares`);
      if (role.permissions.some((id: string) => known.get(id)?.sensitive)) assert.equal(role.sensitive, true, role.id);
    }
  });

  test(`${code}: registers belong to institutions, are searched by keys their rows have, and name real communes`, () => {
    for (const r of registers) {
      assert.ok(institutions.has(r.owner), `${r.register}: ${r.owner}`);
      for (const key of r.keys)
        if (r.rows.length)
          assert.ok(
            r.rows.some((row) => key.split(".").reduce<unknown>((at, name) => (at as Row | undefined)?.[name], row) !== undefined),
            `${r.register} of ${r.owner} is searched by ${key}, which no row has`,
          );
      for (const row of r.rows) if (row.birth?.commune) assert.ok(divisions.has(row.birth.commune), row.birth.commune);
    }
    assert.equal(new Set(persons.map((p) => p.nip)).size, persons.length, "one number, one person");
  });

  test(`${code}: whoever has a birth entry is in the identity register`, () => {
    const byNip = new Map(persons.map((p) => [p.nip, p]));
    for (const r of registers.filter((x) => x.register === "births"))
      for (const row of r.rows) assert.ok(byNip.has(row.nip), `${row.family} ${row.given} of ${r.owner}`);
  });

  test(`${code}: demonstration citizens are in the identity register with their phone, and no one else holds it`, () => {
    for (const person of read(`${code}/demo/people.json`)) {
      if (person.kind !== "citizen") continue;
      const holders = persons.filter((p) => p.phone === person.phone);
      assert.deepEqual(
        holders.map((h) => h.nip),
        [person.nip],
        person.id,
      );
    }
  });

  test(`${code}: the catalogue's entries have a source, a known life event, and amounts in whole francs`, () => {
    const events = new Set(read(`${code}/services/life-events.json`).map((e: { id: string }) => e.id));
    const slugs = new Set<string>();
    for (const entry of read(`${code}/services/catalogue.json`)) {
      assert.ok(!slugs.has(entry.slug), entry.slug);
      slugs.add(entry.slug);
      assert.ok(entry.sources.length > 0, entry.id);
      for (const e of entry.lifeEvents) assert.ok(events.has(e), `${entry.id}: ${e}`);
      for (const fee of entry.fees) assert.ok(Number.isInteger(fee.amount) && fee.amount >= 0, entry.id);
      assert.ok(entry.title.fr && entry.title.en, entry.id);
    }
  });

  test(`${code}: laws wait for a lawyer and say so`, () => {
    for (const law of read(`${code}/services/laws.json`)) {
      assert.equal(law.status, "to-be-confirmed-by-a-lawyer", law.id);
      assert.ok(law.source && law.number && law.title.fr && law.subject.en, law.id);
    }
  });
}

test("bf: the awkward ones are there: homonyms convicted, a shared phone, the dead, one-word names, combining letters, an unknown birth", () => {
  const registers: Register[] = folder("bf/sandbox/registers/").map((f) => read(`bf/sandbox/registers/${f}`));
  const persons = registers.find((r) => r.register === "persons")?.rows ?? [];
  assert.ok(persons.length >= 200);
  const phones = Map.groupBy(
    persons.filter((p) => p.phone),
    (p) => p.phone,
  );
  assert.ok([...phones.values()].some((l) => l.length === 2));
  assert.ok(persons.some((p) => p.deceased));
  assert.ok(persons.some((p) => p.given === ""));
  assert.ok(persons.some((p) => `${p.family}${p.given}` !== `${p.family}${p.given}`.normalize("NFC")));
  const births = new Set(registers.filter((r) => r.register === "births").flatMap((r) => r.rows.map((row) => row.nip)));
  assert.ok(persons.some((p) => p.birth.commune === "bf-com-fada-n-gourma" && !births.has(p.nip)));
  const court = registers.find((r) => r.register === "convictions" && r.owner === "bf-tgi-koudougou");
  const citizen = read("bf/demo/people.json")[0];
  const namesakes = court?.rows.filter((r) => r.family === citizen.name.family && r.birth.date !== citizen.birth.date) ?? [];
  assert.ok(namesakes.length >= 2, "at least two homonyms of the citizen, none of them her");
  assert.ok(!court?.rows.some((r) => r.family === citizen.name.family && r.birth.date === citizen.birth.date));
});

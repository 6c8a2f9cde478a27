/** A world for the tests of services: real modules and PostgreSQL, fakes only for the outside. */
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Caller, type OfficialCaller, type PersonCaller, provide } from "#kernel";
import { world, type World } from "#kernel/testing";
import { documents } from "#documents";
import { exchange, setBase } from "#exchange";
import { consentPersons } from "#exchange/ports";
import {
  accountForPhone,
  attachRegisterIdentity,
  checkConsentCode,
  createOfficial,
  identity,
  identityNumber,
  pseudonymOf,
  sendConsentCode,
  tellPerson,
} from "#identity";
import { identityRegister, simSignal } from "#identity/ports";
import { messages } from "#messages";
import { emailPort, smsPort } from "#messages/ports";
import { appoint, registry } from "#registry";
import { trust } from "#trust";
import { testKeys } from "#trust/conformance";
import * as api from "./api.ts";
import { folded } from "./forms/plain.ts";
import { services } from "./index.ts";
import { testOperator, type TestOperator } from "./test-operator.ts";

type Row = Record<string, unknown>;

export interface House {
  w: World;
  operator: TestOperator;
  sent: { to: string; text: string }[];
  /** What the registers answer instead, by path. */
  registers: Map<string, Row[]>;
  /** The outside stops answering. */
  silent: { on: boolean; times?: number };
  mariam: PersonCaller;
  issouf: PersonCaller;
  adama: PersonCaller;
  clerk: OfficialCaller;
  colleague: OfficialCaller;
  elsewhere: OfficialCaller;
  close(): Promise<void>;
}

const permissions = ["services.handle-cases", "services.decide-cases", "services.sign-acts", "services.assign-cases"];
const readPack = <T>(pack: URL, path: string): T => JSON.parse(readFileSync(new URL(path, pack), "utf8")) as T;
/** The people and offices of each country's demonstration that the tests borrow. */
const casts = {
  bf: { mariam: "mariam", issouf: "issouf", adama: "adama", office: "bf-tgi-koudougou", other: "bf-tgi-kaya" },
  tg: { mariam: "afi", issouf: "essohanam", adama: "essohanam", office: "tg-casier-national", other: "tg-tgi-lome" },
} as const;

function at(row: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((v, step) => (v as Row | undefined)?.[step], row);
}

/** The registers of the country pack's sandbox, over real HTTP. */
async function outside(pack: URL, registers: Map<string, Row[]>, silent: House["silent"]) {
  for (const name of readdirSync(new URL("sandbox/registers/", pack))) {
    const r = readPack<{ register: string; owner: string; rows: Row[] }>(pack, `sandbox/registers/${name}`);
    registers.set(`/registers/${r.owner}/${r.register}`, r.rows);
  }
  const server = createServer((req, res) => {
    const url = new URL(req.url ?? "/", "http://outside");
    const rows = registers.get(url.pathname);
    if (silent.times) silent.times -= 1;
    else silent.times = undefined;
    const mute = silent.on || silent.times !== undefined;
    if (mute || !rows) return void res.writeHead(mute ? 503 : 404).end();
    const wanted = [...url.searchParams];
    const found = rows.filter((row) => wanted.every(([k, v]) => folded(String(at(row, k) ?? "")) === folded(v)));
    res.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ rows: found }));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return { server, base: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

interface DemoPerson {
  id: string;
  phone: string;
  nip: string;
  name: { family: string; given: string };
  birth: { date: string; place: string };
}

export async function house(o: { start?: Date; country?: "bf" | "tg" } = {}): Promise<House> {
  const country = o.country ?? "bf";
  const cast = casts[country];
  const pack = new URL(`../../countries/${country}/`, import.meta.url);
  const sent: House["sent"] = [];
  const registers = new Map<string, Row[]>();
  const silent: House["silent"] = { on: false };
  const { operator, driver } = testOperator();
  const drivers = [
    driver,
    testKeys,
    provide(identityRegister, () => ({
      holderOf: async () => ({ kind: "unavailable" as const }),
      person: async () => ({ kind: "unavailable" as const }),
    })),
    provide(consentPersons, () => ({
      number: (ctx, person) => identityNumber(ctx, person, "exchange.consent"),
      pseudonym: pseudonymOf,
      tell: tellPerson,
      sendCode: sendConsentCode,
      checkCode: checkConsentCode,
    })),
    provide(simSignal, () => ({ lastChange: async () => ({ kind: "unsupported" as const }) })),
    provide(smsPort, () => ({
      name: "test",
      send: async (m) => {
        sent.push({ to: m.to, text: m.text });
        return { kind: "accepted" as const, providerId: m.key };
      },
    })),
    provide(emailPort, () => ({ name: "test", send: async (m) => ({ kind: "accepted" as const, providerId: m.key }) })),
  ];
  const w = await world({ modules: [registry, messages, identity, trust, documents, exchange, services], drivers, country: "bf", ...o });
  const { server, base } = await outside(pack, registers, silent);
  await w.transaction((ctx) => setBase(ctx, "sandbox", base));
  const people = readPack<DemoPerson[]>(pack, "demo/people.json");
  const citizen = (id: string): Promise<PersonCaller> => enrol(w, people.find((p) => p.id === id) as DemoPerson);
  const official = (username: string, name: string, institution: string) => hire(w, username, name, institution);
  return {
    w,
    operator,
    sent,
    registers,
    silent,
    mariam: await citizen(cast.mariam),
    issouf: await citizen(cast.issouf),
    adama: await citizen(cast.adama),
    clerk: await official("b.sawadogo", "Boureima Sawadogo", cast.office),
    colleague: await official("s.ilboudo", "Salimata Ilboudo", cast.office),
    elsewhere: await official("n.tapsoba", "Noufou Tapsoba", cast.other),
    async close() {
      server.closeAllConnections();
      server.close();
      await w.close();
    },
  };
}

async function enrol(w: World, p: DemoPerson): Promise<PersonCaller> {
  const ids = await w.transaction(async (ctx) => {
    const account = await accountForPhone(ctx, p.phone);
    const entry = {
      identityNumber: p.nip,
      familyName: p.name.family,
      givenNames: p.name.given,
      birthDate: p.birth.date,
      birthPlace: p.birth.place,
      phones: [p.phone],
      documents: [],
    };
    return attachRegisterIdentity(ctx, { account, entry });
  });
  return w.citizen(ids);
}

async function hire(w: World, username: string, name: string, institution: string): Promise<OfficialCaller> {
  const { account } = await w.transaction(async (ctx) => {
    const made = await createOfficial(ctx, { username, name, password: "une phrase assez longue pour essai" });
    await appoint(ctx, { account: made.account, holder: name, institution, role: "court-clerk" });
    return made;
  });
  return w.clerk(institution, permissions, { account, role: "court-clerk" });
}

const payers: Record<string, string> = { bf: "70 00 00 11", tg: "90 00 00 11" };

export const answers = { purpose: "competition", hasOtherNames: "no", truth: "on" };

/** A draft with its evidence and answers, ready to be sent. */
export async function readyCase(h: House, as: Caller): Promise<{ number: string; version: number }> {
  const started = await h.w.call(api.startCase, { procedure: "casier-judiciaire-b3" }, { as });
  await h.w.call(api.authoriseEvidence, { number: started.number, version: started.version }, { as });
  await h.w.settle();
  const { version } = await h.w.call(api.readCase, { number: started.number }, { as });
  return h.w.call(api.saveAnswers, { number: started.number, version, answers }, { as });
}

/** … sent, paid at once, in the office's queue. */
export async function submittedCase(h: House, as: Caller): Promise<{ number: string; version: number }> {
  const ready = await readyCase(h, as);
  await h.w.call(api.submitCase, { number: ready.number, version: ready.version }, { as });
  h.operator.mood = "pays";
  await h.w.call(
    api.startPayment,
    { number: ready.number, operator: "essai", phone: payers[h.w.kernel.country.code] ?? "", otp: "123456" },
    { as },
  );
  await h.w.settle();
  const { version } = await h.w.call(api.readCase, { number: ready.number }, { as });
  return { number: ready.number, version };
}

/** … taken in hand, the register searched, everyone found judged. */
export async function instructedCase(
  h: House,
  as: Caller,
  verdict: (score: number) => "same-person" | "other-person",
): Promise<{ number: string; version: number }> {
  const { number, version } = await submittedCase(h, as);
  const claimed = await h.w.call(api.claimCase, { number, version }, { as: h.clerk });
  const asked = await h.w.call(api.searchRegister, { number, version: claimed.version }, { as: h.clerk });
  await h.w.settle();
  let at = asked.version;
  const { search } = await h.w.call(api.readDeskCase, { number }, { as: h.clerk });
  for (const c of search.candidates) {
    const review = { number, version: at, candidate: c.id, verdict: verdict(c.score), reason: "Date de naissance et parents comparés" };
    at = (await h.w.call(api.reviewCandidate, review, { as: h.clerk })).version;
  }
  return { number, version: at };
}

/** What identity's tests share: a world with its outside faked, and the steps of a person signing in. */
import assert from "node:assert/strict";
import { provide, type Caller, type OfficialCaller } from "#kernel";
import { world, type World } from "#kernel/testing";
import { messages } from "#messages";
import { smsPort } from "#messages/ports";
import * as api from "./api.ts";
import { createOfficial, identity, sessionCaller } from "./index.ts";
import { identityRegister, simSignal, type RegisterAnswer, type RegisterPerson, type SimAnswer } from "./ports.ts";
import { fromBase32, totpAt, totpStep } from "./totp/rules.ts";

export interface Outside {
  sms: { to: string; text: string }[];
  people: RegisterPerson[];
  /** What the register does instead of answering. */
  register: "answers" | "away" | "throws";
  sim: Record<string, SimAnswer>;
  simDefault: SimAnswer;
  /** What the register was asked, in order: nobody else's number must ever be in it. */
  asked: string[];
}

export interface IdentityWorld extends World {
  outside: Outside;
  as(token: string): Promise<Caller>;
  lastCode(to: string): string;
  signIn(phone: string, o?: { device?: string; ip?: string }): Promise<api.Session>;
}

export const mariam: RegisterPerson = {
  identityNumber: "99199400000169139",
  familyName: "Nikiéma",
  givenNames: "Mariam Awa",
  birthDate: "1994-03-12",
  birthPlace: "Koudougou",
  sex: "F",
  phones: ["+22670000011"],
  documents: [{ kind: "CNIB", number: "B10000037", expires: "2031-06-30" }],
};
export const issouf: RegisterPerson = {
  identityNumber: "99198800000235207",
  familyName: "Kaboré",
  givenNames: "Issouf",
  birthDate: "1988-11-02",
  phones: ["+22670000012"],
  documents: [{ kind: "CNIB", number: "B10000074", expires: "2031-06-30" }],
};

export async function identityWorld(o: { live?: boolean; port?: number } = {}): Promise<IdentityWorld> {
  const outside: Outside = {
    sms: [],
    people: [mariam, issouf],
    register: "answers",
    sim: {},
    simDefault: { kind: "never" },
    asked: [],
  };
  const look = (what: string, matches: (p: RegisterPerson) => boolean): RegisterAnswer => {
    outside.asked.push(what);
    if (outside.register === "throws") throw new Error("driver broke");
    if (outside.register === "away") return { kind: "unavailable" };
    const found = outside.people.filter(matches);
    return found.length === 1 ? { kind: "found", person: found[0] as RegisterPerson } : { kind: "unknown" };
  };
  const w = await world({
    modules: [messages, identity],
    drivers: [
      provide(smsPort, () => ({
        name: "fake",
        send: async (m) => {
          outside.sms.push({ to: m.to, text: m.text });
          return { kind: "accepted", providerId: m.key };
        },
      })),
      provide(identityRegister, () => ({
        holderOf: async (phone) => look(phone, (p) => p.phones.includes(phone)),
        person: async (number) => look(number, (p) => p.identityNumber === number),
      })),
      provide(simSignal, () => ({ lastChange: async (phone) => outside.sim[phone] ?? outside.simDefault })),
    ],
    guard: {
      async identify(ctx, token) {
        const c = await sessionCaller(ctx, token);
        if (!c) return { kind: "stranger" };
        return c.kind === "person"
          ? { ...c, kind: "person" }
          : { ...c, kind: "official", institution: "bf-oni", role: "test", permissions: new Set() };
      },
    },
    ...(o.port ? { env: { TOGUNA_ORIGIN: `http://localhost:${o.port}`, TOGUNA_PORT: String(o.port) } } : {}),
  });
  const lastCode = (to: string): string => {
    const found = outside.sms.filter((m) => m.to === to).flatMap((m) => /code (?:est |is )?(\d{6})/.exec(m.text)?.[1] ?? []);
    assert.ok(found.length, `no code was sent to ${to}`);
    return found[found.length - 1] as string;
  };
  return {
    ...w,
    outside,
    lastCode,
    as: (token) => w.kernel.identify(token),
    async signIn(phone, s = {}) {
      const device = s.device ? { device: s.device } : {};
      const from = { ip: s.ip ?? "192.0.2.1" };
      const sent = await w.call(api.startPhoneSignIn, { phone, ...device }, from);
      await w.settle();
      const code = lastCode(sent.phone.replaceAll(" ", ""));
      return w.call(api.verifyPhoneCode, { challenge: sent.challenge, code, ...device }, from);
    },
  };
}

/** Signs in, has the register confirm who she is, and takes the higher session. */
export async function proven(w: IdentityWorld, p: RegisterPerson): Promise<{ session: api.Session; caller: Caller }> {
  const first = await w.signIn(p.phones[0] as string);
  const low = await w.as(first.token);
  if (first.level === "low") {
    await w.call(api.requestRegisterProof, { identityNumber: p.identityNumber, birthDate: p.birthDate }, { as: low });
    await w.settle();
    const session = await w.call(api.refreshSession, {}, { as: low });
    return { session: { ...session, ...(first.device ? { device: first.device } : {}) }, caller: await w.as(session.token) };
  }
  return { session: first, caller: low };
}

export const officialPassword = "le baobab penche à gauche";

export async function makeOfficial(w: IdentityWorld, username: string): Promise<{ account: string; code(): string }> {
  const made = await w.transaction((ctx) =>
    createOfficial(ctx, { username, name: `Nom de ${username}`, password: officialPassword, demo: true }),
  );
  const secret = fromBase32(made.totpSecret as string);
  return { account: made.account, code: () => totpAt(secret, totpStep(w.clock.now())) };
}

export function counterAgent(w: IdentityWorld, account: string, institution = "bf-oni-koudougou"): OfficialCaller {
  return w.clerk(institution, [api.provePersons.id, api.manageClients.id], { account });
}

/** The problem a call ended with, as pages see it. */
export async function problemOf(call: Promise<unknown>): Promise<{ code: string; status: number; retryAfter: number | undefined }> {
  try {
    await call;
  } catch (error) {
    const p = error as { code: string; status: number; more?: { retryAfter?: number } };
    return { code: p.code, status: p.status, retryAfter: p.more?.retryAfter };
  }
  throw new Error("the call succeeded");
}

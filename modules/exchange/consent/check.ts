/**
 * The provider's side before anything leaves: is the consent that the signed question names one, of this very person, for this
 * client, purpose and service, and not taken back? The house asks its table each time; a gateway asks what the centre signed for it.
 */
import type { JobContext } from "#kernel";
import { numberAsked, numbersIn } from "../access/concerned.ts";
import type { Service } from "../directory/store.ts";
import { refusals, type Refusal } from "../errors.ts";
import type { Admitted, Verdict } from "../gateway/admit.ts";
import type { Received } from "../gateway/message.ts";
import { type Header } from "../protocol/header.ts";
import { consentStale } from "../servers/book.ts";
import { unsealed } from "../log/at-rest.ts";
import { aboutNumber } from "./ask.ts";
import { pullConsentsNow } from "./pull.ts";
import { faultOf, type Known, narrowed, numberHash, sameHash } from "./rules.ts";
import { consentOf } from "./store.ts";
import { heardOf, knownConsent } from "./store-known.ts";

/** A consent an answer leans on. */
export interface Leaning {
  id: string;
  /** Seconds since this side knew for sure that it had not been taken back; 0 at the house. */
  age: number;
  /** Is that number hers? */
  isHers(number: string): boolean;
}
interface Found extends Known {
  age: number;
  person?: string;
  isHers(number: string): boolean;
}

const words = {
  unfit: refusals.consentUnfit,
  withdrawn: refusals.consentWithdrawn,
  expired: refusals.consentExpired,
} as const;

async function atHouse(j: JobContext, id: string): Promise<Found | undefined> {
  return j.transaction(
    async (ctx) => {
      const c = await consentOf(ctx.db, id);
      if (!c?.number || !c.answeredAt || !c.until) return undefined;
      const number = unsealed(ctx, aboutNumber(c.id), c.number).toString();
      const { client, service, purpose, fields, until, withdrawnAt, person } = c;
      const known = { id: c.id, client, service, purpose, fields, givenAt: c.answeredAt, until, withdrawnAt };
      return { ...known, age: 0, person, isHers: (other) => other.trim() === number.trim() };
    },
    { readOnly: true },
  );
}

async function atGateway(j: JobContext, id: string): Promise<Found | "stale" | undefined> {
  const look = () =>
    j.transaction(async ({ db }) => ({ consent: await knownConsent(db, id), heard: await heardOf(db) }), { readOnly: true });
  let { consent, heard } = await look();
  // given a moment ago, perhaps
  let fresh = true;
  if (!consent) {
    fresh = await pullConsentsNow(j);
    ({ consent, heard } = await look());
  }
  const now = j.clock.now().getTime();
  const age = heard ? Math.max(0, Math.floor((now - heard.at.getTime()) / 1000)) : Number.POSITIVE_INFINITY;
  if (!heard || (consent && consentStale(j, consent.service, age))) return "stale";
  // it may have been given since: that is not the client's fault
  if (!consent) return fresh ? undefined : "stale";
  const { salt, numberHash: hash, ...known } = consent;
  return { ...known, age, isHers: (number) => sameHash(numberHash(salt, number), hash) };
}

const finder = (j: JobContext, id: string) => (j.config.role === "gateway" ? atGateway(j, id) : atHouse(j, id));

/** Our clock set back makes nothing younger than what the centre has said since. */
async function nowOf(j: JobContext): Promise<Date> {
  const now = j.clock.now();
  if (j.config.role !== "gateway") return now;
  const heard = await j.transaction(({ db }) => heardOf(db), { readOnly: true });
  return heard && heard.at > now ? heard.at : now;
}

/** The verdict as it was, where no consent is needed; else with what the consent adds, or a refusal. */
export async function withConsent(j: JobContext, e: Received, v: Verdict, person: string | undefined): Promise<Verdict> {
  if ("refusal" in v || !v.admitted.bound) return v;
  const { service, client, bound } = v.admitted;
  const refuse = (refusal: Refusal): Verdict => ({ refusal, service, client });
  const found = e.consent ? await finder(j, e.consent) : undefined;
  if (found === "stale") return refuse(refusals.consentStale);
  if (!found || !namesHer(service, e, found.isHers)) return refuse(refusals.consentUnfit);
  if (person !== undefined && found.person !== undefined && found.person !== person) return refuse(refusals.consentUnfit);
  const fault = faultOf(found, { client: e.client, service: e.service, purpose: e.purpose, now: await nowOf(j) });
  if (fault) return refuse(words[fault]);
  const given = narrowed(bound.fields, found.fields);
  if (given?.length === 0) return refuse(refusals.consentUnfit);
  const fields = given === null || bound.free === null ? null : [...new Set([...given, ...(bound.free ?? [])])];
  const consent: Leaning = { id: found.id, age: found.age, isHers: found.isHers };
  return { admitted: { ...v.admitted, fields, consent } };
}

/** The question names her, or leaves it to the answer, which is looked at then; it names nobody else. */
function namesHer(service: Service, e: Received, isHers: Leaning["isHers"]): boolean {
  const { subject } = service;
  if (!subject) return false;
  const asked = numberAsked(subject, e);
  return asked === undefined ? subject.answer !== undefined : isHers(asked);
}

/** After the register has answered: nobody but her is in it, and she has not taken it back meanwhile. */
export async function standsStill(
  j: JobContext,
  a: Pick<Admitted, "service" | "consent">,
  e: Received,
  value: unknown,
): Promise<Refusal | undefined> {
  const { consent, service } = a;
  if (!consent) return undefined;
  const pointer = service.subject?.answer;
  if (pointer !== undefined) {
    // an answer that cannot be looked into could name anybody
    if (value === undefined && numberAsked(service.subject!, e) === undefined) return refusals.consentUnfit;
    if (!numbersIn(value, pointer).every((one) => consent.isHers(one))) return refusals.consentUnfit;
  }
  const again = await finder(j, consent.id);
  if (again === "stale" || !again) return refusals.consentStale;
  return again.withdrawnAt === null ? undefined : refusals.consentWithdrawn;
}

/** At the house, for an answer that took days: the consent it leans on, `over` when it does not stand any more, nothing when none did. */
export async function underConsent(j: JobContext, e: Received): Promise<Pick<Leaning, "id" | "age"> | "over" | undefined> {
  const found = e.consent ? await atHouse(j, e.consent) : undefined;
  if (!found || found.client !== e.client || found.service !== e.service) return undefined;
  return faultOf(found, { client: e.client, service: e.service, purpose: e.purpose, now: j.clock.now() }) ? "over" : found;
}

const name = "Exchange-Consent";
/** What the provider signs: which consent it leaned on, and how old its knowledge of it was, in seconds. A system says no such thing itself. */
export const consentHeaders = (headers: readonly Header[], consent: Pick<Leaning, "id" | "age"> | undefined): readonly Header[] => [
  ...headers.filter(([one]) => one.toLowerCase() !== name.toLowerCase()),
  ...(consent ? [[name, `${consent.id};age=${consent.age}`] as Header] : []),
];

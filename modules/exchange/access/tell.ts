/**
 * A program's question over r1 names people by their identity numbers, never by our pseudonyms: the provider's side finds
 * whose page must show the read, from what was signed and from what the register answered, never from what the client claims.
 */
import { type JobContext, T, type Static } from "#kernel";
import { consentOf } from "../consent/store.ts";
import type { Service } from "../directory/store.ts";
import { answered } from "../facts.ts";
import type { Received } from "../gateway/message.ts";
import { type ConcernedPersons, concernedPersons } from "../ports.ts";
import { numberAsked, numbersIn } from "./concerned.ts";
import { putConcern, toldBy } from "./store-concern.ts";
import { putDue } from "./store-due.ts";

/** More people than this cannot all be told before an answer leaves: it does not leave. */
const most = 1000;

const Line = T.String({ maxLength: 255 });
/** A read as it is told: whom it names by number, and what of them left. */
export const Named = T.Object(
  {
    exchange: T.String({ pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" }),
    client: Line,
    service: Line,
    purpose: Line,
    issue: T.Optional(Line),
    status: T.Integer({ minimum: 100, maximum: 999 }),
    fields: T.Array(Line, { maxItems: 500 }),
    asked: T.Optional(T.String({ maxLength: 40 })),
    given: T.Array(T.String({ maxLength: 40 }), { maxItems: most }),
    /** The consent it leaned on. */
    consent: T.Optional(T.String({ pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" })),
  },
  { additionalProperties: false },
);
export type Named = Static<typeof Named>;

export interface Handed {
  status: number;
  /** The register's own answer, before any field was taken away; undefined when it is not looked at. */
  value: unknown;
  /** JSON pointers that leave. */
  fields: readonly string[];
  consent?: string | undefined;
}

/** False: too many to be told. Committed before a byte of the answer is handed on. */
export async function tellConcerned(j: JobContext, service: Service, e: Received, handed: Handed): Promise<boolean> {
  const { subject } = service;
  if (!subject) return true;
  const asked = numberAsked(subject, e);
  const given = subject.answer === undefined || handed.value === undefined ? [] : numbersIn(handed.value, subject.answer);
  if (given.length > most) return false;
  if (asked === undefined && given.length === 0) return true;
  const named: Named = {
    exchange: e.exchange,
    client: e.client,
    service: e.service,
    purpose: e.purpose,
    ...(e.issue === undefined ? {} : { issue: e.issue }),
    status: handed.status,
    fields: [...handed.fields],
    ...(asked === undefined ? {} : { asked }),
    given,
    ...(handed.consent === undefined ? {} : { consent: handed.consent }),
  };
  const register = pageKeeper(j);
  if (register) await tellNow(j, register, service.institution, named);
  // the house keeps the pages: told from here as soon as it is reached
  else if (j.config.role === "gateway") await j.transaction((ctx) => putDue(ctx.db, { exchange: e.exchange, at: ctx.clock.now(), named }));
  return true;
}

/** One fact and one row a person, found by her number. Of no institution: whose pseudonym a number is, is no institution's to look up. */
export async function tellNow(j: JobContext, register: ConcernedPersons, institution: string, n: Named): Promise<void> {
  await j.transaction(async (ctx) => {
    const told = new Set(await toldBy(ctx.db, n.exchange, n.service));
    const persons = new Set<string>();
    // A number the register itself gave belongs to somebody, known to us or not yet; one that was only asked may be anything.
    for (const number of n.given) persons.add(await register.pseudonym(ctx, number));
    const other = n.asked === undefined || n.given.includes(n.asked) ? undefined : await register.known(ctx, n.asked);
    if (other !== undefined) persons.add(other);
    const { exchange, client, service, purpose, issue } = n;
    const whose = n.consent === undefined ? undefined : (await consentOf(ctx.db, n.consent))?.person;
    for (const person of persons) {
      if (told.has(person)) continue;
      const fields = person === other ? [] : [...n.fields];
      // whatever a gateway says: a consent stands beside her name only if she gave it
      const under = n.consent !== undefined && whose === person ? { consent: n.consent } : {};
      const said = { exchange, client, service, purpose, ...(issue === undefined ? {} : { issue }), ...under };
      const fact = await ctx.record(answered, `person:${person}`, { ...said, status: n.status, fields, by: "system" });
      await putConcern(ctx.db, { ...said, person, institution, at: ctx.clock.now(), issue: issue ?? null, fields, fact });
    }
  });
}

/** Nobody's page lives on a gateway of its own: there the port is empty. */
export function pageKeeper(j: JobContext): ConcernedPersons | undefined {
  try {
    return j.port(concernedPersons);
  } catch {
    return undefined;
  }
}

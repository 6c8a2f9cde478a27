/**
 * A program's question over r1 names people by their identity numbers, never by our pseudonyms: the provider's side finds
 * whose page must show the read, from what was signed and from what the register answered, never from what the client claims.
 */
import type { JobContext } from "#kernel";
import type { Service } from "../directory/store.ts";
import { answered } from "../facts.ts";
import type { Received } from "../gateway/message.ts";
import { concernedPersons } from "../ports.ts";
import { numberAsked, numbersIn } from "./concerned.ts";
import { putConcern } from "./store-concern.ts";

/** More people than this cannot all be told before an answer leaves: it does not leave. */
const most = 1000;

export interface Handed {
  status: number;
  /** The register's own answer, before any field was taken away; undefined when it is not looked at. */
  value: unknown;
  /** JSON pointers that leave. */
  fields: readonly string[];
}

/** False: too many to be told. Committed before a byte of the answer is handed on. */
export async function tellConcerned(j: JobContext, service: Service, e: Received, handed: Handed): Promise<boolean> {
  const { subject } = service;
  if (!subject || e.method === "HEAD") return true;
  const asked = numberAsked(subject, e);
  const given = subject.answer === undefined || handed.value === undefined ? [] : numbersIn(handed.value, subject.answer);
  if (given.length > most) return false;
  if (asked === undefined && given.length === 0) return true;
  const register = pageKeeper(j);
  if (!register) return true;
  // Of no institution: whose pseudonym a number is, is no institution's to look up.
  await j.transaction(async (ctx) => {
    const persons = new Set<string>();
    // A number the register itself gave belongs to somebody, known to us or not yet; one that was only asked may be anything.
    for (const number of given) persons.add(await register.pseudonym(ctx, number));
    const other = asked === undefined || given.includes(asked) ? undefined : await register.known(ctx, asked);
    if (other !== undefined) persons.add(other);
    const said = {
      exchange: e.exchange,
      client: e.client,
      service: e.service,
      purpose: e.purpose,
      ...(e.issue === undefined ? {} : { issue: e.issue }),
    };
    for (const person of persons) {
      const fields = person === other ? [] : [...handed.fields];
      const fact = await ctx.record(answered, `person:${person}`, { ...said, status: handed.status, fields, by: "system" });
      await putConcern(ctx.db, {
        ...said,
        person,
        institution: service.institution,
        at: ctx.clock.now(),
        issue: e.issue ?? null,
        fields,
        fact,
      });
    }
  });
  return true;
}

/** Nobody's page lives on a gateway of its own: there the port is empty. */
function pageKeeper(j: JobContext) {
  try {
    return j.port(concernedPersons);
  } catch {
    return undefined;
  }
}

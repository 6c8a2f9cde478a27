/** A person is asked for a consent: by a procedure that needs one, or by an official of the institution that wants to read. */
import type { Context, Text } from "#kernel";
import { type Client, clientOf, purposeMap, rightsList, type Service, serviceOf } from "../directory/store.ts";
import { sealed } from "../log/at-rest.ts";
import { consentAsked } from "./facts.ts";
import { personsOf } from "./persons.ts";
import { consentTooMany } from "./problems.ts";
import { type Obligation, obligationOf } from "./rules.ts";
import { askedOfPerson, askedSince, closeLapsed, openBetween, openOf, putAsked, standingBetween } from "./store.ts";

export interface Needed extends Obligation {
  client: Client;
  service: Service;
  basis: Text;
}
export interface Between {
  client: string;
  service: string;
  purpose: string;
}

/** Whether anything may be read only with a consent, and what; a service that does not say whom it concerns cannot ask for one. */
export async function needed(ctx: Context, q: Between): Promise<Needed | undefined> {
  const [client, service] = [await clientOf(ctx.db, q.client), await serviceOf(ctx.db, q.service)];
  if (!client || !service?.subject) return undefined;
  const rights = await rightsList(ctx.db, { service: q.service });
  const found = obligationOf(rights, { ...q, groups: client.groups, today: ctx.clock.today() });
  if (!found) return undefined;
  const { basis } = rights.find((one) => found.rights.includes(one.id))!;
  return { ...found, client, service, basis };
}

const lapsesAfter = 30 * 86_400_000;
const day = 86_400_000;
/** Open questions one person can have; questions one institution can ask in a day, and one person in thirty: nobody is worn down. */
const mostOpen = 20;
const mostADay = 500;
const mostOfOne = 10;

/** Where a sealed number belongs. */
export const aboutNumber = (consent: string): string => `consent/${consent}/number`;

export interface Asking extends Between {
  person: string;
  /** Known already when an official typed it. */
  number?: string;
  issue?: string | undefined;
  by: string;
  challenge?: string;
}

/** The open question between these: the one there is, or a new one. */
export async function ask(ctx: Context, n: Needed, a: Asking): Promise<{ id: string; fresh: boolean }> {
  const now = ctx.clock.now();
  await closeLapsed(ctx.db, a.person, now);
  const between = { person: a.person, client: a.client, service: a.service, purpose: a.purpose };
  const open = await openBetween(ctx.db, between);
  if (open !== undefined) return { id: open, fresh: false };
  if ((await openOf(ctx.db, a.person)) >= mostOpen) throw consentTooMany();
  if ((await askedSince(ctx.db, n.client.institution, new Date(now.getTime() - day))) >= mostADay) throw consentTooMany();
  if ((await askedOfPerson(ctx.db, a.person, n.client.institution, new Date(now.getTime() - lapsesAfter))) >= mostOfOne)
    throw consentTooMany();
  const id = ctx.ids.uuid();
  const lapsesAt = new Date(now.getTime() + lapsesAfter);
  const issue = a.issue ?? null;
  const { client, service, purpose } = a;
  const put = await putAsked(ctx.db, {
    ...between,
    id,
    number: a.number === undefined ? null : sealed(ctx, aboutNumber(id), Buffer.from(a.number)),
    clientInstitution: n.client.institution,
    institution: n.service.institution,
    fields: n.fields,
    basis: n.basis,
    days: n.days,
    issue,
    askedBy: a.by,
    askedAt: now,
    lapsesAt,
    challenge: a.challenge ?? null,
  });
  // somebody asked the same a moment ago
  if (!put) return { id: (await openBetween(ctx.db, between))!, fresh: false };
  const said = { consent: id, client, service, purpose, ...(issue === null ? {} : { issue }) };
  await ctx.record(consentAsked, `person:${a.person}`, { ...said, lapses: lapsesAt.toISOString() });
  return { id, fresh: true };
}

export type ConsentState = { state: "given" | "asked"; id: string };

/**
 * The door for procedures: undefined, no consent is needed. Else the one she gave, or the question that now waits for her answer
 * (facts `consentGiven`, `consentRefused` tell it).
 */
export async function consentFor(
  ctx: Context,
  q: Between & { person: string; issue?: string; by: string },
): Promise<ConsentState | undefined> {
  const need = await needed(ctx, q);
  if (!need) return undefined;
  const standing = await standingBetween(ctx.db, q, ctx.clock.now());
  if (standing !== undefined) return { state: "given", id: standing };
  const { id, fresh } = await ask(ctx, need, q);
  // she may have left the page that waits
  if (fresh) await tellAsked(ctx, need, q);
  return { state: "asked", id };
}

/** What she reads on her telephone before she reads a code out, or opens her page. */
export async function tellAsked(ctx: Context, n: Needed, a: Asking): Promise<number> {
  const purpose = (await purposeMap(ctx.db)).get(a.purpose)?.label ?? { fr: a.purpose, en: a.purpose };
  const who = n.client.memberName;
  return personsOf(ctx).tell(ctx, a.person, {
    fr: `Toguna: ${who.fr} demande votre accord pour lire « ${n.service.title.fr} ». Motif : ${purpose.fr}. Réponse : Mon compte, Mes accords.`,
    en: `Toguna: ${who.en} asks for your consent to read "${n.service.title.en}". Purpose: ${purpose.en}. Answer: My account, My consents.`,
  });
}

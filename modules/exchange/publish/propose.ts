import { createHash } from "node:crypto";
import { type Context, type InputOf, type OfficialCaller, type OutputOf, notFound } from "#kernel";
import { institution as institutionOf } from "#registry";
import { serviceOf } from "../directory/store.ts";
import { formatIdentifier, parseService, partIsAdvised } from "../protocol/identifier.ts";
import { checkPath } from "../protocol/path.ts";
import { both, contentOf, judge, make, type Pending, type ServiceTyped } from "./content.ts";
import type * as api from "./contracts.ts";
import { proposed, rightEnded, withdrawn } from "./facts.ts";
import { readDescriptionJob } from "./jobs-names.ts";
import {
  alreadyThere,
  codeReserved,
  descriptionMissing,
  notYours,
  proposalClosed,
  proposalUnknown,
  rightUnfit,
  rightUnknown,
} from "./problems.ts";
import { approverOf, fieldsFit, reserved } from "./rules.ts";
import type { ProposalKind } from "./shapes.ts";
import * as store from "./store.ts";
import { descriptionOf } from "./store-description.ts";

export function me(ctx: Context): OfficialCaller {
  if (ctx.caller.kind !== "official") throw notFound();
  return ctx.caller;
}

/** In whose name: an official, or a program its institution lets configure. */
export type Who = Pick<OfficialCaller, "institution" | "account">;
type Proposed = OutputOf<typeof api.proposeRight>;

/** `by`: an account, or the program itself when a description changed. */
export async function propose(
  ctx: Context,
  p: {
    institution: string;
    kind: ProposalKind;
    about: string;
    content: unknown;
    by: string;
    document?: string | undefined;
    url?: string | undefined;
    reading?: boolean;
  },
): Promise<Proposed> {
  const id = ctx.ids.uuid();
  const state = p.reading ? "reading" : "waiting";
  const fresh = await store.putProposal(ctx.db, {
    id,
    institution: p.institution,
    kind: p.kind,
    about: p.about,
    content: p.content,
    document: p.document ?? null,
    url: p.url ?? null,
    state,
    approver: approverOf(p.kind),
    proposedBy: p.by,
    proposedAt: ctx.clock.now(),
  });
  if (!fresh) throw alreadyThere();
  await ctx.record(proposed, `institution:${p.institution}`, { proposal: id, kind: p.kind, about: p.about, by: p.by });
  if (p.reading) await ctx.enqueue(readDescriptionJob, { proposal: id });
  return { id, state };
}

export async function subsystemProposed(
  ctx: Context,
  { code, name }: InputOf<typeof api.proposeSubsystem>,
  who: Who = me(ctx),
): Promise<Proposed> {
  const { institution, account } = who;
  const own = await institutionOf(ctx, institution);
  if (!own || !partIsAdvised(code)) throw notYours();
  const about = formatIdentifier({ instance: ctx.country.instance, memberClass: own.class, member: own.code, subsystem: code });
  if (await store.subsystemExists(ctx.db, about)) throw alreadyThere();
  return propose(ctx, { institution, kind: "subsystem", about, content: { code, name: both(name) }, by: account });
}

/** An address is read by a job, for a handler never talks to the outside; what is handed over is read here. */
function servicePart(ctx: Context, typed: ServiceTyped, before: Pending["before"]) {
  judge(ctx, typed);
  const { openapi, ...rest } = typed;
  if (openapi !== undefined) return { content: make(ctx, rest, openapi, rest.openapiUrl, before), document: openapi, url: rest.openapiUrl };
  if (rest.openapiUrl !== undefined) return { content: { typed: rest, before } satisfies Pending, url: rest.openapiUrl, reading: true };
  if (!rest.endpoints && !before) throw descriptionMissing();
  return { content: make(ctx, rest, undefined, undefined, before) };
}

export async function serviceProposed(ctx: Context, input: InputOf<typeof api.proposeService>, who: Who = me(ctx)): Promise<Proposed> {
  const { institution, account } = who;
  const { subsystem, code, ...typed } = input;
  if (!(await store.ownSubsystem(ctx.db, subsystem, institution))) throw notYours();
  if (reserved.has(code) || !partIsAdvised(code)) throw codeReserved();
  const about = `${subsystem}/${encodeURIComponent(code)}`;
  if (!parseService(about) || (await serviceOf(ctx.db, about))) throw alreadyThere();
  return propose(ctx, { institution, kind: "service", about, by: account, ...servicePart(ctx, typed, null) });
}

export async function changeProposed(ctx: Context, input: InputOf<typeof api.proposeServiceChange>, who: Who = me(ctx)): Promise<Proposed> {
  const { institution, account } = who;
  const { id, ...typed } = input;
  const service = await serviceOf(ctx.db, id);
  if (!service || service.institution !== institution || service.kind !== "http") throw notYours();
  return propose(ctx, { institution, kind: "service-change", about: id, by: account, ...servicePart(ctx, typed, contentOf(service)) });
}

export async function rightProposed(ctx: Context, input: InputOf<typeof api.proposeRight>, who: Who = me(ctx)): Promise<Proposed> {
  const { institution, account } = who;
  const service = await serviceOf(ctx.db, input.service);
  if (!service || service.institution !== institution) throw notYours();
  const wrong = (path: string, fr: string, en: string) => rightUnfit({ fields: [{ path, message: { fr, en } }] });
  const group = input.subject.startsWith("group:") ? input.subject.slice(6) : undefined;
  const known = group === undefined ? await store.clientExists(ctx.db, input.subject) : await store.groupExists(ctx.db, group);
  if (!known) throw wrong("subject", "Aucun client de ce nom n’est inscrit.", "No client of that name is registered.");
  if (!(await store.purposesKnown(ctx.db, input.purposes))) throw wrong("purposes", "Motif inconnu.", "Unknown purpose.");
  if (input.fields && !fieldsFit(input.fields, service.fields))
    throw wrong("fields", "Le service ne donne pas toutes ces données.", "The service does not give all of these.");
  if (/\*\*./.test(input.path) || (input.path !== "**" && /[^/]\*\*/.test(input.path)))
    throw wrong("path", "«\u202f**\u202f» se met seul, à la fin.", "** stands by itself, at the end.");
  if (input.path !== "**" && !checkPath(input.path.replaceAll("*", "x")).ok) throw wrong("path", "Chemin ambigu.", "Ambiguous path.");
  if (!isDay(input.from) || (input.until !== undefined && (!isDay(input.until) || input.until < input.from)))
    throw wrong("until", "La fin précède le début, ou la date n’existe pas.", "The end precedes the start, or the date does not exist.");
  if (input.consentDays !== undefined && !service.subject)
    throw wrong("consentDays", "Le service ne dit pas qui il concerne.", "The service does not say whom it concerns.");
  const content: store.RightContent = {
    subject: input.subject,
    purposes: [...new Set(input.purposes)],
    fields: input.fields ? [...new Set(input.fields)] : null,
    methods: [...new Set(input.methods)],
    path: input.path,
    basis: both(input.basis),
    from: input.from,
    until: input.until ?? null,
    consent: input.consentDays ?? null,
  };
  return propose(ctx, { institution, kind: "right", about: service.id, content, by: account });
}

const isDay = (day: string): boolean => {
  const at = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(day);
};

export async function takenBack(ctx: Context, { id }: InputOf<typeof api.withdrawProposal>): Promise<Proposed> {
  const { institution, account } = me(ctx);
  const p = await store.proposalToDecide(ctx.db, id);
  if (!p || p.institution !== institution) throw proposalUnknown();
  if ((await store.setProposal(ctx.db, id, { state: "withdrawn" })) === 0) throw proposalClosed();
  await ctx.record(withdrawn, `institution:${institution}`, { proposal: id, kind: p.kind, about: p.about, by: account });
  return { id, state: "withdrawn" };
}

export async function rightTaken(
  ctx: Context,
  input: InputOf<typeof api.endRight>,
  who: Who = me(ctx),
): Promise<OutputOf<typeof api.endRight>> {
  const { institution, account } = who;
  const { service, id, subject, reason } = input;
  if (!(await store.removeRight(ctx.db, { service, id, subject, institution, by: account, reason, at: ctx.clock.now() })))
    throw rightUnknown();
  await ctx.record(rightEnded, `institution:${institution}`, { service, right: id, subject, by: account, reason });
  return { ended: true };
}

export async function refreshAsked(
  ctx: Context,
  { id }: InputOf<typeof api.refreshDescription>,
): Promise<OutputOf<typeof api.refreshDescription>> {
  const { institution } = me(ctx);
  const service = await serviceOf(ctx.db, id);
  if (!service || service.institution !== institution) throw notYours();
  const asked = Boolean((await descriptionOf(ctx.db, id))?.url);
  if (asked) await ctx.enqueue(readDescriptionJob, { service: id });
  return { asked };
}

export const digestOf = (document: string): Buffer => createHash("sha256").update(document).digest();

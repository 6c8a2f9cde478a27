/** From what somebody typed or a document says to what would stand in the directory. Throws problems that name what is wrong. */
import type { Context, Static } from "#kernel";
import type { Service } from "../directory/store.ts";
import { describeOpenApi, type Described } from "./openapi.ts";
import { addressUnfit, authorityUnfit, descriptionMissing, descriptionUnfit } from "./problems.ts";
import { addressOf, isAuthority, type ServiceContent, serverOf } from "./rules.ts";
import type { ServiceInput, Words } from "./shapes.ts";

type Typed = Partial<{ [K in keyof typeof ServiceInput]: Static<(typeof ServiceInput)[K]> }>;
export type { Typed as ServiceTyped };
/** The part of a service that waits until its description has been read. */
export interface Pending {
  typed: Omit<Typed, "openapi">;
  before: ServiceContent | null;
}

export const both = (words: Static<typeof Words>): { fr: string; en: string } => ({
  fr: words.fr.trim(),
  en: words.en?.trim() || words.fr.trim(),
});

/** In a demonstration the outside world listens on this very machine. */
export const address = (ctx: Pick<Context, "config">, text: string): string => {
  const url = addressOf(text.trim(), { loopback: ctx.config.demo || !ctx.config.production });
  if (!url) throw addressUnfit();
  return url;
};

/** What needs no description to be judged: refused at once rather than when a job has read it. */
export function judge(ctx: Pick<Context, "config">, typed: Typed): void {
  if (typed.ca !== undefined && !isAuthority(typed.ca)) throw authorityUnfit();
  if (typed.baseUrl !== undefined) address(ctx, typed.baseUrl);
  if (typed.openapiUrl !== undefined) address(ctx, typed.openapiUrl);
}

export const contentOf = (s: Service): ServiceContent => ({
  title: { fr: s.title.fr, en: s.title.en },
  baseUrl: s.baseUrl ?? "",
  timeoutSeconds: s.timeoutSeconds,
  verifyTls: s.tls.verify,
  ca: s.tls.ca,
  clientCertificate: s.tls.clientCertificate,
  subject: s.subject,
  endpoints: s.endpoints,
  query: s.query.map((q) => ({ name: q.name, label: { fr: q.label.fr, en: q.label.en } })),
  fields: s.fields,
  left: [],
});

export function readOpenApi(document: string): Described {
  const read = describeOpenApi(document);
  if (!read.ok) throw descriptionUnfit({ detail: faultWords[read.fault]! });
  return read.described;
}

export const faultWords: Record<string, { fr: string; en: string }> = {
  "too-long": { fr: "Le document est trop long.", en: "The document is too long." },
  unreadable: { fr: "Ce n’est ni du JSON ni du YAML lisible.", en: "It is neither readable JSON nor YAML." },
  "too-deep": {
    fr: "Le document est trop profond ou trop grand une fois déplié.",
    en: "The document is too deep, or too large once unfolded.",
  },
  "not-openapi": {
    fr: "Le document ne dit pas «\u202fopenapi\u202f» et «\u202fpaths\u202f».",
    en: "The document does not say “openapi” and “paths”.",
  },
  version: { fr: "Seules les versions 3.0 et 3.1 d’OpenAPI sont lues.", en: "Only OpenAPI 3.0 and 3.1 are read." },
  "no-path": { fr: "Le document ne décrit aucun point d’accès utilisable.", en: "The document describes no usable endpoint." },
  "too-many-paths": { fr: "Le document décrit plus de 300 points d’accès.", en: "The document describes more than 300 endpoints." },
  "not-reached": { fr: "L’adresse de la description ne répond pas.", en: "The address of the description does not answer." },
  "bad-answer": {
    fr: "L’adresse de la description a répondu autre chose qu’un document.",
    en: "The address of the description answered something else than a document.",
  },
  "bad-server": {
    fr: "Ni la proposition ni le document ne dit où le système répond.",
    en: "Neither the proposal nor the document says where the system answers.",
  },
  "now-taken": { fr: "L’annuaire a changé entre-temps.", en: "The directory has changed in the meantime." },
};

/** Everything together; `from`: where the document came from. */
export function make(
  ctx: Pick<Context, "config">,
  typed: Typed,
  document: string | undefined,
  from: string | undefined,
  before: ServiceContent | null,
): ServiceContent {
  const read = document === undefined ? undefined : readOpenApi(document);
  const server = typed.baseUrl ?? serverOf(read?.server, from) ?? before?.baseUrl;
  if (!server) throw addressUnfit({ detail: faultWords["bad-server"]! });
  const endpoints = read?.endpoints ?? typed.endpoints ?? before?.endpoints;
  if (!endpoints || (!read && !typed.endpoints && !before)) throw descriptionMissing();
  const query = read?.query ?? typed.query?.map((name) => ({ name, label: { fr: name, en: name } })) ?? before?.query ?? [];
  return {
    title: typed.title ? both(typed.title) : before!.title,
    baseUrl: before && server === before.baseUrl ? server : address(ctx, server),
    timeoutSeconds: typed.timeoutSeconds ?? before?.timeoutSeconds ?? 15,
    verifyTls: typed.verifyTls ?? before?.verifyTls ?? true,
    ca: typed.ca?.trim() ?? before?.ca ?? null,
    clientCertificate: typed.clientCertificate ?? before?.clientCertificate ?? false,
    subject: typed.subject ?? before?.subject ?? null,
    endpoints,
    query,
    // Fields are known from a description only; said by hand, a service keeps those it had.
    fields: read?.fields ?? before?.fields ?? [],
    left: read?.left ?? [],
  };
}

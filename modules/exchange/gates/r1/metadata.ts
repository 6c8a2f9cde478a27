/** The catalogue on the r1 port: who takes part, what a subsystem answers, what the caller may ask of it. Read from the directory as it is. */
import type { ServerResponse } from "node:http";
import type { Context, JobContext } from "#kernel";
import { type Catalogue as Found, catalogueOf } from "../../directory/catalogue.ts";
import { membersList } from "../../directory/store.ts";
import { foreignMembers } from "../../federation/members.ts";
import { refusals } from "../../errors.ts";
import { type Header, headerValue } from "../../protocol/header.ts";
import { formatIdentifier, type Identifier, parseClient, parseIdentifier } from "../../protocol/identifier.ts";
import { errorOf, escapeXml, type R1Error, send, wantsJson } from "./answer.ts";
import { describe } from "./openapi.ts";

export interface Visit {
  j: JobContext;
  method: string;
  headers: readonly Header[];
  accept: string | undefined;
  /** Subsystems the system behind the connection may speak for. */
  allowed: "any" | ReadonlySet<string>;
  res: ServerResponse;
  fail(e: R1Error): void;
}
export type Catalogue = (v: Visit) => Promise<void>;

const json = "application/json;charset=utf-8";

/** Undefined when the target is a call. */
export function metadata(target: string): Catalogue | undefined {
  const [path, query] = target.split("?", 2) as [string, string?];
  const asked = new URLSearchParams(query ?? "");
  if (path === "/listClients") return get((v) => listClients(v, asked.get("xRoadInstance")));
  const [, of, what] = /^\/r1\/((?:[^/]+\/){3}[^/]+)\/(listMethods|allowedMethods|getOpenAPI)$/.exec(path) ?? [];
  if (of === undefined) return undefined;
  if (what === "getOpenAPI") return get((v) => getOpenApi(v, of, asked.get("serviceCode")));
  return get((v) => listMethods(v, of, what === "allowedMethods"));
}

const get =
  (then: Catalogue): Catalogue =>
  async (v) =>
    v.method === "GET" ? then(v) : v.fail(errorOf(refusals.badRequest, v.j.ids.uuid(), "The catalogue is read with GET."));

const refuse = (v: Visit, refusal: (typeof refusals)[keyof typeof refusals], message?: string) =>
  v.fail(errorOf(refusal, v.j.ids.uuid(), message));

// ---- members

const xroad = (id: Identifier) => ({
  xroad_instance: id.instance,
  member_class: id.memberClass,
  member_code: id.member,
  ...(id.subsystem === undefined ? {} : { subsystem_code: id.subsystem }),
});

async function listClients(v: Visit, instance: string | null): Promise<void> {
  const own = instance === null || instance === v.j.country.instance;
  const members = await read(v, (ctx) => (own ? membersList(ctx.db) : foreignMembers(ctx.db, instance)));
  if (!members) return refuse(v, refusals.badRequest, "This exchange is not federated with an instance of that name.");
  const entries = members.flatMap((m) => [
    { id: parseIdentifier(m.id)!, name: m.name.fr },
    ...m.subsystems.map((s) => ({ id: parseIdentifier(s.id)!, name: m.name.fr, subsystem_name: s.name.fr })),
  ]);
  if (!wantsJson(v.accept)) return send(v.res, 200, { "Content-Type": "text/xml;charset=utf-8" }, clientsXml(entries));
  const member = entries.map(({ id, ...names }) => ({ id: { object_type: kindOf(id), ...xroad(id) }, ...names }));
  send(v.res, 200, { "Content-Type": json }, JSON.stringify({ member }));
}

const kindOf = (id: Identifier) => (id.subsystem === undefined ? "MEMBER" : "SUBSYSTEM");

function clientsXml(entries: readonly { id: Identifier; name: string; subsystem_name?: string }[]): string {
  const tag = (name: string, text: string | undefined) => (text === undefined ? "" : `<${name}>${escapeXml(text)}</${name}>`);
  const member = (e: (typeof entries)[number]) =>
    `<xrd:member><xrd:id id:objectType="${kindOf(e.id)}">${tag("id:xRoadInstance", e.id.instance)}${tag("id:memberClass", e.id.memberClass)}` +
    `${tag("id:memberCode", e.id.member)}${tag("id:subsystemCode", e.id.subsystem)}</xrd:id>${tag("xrd:name", e.name)}` +
    `${tag("xrd:subsystemName", e.subsystem_name)}</xrd:member>`;
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n<xrd:clientList xmlns:xrd="http://x-road.eu/xsd/xroad.xsd" ' +
    `xmlns:id="http://x-road.eu/xsd/identifiers">${entries.map(member).join("")}</xrd:clientList>`
  );
}

// ---- services

/** Programs of X-Road name themselves also where the answer is the same for all. */
async function visitor(v: Visit, of: string): Promise<Found | undefined> {
  const id = parseClient(headerValue(v.headers, "x-road-client") ?? "");
  if (!id) return void refuse(v, refusals.invalidClient);
  const found = await read(v, (ctx) => catalogueOf(ctx, of, formatIdentifier(id)));
  if (!found?.client) return void refuse(v, refusals.unknownClient);
  return found;
}

async function listMethods(v: Visit, of: string, onlyAllowed: boolean): Promise<void> {
  const found = await visitor(v, of);
  if (!found) return;
  const shown = onlyAllowed ? found.allowed : found.services.map((s) => ({ service: s, endpoints: s.endpoints }));
  const service = shown.map(({ service: s, endpoints }) => ({
    object_type: "SERVICE",
    service_type: "OPENAPI",
    ...xroad(parseIdentifier(s.id)!),
    service_code: s.code,
    endpoint_list: endpoints.map(({ method, path }) => ({ method, path })),
  }));
  send(v.res, 200, { "Content-Type": json }, JSON.stringify({ service }));
}

async function getOpenApi(v: Visit, of: string, code: string | null): Promise<void> {
  const found = await visitor(v, of);
  if (!found) return;
  if (!code) return refuse(v, refusals.badRequest, "Which service? Say it in serviceCode.");
  const service = found.services.find((s) => s.code === code);
  if (!service) return refuse(v, refusals.unknownService);
  send(v.res, 200, { "Content-Type": json }, JSON.stringify(describe(service)));
}

export const read = <T>(v: Visit, fn: (ctx: Context) => Promise<T>): Promise<T> => v.j.transaction(fn, { readOnly: true });

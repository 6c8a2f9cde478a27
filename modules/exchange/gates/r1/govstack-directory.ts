/**
 * GovStack Information Mediator, Directory Services, in both its forms, below `/govstack` on the client port: its answers differ from
 * X-Road's on the same paths. The catalogue is the same one. Exchanges themselves go through /r1.
 */
import { catalogueOf } from "../../directory/catalogue.ts";
import { membersList } from "../../directory/store.ts";
import { foreignMembers } from "../../federation/members.ts";
import { headerValue } from "../../protocol/header.ts";
import { formatIdentifier, parseClient, parseIdentifier } from "../../protocol/identifier.ts";
import { send } from "./answer.ts";
import { unquoted } from "./govstack.ts";
import { type Catalogue, read, type Visit } from "./metadata.ts";
import { describe } from "./openapi.ts";

const prefix = "/govstack";
const say = (v: Visit, status: number, json: unknown): void =>
  send(v.res, status, { "Content-Type": "application/json; charset=utf-8" }, JSON.stringify(json));

/** Undefined: not an address of this facade. */
export function govstackDirectory(target: string): Catalogue | undefined {
  if (!target.startsWith(`${prefix}/`)) return undefined;
  const [path, query = ""] = target.slice(prefix.length).split("?", 2) as [string, string?];
  const asked = new URLSearchParams(query);
  if (path === "/listClients") return get((v) => clients(v, asked, false));
  if (path === "/r1/listClients") return get((v) => clients(v, asked, true));
  const [, r1, of, what] = /^(\/r1)?\/((?:[^/]+\/){3}[^/]+)\/(listMethods|allowedMethods|getOpenAPI)$/.exec(path) ?? [];
  if (of === undefined) return async (v) => say(v, 404, "There is no such address in this directory.");
  const subsystem = of.split("/").map(unquoted).join("/");
  if (what === "getOpenAPI") return get((v) => openApi(v, subsystem, asked.get("serviceCode")));
  return get((v) => methods(v, subsystem, { only: what === "allowedMethods", current: r1 !== undefined, service: asked.get("serviceId") }));
}

const get =
  (then: Catalogue): Catalogue =>
  async (v) =>
    v.method === "GET" || v.method === "HEAD" ? then(v) : say(v, 405, "The directory is read with GET.");

const bare = (text: string | null): string | undefined => (text === null || text === "" ? undefined : unquoted(text));

async function clients(v: Visit, asked: URLSearchParams, current: boolean): Promise<void> {
  const instance = bare(asked.get("instanceId"));
  const own = instance === undefined || instance === v.j.country.instance;
  const all = await read(v, async (ctx) => (own ? membersList(ctx.db) : ((await foreignMembers(ctx.db, instance)) ?? [])));
  const entries = all.flatMap((m) => [{ id: m.id, name: m.name.fr }, ...m.subsystems.map((s) => ({ id: s.id, name: s.name.fr }))]);
  const member = entries.flatMap(({ id, name }): object[] => {
    const { instance: instanceId, memberClass, member: memberCode, subsystem } = parseIdentifier(id)!;
    if (instance !== undefined && instance !== instanceId) return [];
    const application = subsystem === undefined ? {} : { applicationCode: subsystem };
    if (current) {
      const objectType = subsystem === undefined ? "MEMBER" : "APPLICATION";
      return [{ name, id: { objectType, instanceId, memberClass, memberCode, ...application } }];
    }
    const object_type = subsystem === undefined ? "MEMBER" : "SUBSYSTEM";
    return [{ objectType: { object_type }, GovStackInstance: instanceId, memberClass, memberCode, ...application, name }];
  });
  say(v, 200, { member });
}

async function methods(v: Visit, of: string, o: { only: boolean; current: boolean; service: string | null }): Promise<void> {
  const client = parseClient(headerValue(v.headers, "x-road-client") ?? "");
  const found = await read(v, (ctx) => catalogueOf(ctx, of, client && formatIdentifier(client)));
  if (!found) return say(v, 400, "There is no such application.");
  const shown = o.only ? found.allowed : found.services.map((service) => ({ service, endpoints: service.endpoints }));
  const wanted = bare(o.service);
  const member = shown
    .filter(({ service }) => wanted === undefined || service.code === wanted)
    .map(({ service, endpoints }) => {
      const id = parseIdentifier(service.id)!;
      const list = { member: endpoints.map(({ method, path }) => ({ method, path })) };
      const common = {
        memberClass: id.memberClass,
        memberCode: id.member,
        applicationCode: id.subsystem,
        serviceCode: service.code,
        serviceVersion: "",
        endpointList: list,
      };
      return o.current
        ? { objectType: "SERVICE", serviceType: "OPENAPI", instanceId: id.instance, ...common }
        : { objectType: { object_type: "SERVICE" }, serviceType: "OPENAPI", GovStackInstance: id.instance, ...common };
    });
  say(v, 200, { member });
}

/** The description as a JSON string; whatever is wrong, too. */
async function openApi(v: Visit, of: string, code: string | null): Promise<void> {
  const wanted = bare(code);
  if (wanted === undefined) return say(v, 400, "Which service? Say it in serviceCode.");
  const client = parseClient(headerValue(v.headers, "x-road-client") ?? "");
  const found = await read(v, (ctx) => catalogueOf(ctx, of, client && formatIdentifier(client)));
  if (!client || !found?.client) return say(v, 400, "The client is not known here.");
  const service = found.services.find((s) => s.code === wanted);
  if (!service) return say(v, 400, "There is no such service.");
  say(v, 200, JSON.stringify(describe(service)));
}

/**
 * GovStack Information Mediator, Configuration Management 1.0.1, below `/govstack/api/v1` on the client port. A program shows the
 * certificate of its subsystem, as for a call; what it wishes becomes proposals of its institution, which answer 202 until an
 * official has decided.
 */
import { type Context, checkInput, Problem, type Static, type TSchema } from "#kernel";
import { intake } from "../../gateway/spool.ts";
import { headerValue } from "../../protocol/header.ts";
import { formatIdentifier, parseClient, parseIdentifier } from "../../protocol/identifier.ts";
import { readDocument } from "../../publish/document.ts";
import { purposeHeader } from "../../gateway/message.ts";
import { send } from "../r1/answer.ts";
import { type Catalogue, read, type Visit } from "../r1/metadata.ts";
import { unquoted } from "../r1/govstack.ts";
import { changeRights, configure, type Mode, unfit } from "./ask.ts";
import { notConfiguring } from "./problems.ts";
import { Configuration, type Done, RightsChange } from "./shapes.ts";
import { shown } from "./show.ts";
import { allowedPairs, memberOfSubsystem, type OwnMember } from "./store.ts";
import { directoryVersion } from "../../directory/store-snapshot.ts";

const prefix = "/govstack/api/v1";
const largest = 1024 * 1024;
const say = (v: Visit, status: number, value: unknown): void =>
  send(v.res, status, { "Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store" }, JSON.stringify(value));

const modes: Record<string, Mode> = { POST: "create", PATCH: "merge", PUT: "replace" };

/** Undefined: not an address of this interface. */
export function govstackConfiguration(target: string): Catalogue | undefined {
  const [path, query = ""] = target.split("?", 2) as [string, string?];
  if (path !== prefix && !path.startsWith(`${prefix}/`)) return undefined;
  const asked = new URLSearchParams(query);
  const then = { "/config": config, "/status": status, "/rights/allow": allowed, "/rights/deny": denied }[path.slice(prefix.length)];
  return async (v) => {
    try {
      if (then) await then(v, asked);
      else say(v, 404, { code: "not-found", message: "There is no such address in this interface." });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      // the interface knows 400, 401 and 500
      const detail = error.more.detail?.en ?? error.kind.title.en;
      say(v, error.status === 401 ? 401 : error.status < 500 ? 400 : 500, { code: error.kind.code, message: detail });
    }
  };
}

interface Program {
  client: string;
  own: OwnMember;
}

/** Whose program this is: the certificate was looked at where the connection came in. */
async function program(v: Visit): Promise<Program> {
  const id = parseClient(headerValue(v.headers, "x-road-client") ?? "");
  const client = id && formatIdentifier(id);
  const own = client && (await read(v, (ctx) => memberOfSubsystem(ctx.db, client)));
  if (!own || !client) throw notConfiguring();
  return { client, own };
}

/** TOGUNA_GOVSTACK_CONFIGURATION names the subsystems whose programs configure; a demonstration without it lets any. */
async function configuring(v: Visit): Promise<Program> {
  const found = await program(v);
  const { config: c } = v.j;
  const named = c.setting("govstack_configuration");
  const trusted = named === undefined ? c.demo : named.split(",").some((one) => one.trim() === found.client);
  if (!trusted) throw notConfiguring();
  return found;
}

const within = <T>(v: Visit, p: Program, run: (ctx: Context) => Promise<T>): Promise<T> =>
  v.j.transaction(run, { institution: p.own.institution });

const callOf = (v: Visit, p: Program) => ({
  own: p.own,
  who: { institution: p.own.institution, account: `program:${p.client}` },
  purposes: (headerValue(v.headers, purposeHeader) ?? "").split(",").flatMap((one) => one.trim() || []),
});

async function bodyOf<S extends TSchema>(v: Visit, schema: S): Promise<Static<S>> {
  const body = await intake(v.j, v.res.req, { most: largest });
  try {
    const text = (await body.whole()).toString("utf8");
    // a list is no document; in JSON it can only be wrapped
    const list = /^\s*\[/.test(text);
    const read = readDocument(list ? `{"list":${text}}` : text);
    if (!read.ok) throw unfit("Ni JSON ni YAML lisible.", "Neither readable JSON nor YAML.");
    const value = (list ? read.value.list : read.value) as Static<S>;
    checkInput(schema, value);
    return value;
  } finally {
    await body.release();
  }
}

const wrongMethod = (v: Visit): void => say(v, 405, { code: "method", message: "This address is not used so." });
const accepted = (v: Visit, done: Done, otherwise: number): void => say(v, done.proposals.length > 0 ? 202 : otherwise, done);

async function config(v: Visit, asked: URLSearchParams): Promise<void> {
  if (v.method === "GET") {
    const p = await program(v);
    return say(v, 200, await within(v, p, (ctx) => shown(ctx, p.own.institution)));
  }
  const mode = modes[v.method];
  if (!mode) return wrongMethod(v);
  const p = await configuring(v);
  if (asked.get("init") === "true")
    throw unfit("L’annuaire existe\u202f: rien n’est à initialiser.", "The directory exists: there is nothing to initialise.");
  const said = await bodyOf(v, Configuration);
  accepted(v, await within(v, p, (ctx) => configure(ctx, said, { ...callOf(v, p), mode })), 201);
}

async function status(v: Visit): Promise<void> {
  if (v.method !== "GET") return wrongMethod(v);
  say(v, 200, { status: "UP", instance: v.j.country.instance, version: await read(v, (ctx) => directoryVersion(ctx.db)) });
}

async function change(v: Visit, what: "allow" | "deny"): Promise<void> {
  const p = await configuring(v);
  const said = await bodyOf(v, RightsChange);
  accepted(v, await within(v, p, (ctx) => changeRights(ctx, said, { ...callOf(v, p), what })), 200);
}

const denied = (v: Visit): Promise<void> | void => (v.method === "PATCH" ? change(v, "deny") : wrongMethod(v));

async function allowed(v: Visit, asked: URLSearchParams): Promise<void> {
  if (v.method === "PATCH") return change(v, "allow");
  if (v.method !== "GET") return wrongMethod(v);
  const p = await program(v);
  const size = asked.get("pageSize") ?? "100";
  if (!/^[1-9]\d{0,3}$/.test(size) || Number(size) > 1000) throw unfit("pageSize va de 1 à 1000.", "pageSize goes from 1 to 1000.");
  const token = asked.get("nextPageToken");
  const after = token ? pairIn(token) : undefined;
  if (token && !after) throw unfit("nextPageToken est illisible.", "nextPageToken is unreadable.");
  const names = ["memberClass", "memberCode", "applicationId", "serviceId"] as const;
  const wanted = names.map((name) => asked.get(name) || undefined);
  const all = await within(v, p, (ctx) => allowedPairs(ctx.db, { institution: p.own.institution, today: ctx.clock.today() }));
  const name = (one: { service: string; client: string }) => `${one.service} ${one.client}`;
  const pairs = after ? all.filter((one) => name(one) > name(after)) : all;
  const kept = pairs.filter(({ service }) => {
    const s = parseIdentifier(service)!;
    return [s.memberClass, s.member, s.subsystem, s.service].every((part, i) => wanted[i] === undefined || unquoted(wanted[i]!) === part);
  });
  const page = kept.slice(0, Number(size));
  const list = new Map<string, object[]>();
  for (const { service, client } of page) list.set(service, [...(list.get(service) ?? []), party(v, client)]);
  const last = kept.length > page.length ? page.at(-1) : undefined;
  say(v, 200, {
    allowList: [...list].map(([service, rights]) => ({ ...party(v, service), serviceId: parseIdentifier(service)!.service, rights })),
    ...(last ? { nextPageToken: Buffer.from(JSON.stringify([last.service, last.client])).toString("base64url") } : {}),
  });
}

function party(v: Visit, identifier: string): object {
  const { instance, memberClass, member, subsystem } = parseIdentifier(identifier)!;
  return { ...(instance === v.j.country.instance ? {} : { instance }), memberClass, memberCode: member, applicationId: subsystem };
}

function pairIn(token: string): { service: string; client: string } | undefined {
  try {
    const [service, client] = JSON.parse(Buffer.from(token, "base64url").toString("utf8")) as unknown[];
    return typeof service === "string" && typeof client === "string" ? { service, client } : undefined;
  } catch {
    return undefined;
  }
}

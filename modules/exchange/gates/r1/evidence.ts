/** Evidence on the r1 port, as X-Road's gateways hand it out: signed messages as containers, and what a verifier must know. */
import { concernedBy } from "../../access/store-concern.ts";
import type { Context } from "#kernel";
import { anchorsPem } from "#trust";
import { clientOf, membersList } from "../../directory/store.ts";
import { refusals } from "../../errors.ts";
import { sharedParams } from "../../evidence/shared-params.ts";
import { containerType } from "../../evidence/container.ts";
import { type Direction, type Exported, exportMessage } from "../../evidence/export.ts";
import { exchangesOf } from "../../evidence/store-export.ts";
import { zip } from "../../evidence/zip.ts";
import { membersOf } from "../../federation/members.ts";
import { anchorOf, type Partner, partners } from "../../federation/store.ts";
import { formatIdentifier, parseClient, parseIdentifier } from "../../protocol/identifier.ts";
import { serverRows } from "../../servers/store.ts";
import { send } from "./answer.ts";
import type { Catalogue, Visit } from "./metadata.ts";

/** Seconds until the next time stamp, at most. */
const untilStamped = 60;

/** Undefined when the target is something else. */
export function evidence(target: string): Catalogue | undefined {
  const [path, query] = target.split("?", 2) as [string, string?];
  const then = path === "/asic" ? (v: Visit) => asic(v, new URLSearchParams(query ?? "")) : path === "/verificationconf" ? conf : undefined;
  return then && (async (v) => (v.method === "GET" ? then(v) : fail(v, "badRequest", 400, "Evidence is read with GET.")));
}

const types = {
  badRequest: refusals.badRequest.type,
  notAuthenticated: refusals.notAuthenticated.type,
  notFound: "client.clientproxy.not_found",
  notStamped: "server.clientproxy.logging_failed.not_timestamped",
} as const;

/** Here X-Road answers with the status that says what happened. */
function fail(v: Visit, what: keyof typeof types, status: number, message: string, headers: Record<string, string> = {}): void {
  const error = { type: types[what], message, detail: v.j.ids.uuid() };
  v.j.log.info({ ...error, status }, "r1 evidence refused");
  send(v.res, status, { "X-Road-Error": error.type, "Content-Type": "application/json;charset=utf-8", ...headers }, JSON.stringify(error));
}

interface Asked {
  queryId: string;
  subsystem: string;
  directions: readonly Direction[];
  unique: boolean;
  force: boolean;
}

function read(asked: URLSearchParams): Asked | string {
  const names = ["queryId", "xRoadInstance", "memberClass", "memberCode", "subsystemCode"] as const;
  const flags = ["requestOnly", "responseOnly", "unique", "force"];
  for (const name of asked.keys())
    if (asked.getAll(name).length > 1 && [...names, ...flags].includes(name)) return `${name} is said twice.`;
  const values = names.map((name) => asked.get(name) ?? "");
  const missing = names.find((_, i) => values[i] === "");
  if (missing) return `${missing} is missing.`;
  const [queryId, ...parts] = values as [string, ...string[]];
  const id = parseClient(parts.map(encodeURIComponent).join("/"));
  if (queryId.length > 255 || !id?.subsystem) return "The client or the query id is malformed.";
  const [requestOnly, responseOnly, unique, force] = flags.map((name) => asked.has(name));
  if (requestOnly && responseOnly) return "requestOnly and responseOnly exclude each other.";
  if (unique && !requestOnly && !responseOnly) return "unique needs requestOnly or responseOnly.";
  const directions = requestOnly ? (["request"] as const) : responseOnly ? (["response"] as const) : (["request", "response"] as const);
  return { queryId, subsystem: formatIdentifier(id), directions, unique: unique!, force: force! };
}

async function asic(v: Visit, query: URLSearchParams): Promise<void> {
  const asked = read(query);
  if (typeof asked === "string") return fail(v, "badRequest", 400, asked);
  if (v.allowed !== "any" && !v.allowed.has(asked.subsystem))
    return fail(v, "notAuthenticated", 401, "This connection may not speak for that client.");
  const client = await v.j.transaction(({ db }) => clientOf(db, asked.subsystem), { readOnly: true });
  const found = client ? await v.j.transaction((ctx) => collect(ctx, asked), { institution: client.institution }) : [];
  if (found.length === 0) return fail(v, "notFound", 404, "No signed message of that client has this query id.");
  if (!asked.force && !found.every((e) => e.stamped))
    return fail(v, "notStamped", 202, "The time stamp is not there yet: ask again, or say force.", {
      "Retry-After": String(untilStamped),
    });
  // a name other programs can keep, whatever the client called its message
  const name = asked.queryId.replace(/[^A-Za-z0-9._-]/g, "_");
  const only = asked.directions.length === 1 ? `-${asked.directions[0]}` : "";
  if (asked.unique) return hand(v, found[0]!.bytes, containerType, `${name}${only}.asice`);
  const entries = found.map((e, i) => ({
    name: `${name}-${e.direction}${found.length > 2 ? `-${i + 1}` : ""}.asice`,
    bytes: e.bytes,
    stored: true,
  }));
  return hand(v, zip(entries, v.j.clock.now()), "application/zip", `${name}${only}.zip`);
}

const hand = (v: Visit, bytes: Buffer, type: string, name: string): void =>
  send(v.res, 200, { "Content-Type": type, "Content-Disposition": `attachment; filename="${name}"`, "Cache-Control": "no-store" }, bytes);

/** Exchanges under one query id whose containers are handed out at once, the newest first, and how many bytes before it is enough. */
const most = 10;
const enough = 32 * 1024 * 1024;

async function collect(ctx: Context, asked: Asked): Promise<Exported[]> {
  const found: Exported[] = [];
  const exchanges = await exchangesOf(ctx.db, asked.subsystem, asked.queryId, asked.unique ? 1 : most);
  for (const { exchange, side, person } of exchanges) {
    if (found.reduce((sum, e) => sum + e.bytes.length, 0) > enough) break;
    const before = found.length;
    for (const direction of asked.directions) {
      const made = await exportMessage(ctx, { exchange, side, direction });
      if (made) found.push(made);
    }
    // The header part holds the query, so the person's identifiers: handing out the proof is a read of her data.
    if (found.length === before) continue;
    for (const one of new Set([...(person === null ? [] : [person]), ...(await concernedBy(ctx.db, exchange))]))
      await ctx.recordRead(one, "exchange.prove-message", "exchange.asic");
  }
  return found;
}

/** Another instance's members and servers, in the terms of our own. */
const asOwn = (d: Partner["document"]): [Parameters<typeof sharedParams>[1], Parameters<typeof sharedParams>[2]] => [
  membersOf(d).map((m) => ({ ...m, institution: m.id })),
  d.servers.map((s) => ({ ...s, institution: s.id.split("/").slice(0, 3).join("/"), retiredAt: null })),
];

async function conf(v: Visit): Promise<void> {
  const { members, servers, anchors, others } = await v.j.transaction(
    async (ctx) => ({
      members: await membersList(ctx.db),
      servers: await serverRows(ctx.db),
      anchors: await anchorsPem(ctx),
      others: await partners(ctx.db),
    }),
    { readOnly: true },
  );
  const instance = members[0] ? parseIdentifier(members[0].id)!.instance : v.j.country.code.toUpperCase();
  const entries = [
    { name: "verificationconf/instance-identifier", bytes: instance },
    { name: `verificationconf/${instance}/shared-params.xml`, bytes: sharedParams(instance, members, servers, anchors) },
    ...others.map(({ row, document: d }) => ({
      name: `verificationconf/${row.instance}/shared-params.xml`,
      bytes: sharedParams(row.instance, ...asOwn(d), anchorOf(row).authorities.join("")),
    })),
    { name: "verificationconf/anchors.pem", bytes: [anchors, ...others.flatMap(({ row }) => anchorOf(row).authorities)].join("") },
  ];
  hand(v, zip(entries, v.j.clock.now()), "application/zip", "verificationconf.zip");
}

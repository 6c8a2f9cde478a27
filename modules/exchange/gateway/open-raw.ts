/** A question that arrives as a message of X-Road's r1: the caller's own lines are what is signed, not our rendering of them. */
import type { JobContext } from "#kernel";
import type { Service } from "../directory/store.ts";
import { refusals, type Refusal } from "../errors.ts";
import { refused } from "../facts.ts";
import { type Header, headerIsSafe, headerValue, requestHeaders, requestPart } from "../protocol/header.ts";
import { isForeign } from "../federation/names.ts";
import { formatIdentifier, parseClient, parseIdentifier, parseService } from "../protocol/identifier.ts";
import { checkPath } from "../protocol/path.ts";
import { bookOf, serversFor } from "../servers/book.ts";
import type { Opening } from "./ask.ts";
import { consentHeader, purposeHeader, readRequest } from "./message.ts";
import { roomPurpose } from "../rooms/rules.ts";
import { lacksConsent, partiesOf, refusedAnswer, shown } from "./open.ts";
import { noBody } from "./spool.ts";

export interface RawQuestion {
  method: string;
  /** Path and query exactly as on the request line. */
  target: string;
  headers: readonly Header[];
  /** The answer need not come while the caller waits. */
  later?: boolean;
}

/** One answer in evidence to "who, about what": these are said once or not at all. X-Road-Client may repeat, its last counts. */
const saidOnce = [
  "x-road-id",
  "x-road-userid",
  "x-road-issue",
  "x-road-represented-party",
  "x-road-security-server",
  purposeHeader,
  consentHeader,
];
const longestPart = 16 * 1024;

/** Everything that can be refused before its body is read; the body is put into what was opened afterwards. */
export async function openRaw(j: JobContext, q: RawQuestion): Promise<Opening> {
  const exchange = j.ids.uuid();
  const value = (name: string) => headerValue(q.headers, name);
  const refuse = async (refusal: Refusal): Promise<Opening> => {
    const said = {
      client: shown(value("x-road-client") ?? ""),
      // never the path below it: that is where people's numbers stand
      service: shown(q.target.split("?", 1)[0]!.split("/").slice(2, 7).join("/")),
      purpose: shown(value(purposeHeader) ?? ""),
    };
    await j.transaction((ctx) => ctx.record(refused, `exchange:${exchange}`, { exchange, ...said, type: refusal.type }));
    return { answer: refusedAnswer(exchange, refusal) };
  };

  const caller = parseIdentifier(value("x-road-client") ?? "");
  if (!caller || caller.service !== undefined) return refuse(refusals.invalidClient);
  // A member without a subsystem signs nothing here: rights are a subsystem's.
  if (!parseClient(value("x-road-client")!)) return refuse(refusals.unknownClient);
  if (!q.headers.every(headerIsSafe) || !once(q.headers) || !partyIsReadable(value("x-road-represented-party")))
    return refuse(refusals.badRequest);
  const lengths = ["x-road-id", "x-road-userid", "x-road-issue"].map((name) => value(name)?.length ?? 1);
  if (lengths.some((n) => n < 1 || n > 255)) return refuse(refusals.badRequest);
  const own = requestHeaders(q.headers);
  const headers: Header[] = [...own, ["x-road-request-id", exchange]];
  if (value("x-road-id") === undefined) headers.push(["x-road-id", `${caller.instance}-${j.ids.uuid()}`]);
  let part = requestPart(q.method, q.target, headers);
  const raw = q.target.split("?", 1)[0]!.slice("/r1/".length).split("/");
  const asked = parseService(raw.slice(0, 5).join("/"));
  const below = raw.length > 5 ? `/${raw.slice(5).join("/")}` : "";
  if (!asked || !checkPath(below).ok || part.length > longestPart) return refuse(refusals.badRequest);
  const parties = await partiesOf(j, formatIdentifier(parseClient(value("x-road-client")!)!), formatIdentifier(asked));
  if ("type" in parties) return refuse(parties);
  const server = value("x-road-security-server");
  if (server !== undefined && !answersFor(j, server, parties.service)) return refuse(refusals.unknownServer);
  // messages wait inside one instance; across a border the caller waits
  if (q.later && isForeign(parties.service.institution)) return refuse(refusals.badRequest);
  if (parties.service.kind === "person" && !q.later) return refuse(refusals.answeredByHand);
  let e = readRequest(part);
  if (!e && parties.service.kind === "room") {
    // a room has one purpose, and programs of its protocol have no word for it: said for them, and signed
    part = requestPart(q.method, q.target, [...headers, [purposeHeader, roomPurpose]]);
    e = readRequest(part);
  }
  if (!e) return refuse(readRequest(`${part}${purposeHeader}:x\r\n`) ? refusals.purposeMissing : refusals.badRequest);
  if (await lacksConsent(j, e, parties)) return refuse(refusals.consentMissingHere);
  const pinned = server === undefined ? {} : { server };
  const opened = { envelope: e, part, body: noBody, ...parties, ...pinned, person: undefined, key: undefined };
  return { opened: { ...opened, verbatim: true, keepBody: false } };
}

/** Is it one of those the directory names for the service, this program itself included? */
function answersFor(j: JobContext, server: string, service: Service): boolean {
  const others = serversFor(j, service.institution, service.kind);
  return others.length > 0 ? others.includes(server) : bookOf(j)?.self === server;
}

const once = (headers: readonly Header[]): boolean =>
  saidOnce.every((name) => headers.filter(([one]) => one.toLowerCase() === name.toLowerCase()).length <= 1);

/** `[CLASS/]CODE`. */
function partyIsReadable(text: string | undefined): boolean {
  if (text === undefined) return true;
  const parts = text.split("/");
  return parts.length <= 2 && parseIdentifier(["x", ...parts, ...(parts.length === 1 ? ["x"] : [])].join("/")) !== undefined;
}

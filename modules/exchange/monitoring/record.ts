/** One row of the message log in the words of X-Road's operational monitoring (PR-OPMON), as JSON. What does not apply is left out. */
import { refusalOf } from "../errors.ts";
import { headerValue, readPart } from "../protocol/header.ts";
import { parseIdentifier } from "../protocol/identifier.ts";
import type { MonitoredRow } from "./store.ts";

/** The names of PR-OPMON, and `xRequestId`. Stamps In/Out in milliseconds, `monitoringDataTs` in seconds, sizes in bytes. */
export const fieldNames = [
  "monitoringDataTs",
  "securityServerInternalIp",
  "securityServerType",
  "requestInTs",
  "requestOutTs",
  "responseInTs",
  "responseOutTs",
  "clientXRoadInstance",
  "clientMemberClass",
  "clientMemberCode",
  "clientSubsystemCode",
  "serviceXRoadInstance",
  "serviceMemberClass",
  "serviceMemberCode",
  "serviceSubsystemCode",
  "serviceCode",
  "restMethod",
  "restPath",
  "serviceVersion",
  "representedPartyClass",
  "representedPartyCode",
  "messageId",
  "messageUserId",
  "messageIssue",
  "messageProtocolVersion",
  "clientSecurityServerAddress",
  "serviceSecurityServerAddress",
  "requestSize",
  "requestMimeSize",
  "requestAttachmentCount",
  "responseSize",
  "responseMimeSize",
  "responseAttachmentCount",
  "succeeded",
  "serviceType",
  "faultCode",
  "faultString",
  "statusCode",
  "xRoadVersion",
  "xRequestId",
] as const;
export type FieldName = (typeof fieldNames)[number];
export type OperationalRecord = Partial<Record<FieldName, string | number | boolean>>;

/** What of the program stands in every record. */
export interface Self {
  internalIp: string;
  version: string;
}

export function recordOf(r: MonitoredRow, self: Self): OperationalRecord {
  const client = parseIdentifier(r.client);
  const service = parseIdentifier(r.service);
  const headers = readPart(r.requestPart)?.headers ?? [];
  const [partyCode, partyClass] = (headerValue(headers, "x-road-represented-party") ?? "").split("/").reverse();
  const m = r.measured;
  const failed = r.outcome !== "answered";
  const answered = r.responsePart !== null;
  const record: Partial<Record<FieldName, string | number | boolean | null | undefined>> = {
    monitoringDataTs: Math.floor(r.at.getTime() / 1000),
    securityServerInternalIp: self.internalIp,
    securityServerType: r.side === "client" ? "Client" : "Producer",
    requestInTs: m?.requestIn ?? r.askedAt.getTime(),
    requestOutTs: m?.requestOut,
    responseInTs: m?.responseIn,
    responseOutTs: r.at.getTime(),
    clientXRoadInstance: client?.instance,
    clientMemberClass: client?.memberClass,
    clientMemberCode: client?.member,
    clientSubsystemCode: client?.subsystem,
    serviceXRoadInstance: service?.instance,
    serviceMemberClass: service?.memberClass,
    serviceMemberCode: service?.member,
    serviceSubsystemCode: service?.subsystem,
    serviceCode: service?.service,
    restMethod: r.method,
    restPath: masked(r.path, r.personAt),
    representedPartyClass: partyClass,
    representedPartyCode: partyCode,
    messageId: r.messageId,
    messageUserId: r.userId,
    messageIssue: headerValue(headers, "x-road-issue"),
    messageProtocolVersion: "1",
    clientSecurityServerAddress: r.clientServer,
    serviceSecurityServerAddress: r.serviceServer,
    // rows of before the sizes were measured have none
    requestSize: m ? Buffer.byteLength(r.requestPart) + m.requestBody : undefined,
    requestAttachmentCount: m ? (m.requestBody > 0 ? 1 : 0) : undefined,
    responseSize: answered && m?.responseBody !== undefined ? Buffer.byteLength(r.responsePart!) + m.responseBody : undefined,
    responseAttachmentCount: answered && m?.responseBody !== undefined ? (m.responseBody > 0 ? 1 : 0) : undefined,
    succeeded: !failed && r.status !== null && r.status >= 200 && r.status < 400,
    serviceType: r.described ? "OPENAPI3" : "REST",
    faultCode: r.errorType,
    faultString: r.errorType === null ? undefined : (refusalOf(r.errorType)?.kind.title.en ?? r.errorType),
    statusCode: r.status,
    xRoadVersion: self.version,
    xRequestId: r.exchange,
  };
  return Object.fromEntries(
    Object.entries(record).filter(([, value]) => value !== undefined && value !== null && value !== ""),
  ) as OperationalRecord;
}

/** A person's number is not for who watches the machines. */
const masked = (path: string, at: number | null): string =>
  path
    .split("/")
    .map((one, i) => (i === at || (at === 0 && one !== "") ? "*" : one))
    .join("/");

export interface Page {
  rows: MonitoredRow[];
  /** Seconds: where the next question begins; absent when there is nothing more yet. */
  nextRecordsFrom?: number;
}

/**
 * At most `limit` of the rows (one more was read), cut between two seconds, so that `recordsFrom` can begin anew; a second
 * that holds more than that comes whole.
 */
export function pageOf(rows: readonly MonitoredRow[], limit: number): Page {
  if (rows.length <= limit) return { rows: [...rows] };
  const second = (r: MonitoredRow) => Math.floor(r.at.getTime() / 1000);
  const last = second(rows[limit]!);
  const whole = rows.filter((r) => second(r) < last);
  return { rows: whole, nextRecordsFrom: last };
}

/** What a leaf of the gateway's tree stands for: one row of the message log, without the message. */
import { createHash } from "node:crypto";
import { canonical } from "#kernel";
import { leafHash } from "#trust";
import type { Side } from "../log/store.ts";

export interface LogRow {
  /** Of a statement: its own id. */
  exchange: string;
  side: Side;
  kind: "request" | "outcome" | "statement";
  /** Whose row it is. */
  institution: string;
  at: Date;
  messageId: string | null;
  /** The calling subsystem; of a statement, the institution it was made to. */
  client: string;
  service: string | null;
  /** Of a statement: its text. */
  headerPart: string | null;
  bodyHash: Uint8Array | null;
  signature: Uint8Array | null;
  serial: string | null;
  outcome: string | null;
  errorType: string | null;
  status: number | null;
  /** What a gateway of its own knew of the directory when it asked; age in seconds. */
  configuration: { version: number; age: number } | null;
}

const base64 = (bytes: Uint8Array | null): string | undefined => (bytes === null ? undefined : Buffer.from(bytes).toString("base64"));

/** Canonical JSON of identifiers and hashes: it can be shown to anybody, and outlives the message itself. */
export function leafEntry(r: LogRow): string {
  return canonical({
    ...(r.kind === "statement" ? { statement: r.exchange } : { exchange: r.exchange, side: r.side }),
    kind: r.kind,
    institution: r.institution,
    at: r.at.toISOString(),
    message: r.messageId ?? undefined,
    client: r.client,
    service: r.service ?? undefined,
    part: r.headerPart === null ? undefined : createHash("sha512").update(r.headerPart).digest("base64"),
    body: base64(r.bodyHash),
    signature: base64(r.signature),
    serial: r.serial ?? undefined,
    outcome: r.outcome ?? undefined,
    type: r.errorType ?? undefined,
    status: r.status ?? undefined,
    configuration: r.configuration ?? undefined,
  });
}

/** RFC 9162, 2.1: SHA-256(0x00 || entry). */
export const leafOf = (r: LogRow): Buffer => leafHash(Buffer.from(leafEntry(r), "utf8"));

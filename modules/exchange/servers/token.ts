/** The joining token: where the centre is, which root to believe, and the secret that shows one was invited. Pure. */
import { createHash } from "node:crypto";
import { T, type Static } from "#kernel";
import { readAs } from "../configuration/head.ts";

const Token = T.Object(
  {
    /** Address of the centre. */
    c: T.String({ pattern: "^https?://[^\\s/]+(/[^\\s]*)?$", maxLength: 300 }),
    /** The invitation. */
    i: T.String({ pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" }),
    s: T.String({ pattern: "^[A-Za-z0-9_-]{43}$" }),
    /** SHA-256 of the centre's root certificate, hexadecimal. */
    a: T.String({ pattern: "^[0-9a-f]{64}$" }),
    /** The country's folder. */
    k: T.String({ pattern: "^[a-z]{2}$" }),
    /** 1: the centre is a demonstration. */
    d: T.Integer({ minimum: 0, maximum: 1 }),
  },
  { additionalProperties: false },
);

export interface JoiningToken {
  centre: string;
  invitation: string;
  secret: string;
  anchor: string;
  country: string;
  demo: boolean;
}

const mark = "toguna-join-1.";

export const writeToken = (t: JoiningToken): string =>
  mark +
  Buffer.from(
    JSON.stringify({ c: t.centre, i: t.invitation, s: t.secret, a: t.anchor, k: t.country, d: t.demo ? 1 : 0 } satisfies Static<
      typeof Token
    >),
  ).toString("base64url");

/** Undefined for anything that is not such a token. */
export function readToken(text: string): JoiningToken | undefined {
  if (!text.startsWith(mark) || text.length > 2000) return undefined;
  const read = readAs(Token, Buffer.from(text.slice(mark.length), "base64url").toString("utf8"));
  return (
    read && { centre: read.c.replace(/\/+$/, ""), invitation: read.i, secret: read.s, anchor: read.a, country: read.k, demo: read.d === 1 }
  );
}

export const secretHash = (secret: string): Buffer => createHash("sha256").update(secret).digest();

/** What both people read to each other before a request is approved: twelve hexadecimal digits in threes. */
export function requestFingerprint(tls: string, seal: string): string {
  const digest = createHash("sha256").update(`${tls.trim()}\n${seal.trim()}`).digest("hex").slice(0, 12);
  return digest.replace(/(.{3})(?=.)/g, "$1-");
}

/** host:port, the host a name or an IPv4 address. */
export const addressPattern =
  "^(?=.{1,255}$)[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?:([0-9]{1,4}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])$";
export const hostOf = (address: string): string => address.slice(0, address.lastIndexOf(":"));
export const portOf = (address: string): number => Number(address.slice(address.lastIndexOf(":") + 1));

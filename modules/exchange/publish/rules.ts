/** What may be proposed, who decides it, and what changes. Pure. */
import { X509Certificate } from "node:crypto";
import { parsePointer } from "../access/fields.ts";
import type { FieldSpec, Subject } from "../pack.ts";
import type { Difference, ProposalKind } from "./shapes.ts";

/** What a service is, as proposed: the same shape for a new one and for a change. */
export interface ServiceContent {
  title: { fr: string; en: string };
  baseUrl: string;
  timeoutSeconds: number;
  verifyTls: boolean;
  ca: string | null;
  clientCertificate: boolean;
  subject: Subject | null;
  endpoints: { method: string; path: string }[];
  query: { name: string; label: { fr: string; en: string } }[];
  fields: FieldSpec[];
  left: { what: string; where: string }[];
}

/**
 * Whoever enters the directory of all is the operator's to admit; what an institution opens of its own is the institution's
 * to answer for. Always somebody else than who proposed.
 */
export const approverOf = (kind: ProposalKind): "operator" | "institution" =>
  kind === "subsystem" || kind === "service" ? "operator" : "institution";

/** Codes that r1 itself answers. */
export const reserved: ReadonlySet<string> = new Set(["listMethods", "allowedMethods", "getOpenAPI", "getWsdl", "listClients"]);

/** The gateway itself, the machine it runs on, and what only routers know. */
export function isForbiddenHost(host: string): boolean {
  const name = host
    .toLowerCase()
    .replace(/^\[|\]$/g, "")
    .replace(/\.$/, "");
  if (name === "localhost" || name.endsWith(".localhost") || name === "") return true;
  const v4 = /^(?:::ffff:)?(\d+)\.(\d+)\.\d+\.\d+$/.exec(name);
  if (v4) return v4[1] === "0" || v4[1] === "127" || (v4[1] === "169" && v4[2] === "254") || Number(v4[1]) >= 224;
  // a URL writes an embedded IPv4 address in hexadecimal
  const embedded = /^::(?:ffff:)?([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(name);
  if (embedded) {
    const [high, low] = [parseInt(embedded[1]!, 16), parseInt(embedded[2]!, 16)];
    return isForbiddenHost(`${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`);
  }
  return name === "::" || name === "::1" || (/^(fe[89ab]|ff)/.test(name) && name.includes(":"));
}

/** An address as it will be called; undefined when it could lead elsewhere than it says. */
export function addressOf(text: string, o: { loopback: boolean }): string | undefined {
  if (text.length > 500 || /[\s\\]|\p{Cc}/u.test(text)) return undefined;
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return undefined;
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") return undefined;
  if (url.username || url.password || url.search || url.hash || text.includes("?") || text.includes("#")) return undefined;
  if (!o.loopback && isForbiddenHost(url.hostname)) return undefined;
  return `${url.origin}${url.pathname === "/" ? "" : url.pathname.replace(/\/$/, "")}`;
}

/** The description's own server, read against the address it came from. */
export function serverOf(server: string | undefined, from: string | undefined): string | undefined {
  if (server === undefined || server.includes("{")) return undefined;
  try {
    return new URL(server, from).href;
  } catch {
    return undefined;
  }
}

export function isAuthority(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}

export const pointerOf = (field: Pick<FieldSpec, "name" | "pointer">): string =>
  field.pointer ?? `/rows/*/${field.name.replaceAll(".", "/")}`;

/** A right names fields the service has, or a whole branch of them. */
export function fieldsFit(pointers: readonly string[], fields: readonly FieldSpec[]): boolean {
  if (!pointers.every((one) => parsePointer(one))) return false;
  if (fields.length === 0) return true;
  const known = fields.map(pointerOf);
  return pointers.every((one) => known.some((name) => name === one || name.startsWith(`${one}/`) || one.startsWith(`${name}/`)));
}

interface Offered {
  endpoints: readonly { method: string; path: string }[];
  query: readonly { name: string }[];
  fields: readonly Pick<FieldSpec, "name" | "pointer">[];
}

export function differenceOf(before: Offered, after: Offered): Difference {
  const endpoint = (e: { method: string; path: string }) => `${e.method} ${e.path}`;
  const less = <X>(from: readonly X[], what: readonly X[], key: (x: X) => string): X[] => {
    const known = new Set(what.map(key));
    return from.filter((one) => !known.has(key(one)));
  };
  const names = (o: Offered) => o.query.map((q) => q.name);
  const pointers = (o: Offered) => o.fields.map(pointerOf);
  const same = (text: string) => text;
  return {
    endpoints: { added: less(after.endpoints, before.endpoints, endpoint), removed: less(before.endpoints, after.endpoints, endpoint) },
    query: { added: less(names(after), names(before), same), removed: less(names(before), names(after), same) },
    fields: { added: less(pointers(after), pointers(before), same), removed: less(pointers(before), pointers(after), same) },
  };
}

export const isChange = (d: Difference): boolean =>
  [d.endpoints, d.query, d.fields].some((part) => part.added.length + part.removed.length > 0);
/** Something could be asked or received that could not before: never without a second person. */
export const widens = (d: Difference): boolean => [d.endpoints, d.query, d.fields].some((part) => part.added.length > 0);

/** Who answers for whom, in memory: one book a running program, read again when the directory changes and every few seconds. */
import type { JobContext, PublicConfig } from "#kernel";
import { serverCertificates } from "#trust";
import { perProgram } from "../memory/program.ts";
import { headRow } from "../configuration/store.ts";
import { classedServices, directoryVersion, joinedRow, policyRows, serverRows } from "./store.ts";

/** A certificate a server may show; `fingerprint`: SHA-256 of its DER, hexadecimal. */
export interface ServerCertificate {
  fingerprint: string;
  /** PEM, leaf first. */
  certificate: string;
  notBefore: Date;
  notAfter: Date;
}

export interface Peer {
  id: string;
  institution: string | null;
  /** host:port */
  address: string;
  centre: boolean;
  members: ReadonlySet<string>;
  certificates: readonly ServerCertificate[];
}

export interface Book {
  /** This program's own server; undefined on a house without any other server, and on a gateway that has not joined. */
  self: string | undefined;
  gateway: boolean;
  /** On a gateway: the institutions it signs and answers for. */
  own: ReadonlySet<string>;
  servers: ReadonlyMap<string, Peer>;
  /** Servers by institution, the house's own left out. */
  serversOf: ReadonlyMap<string, readonly string[]>;
  house: string | undefined;
  byFingerprint: ReadonlyMap<string, { peer: Peer; certificate: ServerCertificate }>;
  configuration: { version: number; at: Date } | undefined;
  days: ReadonlyMap<string, number>;
  classOf: ReadonlyMap<string, string>;
  version: string;
}

type Reader = Pick<JobContext, "config" | "clock">;

const books = new WeakMap<PublicConfig, Book>();

/** The identifier under which the house itself is a server. */
export const houseId = (instance: string): string => `${instance}/CENTRE`;

const day = 86_400_000;
const usualDays = 7;

export async function refreshBook(j: JobContext): Promise<Book> {
  const gateway = j.config.role === "gateway";
  const book = await j.transaction(
    async (ctx): Promise<Book> => {
      const version = await directoryVersion(ctx.db);
      const rows = (await serverRows(ctx.db)).filter((row) => row.retiredAt === null);
      const certificates = rows.length === 0 ? [] : await serverCertificates(ctx);
      const joined = gateway ? await joinedRow(ctx.db) : undefined;
      const head = gateway ? await headRow(ctx.db) : undefined;
      const servers = new Map<string, Peer>();
      const byFingerprint = new Map<string, { peer: Peer; certificate: ServerCertificate }>();
      const serversOf = new Map<string, string[]>();
      for (const row of rows) {
        const peer: Peer = { ...row, members: new Set(row.members), certificates: certificates.filter((c) => c.server === row.id) };
        servers.set(row.id, peer);
        for (const certificate of peer.certificates) byFingerprint.set(certificate.fingerprint, { peer, certificate });
        if (!row.centre) for (const one of row.members) serversOf.set(one, [...(serversOf.get(one) ?? []), row.id]);
      }
      const house = rows.find((row) => row.centre)?.id;
      return {
        self: gateway ? (joined?.server ?? undefined) : house,
        gateway,
        own: new Set(joined?.institution ? [joined.institution] : []),
        servers,
        serversOf,
        house,
        byFingerprint,
        configuration: head && { version: head.version, at: head.at },
        days: new Map((await policyRows(ctx.db)).map((p) => [p.dataClass, p.days])),
        classOf: new Map((await classedServices(ctx.db)).map((s) => [s.id, s.dataClass])),
        version,
      };
    },
    { readOnly: true },
  );
  books.set(j.config, book);
  return book;
}

const looks = perProgram(() => ({ at: 0 }));

/** For who met a server the book does not have: read again, at most once a second, whoever asks and however often. */
export async function lookAgain(j: JobContext): Promise<void> {
  const last = looks(j);
  if (performance.now() - last.at < 1000) return;
  last.at = performance.now();
  await refreshBook(j);
}

/** Undefined until the program has read it once. */
export const bookOf = (j: Reader): Book | undefined => books.get(j.config);

/**
 * The other server that answers for an institution; undefined: this program does. What a person answers by hand is always the
 * house's: that is where officials have their desk; so is a room, whose events are kept there.
 */
export function serverFor(j: Reader, institution: string, kind?: string): string | undefined {
  return serversFor(j, institution, kind)[0];
}

/** All of them, the first to be tried first; empty: this program answers. */
export function serversFor(j: Reader, institution: string, kind?: string): readonly string[] {
  const book = bookOf(j);
  if (!book) return [];
  const others = kind === "person" || kind === "room" ? [] : (book.serversOf.get(institution) ?? []);
  if (book.self !== undefined && others.includes(book.self)) return [];
  if (others.length > 0) return others;
  return book.gateway && book.house !== undefined ? [book.house] : [];
}

/** May this program sign as a client of that institution? The house runs procedures for all, a gateway speaks for its own. */
export function speaksFor(j: Reader, institution: string): boolean {
  const book = bookOf(j);
  return !book?.gateway || book.own.has(institution);
}

/** Does that server speak for a client of the institution? */
export const mayCarry = (peer: Peer, institution: string): boolean => peer.centre || peer.members.has(institution);

/** What a gateway knows the directory by; `age` in seconds since the centre last confirmed it. Undefined on the house. */
export function configurationOf(j: Reader): { version: number; age: number } | undefined {
  const known = bookOf(j)?.configuration;
  return known && { version: known.version, age: Math.max(0, Math.floor((j.clock.now().getTime() - known.at.getTime()) / 1000)) };
}

/** Older than the policy allows for this service's class of data: nothing of it passes until the centre is heard again. */
export function outdated(j: Reader, service: string): boolean {
  const book = bookOf(j);
  if (!book?.gateway) return false;
  if (!book.configuration) return true;
  const days = book.days.get(book.classOf.get(service) ?? "ordinary") ?? book.days.get("ordinary") ?? usualDays;
  return j.clock.now().getTime() - book.configuration.at.getTime() > days * day;
}

/** Whose certificate is this, and is it good now? Dates by our own clock: TLS has proved only that the key is held. */
export function peerOf(j: Reader, fingerprint: string): Peer | undefined {
  const found = bookOf(j)?.byFingerprint.get(fingerprint.replaceAll(":", "").toLowerCase());
  const now = j.clock.now();
  return found && found.certificate.notBefore <= now && now <= found.certificate.notAfter ? found.peer : undefined;
}

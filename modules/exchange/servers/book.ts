/** Who answers for whom, in memory: one book a running program, read again when the directory changes and every few seconds. */
import type { JobContext, PublicConfig } from "#kernel";
import { serverCertificates } from "#trust";
import { perProgram } from "../memory/program.ts";
import { headRow } from "../configuration/store.ts";
import { instanceOf, isForeign } from "../federation/names.ts";
import { partnerViews, type PartnerView } from "../federation/view.ts";
import { maintenanceRows } from "./store-maintenance.ts";
import { classedServices, directoryVersion, joinedRow, policyRows, serverRows } from "./store.ts";

/** A certificate a server may show; `fingerprint`: SHA-256 of its DER, hexadecimal. */
export interface ServerCertificate {
  fingerprint: string;
  /** PEM, leaf first. */
  certificate: string;
  notBefore: Date;
  notAfter: Date;
}

/** What a server says of itself while it is away. */
export interface Maintenance {
  since: Date;
  until: Date;
  notice: string | null;
}

export interface Peer {
  id: string;
  institution: string | null;
  /** host:port */
  address: string;
  centre: boolean;
  /** Of the database it answers from; null: its own. */
  log?: string | null;
  members: ReadonlySet<string>;
  certificates: readonly ServerCertificate[];
  /** Another instance's: it carries its own listed members, and nothing else here is its business. */
  foreign?: boolean;
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
  /** Announced and not ended by hand: away until its end. */
  maintenance: ReadonlyMap<string, Maintenance>;
  /** Instances of the federation, by their code. */
  partners: ReadonlyMap<string, PartnerView>;
}

type Reader = Pick<JobContext, "config" | "clock">;

const books = new WeakMap<PublicConfig, Book>();

/** The identifier under which the house itself is a server. */
export const houseId = (instance: string): string => `${instance}/CENTRE`;

const day = 86_400_000;
export const usualDays = 7;

export async function refreshBook(j: JobContext): Promise<Book> {
  const gateway = j.config.role === "gateway";
  const book = await j.transaction(
    async (ctx): Promise<Book> => {
      const version = await directoryVersion(ctx.db);
      const rows = (await serverRows(ctx.db)).filter((row) => row.retiredAt === null);
      const certificates = rows.length === 0 ? [] : await serverCertificates(ctx);
      const joined = gateway ? await joinedRow(ctx) : undefined;
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
      const partners = await partnerViews(ctx.db, books.get(j.config)?.partners ?? new Map(), head?.at);
      for (const one of [...partners.values()].flatMap((partner) => partner.servers)) {
        const peer: Peer = { ...one, institution: null, centre: false, foreign: true };
        servers.set(one.id, peer);
        for (const certificate of one.certificates) byFingerprint.set(certificate.fingerprint, { peer, certificate });
        for (const member of one.members) serversOf.set(member, [...(serversOf.get(member) ?? []), one.id]);
      }
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
        maintenance: new Map((await maintenanceRows(ctx.db)).map((m) => [m.server, m])),
        partners,
      };
    },
    { readOnly: true },
  );
  books.set(j.config, book);
  return book;
}

/** That instance is nobody here from this moment on, whatever the next look at the tables will say. */
export function forgetPartner(j: Reader, instance: string): void {
  const book = books.get(j.config);
  if (!book) return;
  const [partners, servers, byFingerprint] = [new Map(book.partners), new Map(book.servers), new Map(book.byFingerprint)];
  partners.delete(instance);
  for (const peer of book.servers.values()) if (peer.foreign && instanceOf(peer.id) === instance) servers.delete(peer.id);
  for (const [print, { peer }] of book.byFingerprint) if (peer.foreign && instanceOf(peer.id) === instance) byFingerprint.delete(print);
  books.set(j.config, { ...book, partners, servers, byFingerprint });
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
  if (!book) return isForeign(institution) ? [houseId(instanceOf(institution))] : [];
  const others = kind === "person" || kind === "room" ? [] : (book.serversOf.get(institution) ?? []);
  if (book.self !== undefined && others.includes(book.self)) return [];
  if (others.length > 0) return others;
  // never here: what another instance names no server for is asked of nobody
  if (isForeign(institution)) return [houseId(instanceOf(institution))];
  return book.gateway && book.house !== undefined ? [book.house] : [];
}

/** What servers said themselves before the directory did: believed for a moment, until it does. */
const heard = perProgram(() => new Map<string, { m: Maintenance; at: number }>());
const believed = 20_000;
export const hearAway = (j: Reader, server: string, m: Maintenance): void => void heard(j).set(server, { m, at: performance.now() });

/** Is that server in maintenance now? Its announced end ends it, whoever reads. */
export function awayOf(j: Reader, server: string | undefined): Maintenance | undefined {
  if (server === undefined) return undefined;
  const itself = heard(j).get(server);
  const lately = itself && performance.now() - itself.at < believed ? itself.m : undefined;
  // clocks of neighbours differ: who says that it is away is away already
  return [bookOf(j)?.maintenance.get(server), lately].find((m) => m && j.clock.now() < m.until);
}

/** This program itself. */
export const ownMaintenance = (j: Reader): Maintenance | undefined => awayOf(j, bookOf(j)?.self);

/** It, and the servers of its institution that answer from the same log: what one has taken or given, all have. */
export function kinOf(j: Reader, server: string): readonly string[] {
  const servers = bookOf(j)?.servers;
  const one = servers?.get(server);
  if (!servers || !one || !one.log) return [server];
  const kin = [...servers.values()].filter((other) => other.log === one.log && other.institution === one.institution);
  return [server, ...kin.map((other) => other.id).filter((id) => id !== server)];
}

/** May this program sign as a client of that institution? The house runs procedures for all, a gateway speaks for its own. */
export function speaksFor(j: Reader, institution: string): boolean {
  const book = bookOf(j);
  return !isForeign(institution) && (!book?.gateway || book.own.has(institution));
}

/** Does that server speak for a client of the institution? */
export const mayCarry = (peer: Peer, institution: string): boolean =>
  (peer.centre && !isForeign(institution)) || peer.members.has(institution);

/**
 * What a gateway knows the directory by, and anyone another instance's services; `age` in seconds since who speaks for it last
 * confirmed it. Undefined on the house for its own.
 */
export function configurationOf(j: Reader, service?: string): { version: number; age: number } | undefined {
  const book = bookOf(j);
  const known = (service === undefined ? undefined : book?.partners.get(instanceOf(service))) ?? book?.configuration;
  return known && { version: known.version, age: Math.max(0, Math.floor((j.clock.now().getTime() - known.at.getTime()) / 1000)) };
}

/**
 * Older than the policy allows for this service's class of data: nothing of it passes until who speaks for the directory is heard
 * again. Where another instance asks or is asked, its configuration counts too, and the life of its anchor.
 */
export function outdated(j: Reader, service: string, client = service): boolean {
  const book = bookOf(j);
  const classOf = (partner: PartnerView | undefined) => partner?.classes.get(service) ?? book?.classOf.get(service) ?? "ordinary";
  for (const partner of new Set([book?.partners.get(instanceOf(service)), book?.partners.get(instanceOf(client))])) {
    if (!partner) continue;
    const now = j.clock.now();
    const days = book?.days.get(classOf(partner)) ?? book?.days.get("ordinary") ?? usualDays;
    if (now >= partner.until || now.getTime() - partner.at.getTime() > days * day) return true;
  }
  if (!book?.gateway) return false;
  if (!book.configuration) return true;
  const days = book.days.get(book.classOf.get(service) ?? "ordinary") ?? book.days.get("ordinary") ?? usualDays;
  return j.clock.now().getTime() - book.configuration.at.getTime() > days * day;
}

/** Is what this program knows of a consent, that many seconds old, older than the same policy allows? */
export function consentStale(j: Reader, service: string, age: number): boolean {
  const book = bookOf(j);
  const days = book?.days.get(book.classOf.get(service) ?? "ordinary") ?? book?.days.get("ordinary") ?? usualDays;
  return age * 1000 > days * day;
}

/** Whose certificate is this, and is it good now? Dates by our own clock: TLS has proved only that the key is held. */
export function peerOf(j: Reader, fingerprint: string): Peer | undefined {
  const found = bookOf(j)?.byFingerprint.get(fingerprint.replaceAll(":", "").toLowerCase());
  const now = j.clock.now();
  return found && found.certificate.notBefore <= now && now <= found.certificate.notAfter ? found.peer : undefined;
}

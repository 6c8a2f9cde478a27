import { type Db, sql, type Text } from "#kernel";
import type { Right } from "../access/rules.ts";
import { clientsOf, servicesOf } from "../federation/directory.ts";
import { partners } from "../federation/store.ts";
import { baseUrls, type Client, type Service, servicesList } from "./store.ts";

/** Everything an exchange asks of the directory, in memory. */
export interface Snapshot {
  /** Every change of the directory's tables counts it up. */
  version: number;
  clients: ReadonlyMap<string, Client>;
  services: ReadonlyMap<string, Service>;
  /** By service. */
  rights: ReadonlyMap<string, readonly Right[]>;
  bases: ReadonlyMap<string, string>;
  /** Of members, by institution. */
  names: ReadonlyMap<string, Text>;
}

export const directoryVersion = async (db: Db): Promise<number> =>
  Number((await db.one<{ version: string }>(sql`select version from exchange.directory_version`)).version);

/** The version is read first: rows may be newer than it says, never older. */
export async function readSnapshot(db: Db, version: number): Promise<Snapshot> {
  const [services, clients, all, bases, others] = await Promise.all([
    servicesList(db, undefined),
    db.rows<Client>(sql`select u.id, m.institution, u.name, m.name as "memberName", u.groups
      from exchange.subsystem u join exchange.member m on m.id = u.member`),
    db.rows<Right>(sql`select id, service, subject, methods, path, purposes, fields, from_day as "from", until_day as "until", consent_days as consent
      from exchange.access_right`),
    baseUrls(db),
    partners(db),
  ]);
  for (const { document } of others) {
    clients.push(...clientsOf(document));
    services.push(...servicesOf(document));
  }
  const rights = new Map<string, Right[]>();
  for (const one of all) {
    const known = rights.get(one.service);
    if (known) known.push(one);
    else rights.set(one.service, [one]);
  }
  return {
    version,
    clients: new Map(clients.map((one) => [one.id, one])),
    services: new Map(services.map((one) => [one.id, one])),
    rights,
    bases,
    names: new Map(clients.map((one) => [one.institution, one.memberName])),
  };
}

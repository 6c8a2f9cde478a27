/** What of our directory another instance is shown: rows of those opened to it, and of whom they belong to. */
import { type Db, sql, type Text } from "#kernel";
import type { Document } from "./document.ts";

export interface SharedRows {
  members: { id: string; name: Text; institution: string }[];
  subsystems: Document["subsystems"];
  services: Document["services"];
  rights: Document["rights"];
}

/** A service a person answers, and a room, stay at home. */
const kinds = ["http", "view", "file"];

export async function sharedRows(db: Db, audience: string): Promise<SharedRows> {
  const opened = sql`select what from exchange.federation_opening where instance = ${audience}`;
  const services = sql`select s.* from exchange.service s where s.id in (${opened}) and s.kind = any(${kinds}) and not s.withdrawn`;
  const subsystems = sql`select u.* from exchange.subsystem u where u.id in (${opened}) or u.id in (select x.subsystem from (${services}) x)`;
  return {
    members: await db.rows(sql`select m.id, m.name, m.institution from exchange.member m
      where m.id in (select x.member from (${subsystems}) x) order by m.id`),
    subsystems: await db.rows(sql`select x.id, x.name from (${subsystems}) x order by x.id`),
    services: await db.rows(sql`select x.id, x.title, x.timeout_seconds as "timeoutSeconds", x.endpoints, x.query,
      x.fields, x.enabled, x.notice, x.data_class as "dataClass" from (${services}) x order by x.id`),
    rights: await db.rows(sql`select r.service, r.subject, r.methods, r.path from exchange.access_right r
      where r.service in (select x.id from (${services}) x) and r.subject like ${`${audience.replace(/[\\%_]/g, "\\$&")}/%`}
      order by r.service, r.subject, r.path, r.methods`),
  };
}

/** May it be opened? Answers what it is. */
export async function whatIs(db: Db, id: string): Promise<"subsystem" | "service" | undefined> {
  if (await db.maybe(sql`select 1 from exchange.subsystem where id = ${id}`)) return "subsystem";
  return (await db.maybe(sql`select 1 from exchange.service where id = ${id} and kind = any(${kinds}) and not withdrawn`))
    ? "service"
    : undefined;
}

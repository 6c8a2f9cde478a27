/** How a server in maintenance says so to who calls it before the directory has said it. */
import { T } from "#kernel";
import { readAs } from "../configuration/head.ts";
import type { Maintenance } from "../servers/book.ts";

/** X-Road's word, as a refusal between servers. */
export const awayType = "server.serverproxy.maintenance_mode";
const Away = T.Object({
  type: T.Literal(awayType),
  since: T.String({ maxLength: 40 }),
  until: T.String({ maxLength: 40 }),
  notice: T.Union([T.String({ maxLength: 300 }), T.Null()]),
});

export const sayAway = (m: Maintenance) => ({
  type: awayType,
  since: m.since.toISOString(),
  until: m.until.toISOString(),
  notice: m.notice,
});

export function readAway(text: string): Maintenance | undefined {
  const read = readAs(Away, text);
  const [since, until] = [new Date(read?.since ?? ""), new Date(read?.until ?? "")];
  return read && !Number.isNaN(since.getTime()) && !Number.isNaN(until.getTime()) ? { since, until, notice: read.notice } : undefined;
}

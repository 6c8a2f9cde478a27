/** A service of the identity office that takes any message, and the right of the ministry of justice to send them. */
import type { World } from "#kernel/testing";

export const echo = "BF/GOV/ONI/IDENTITE/echo";
export const justice = "BF/GOV/MIN-JUSTICE/SERVICES";

export async function publishEcho(house: World): Promise<void> {
  await house.owner(
    `insert into exchange.service (id, subsystem, code, institution, kind, title, base_url, timeout_seconds, endpoints, query, fields, keep_days)
     select $1, subsystem, 'echo', institution, 'http', title, 'remote:/', 5, '[]', '[]', '[]', 0 from exchange.service where id = 'BF/GOV/ONI/IDENTITE/persons'`,
    [echo],
  );
  await house.owner(
    `insert into exchange.access_right (id, service, subject, methods, path, purposes, basis, from_day)
     values ('echo', $1, $2, '{GET,POST}', '**', '{criminal-record-extract}', '{"fr":"","en":""}', '2026-01-01')`,
    [echo, justice],
  );
}

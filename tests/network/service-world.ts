/** A small network on the registry's own sites, for the people's half of monitoring: works, tickets, service levels. */
import { documents } from "#documents";
import { exchange } from "#exchange";
import type { OfficialCaller } from "#kernel";
import { world, type World } from "#kernel/testing";
import { messages } from "#messages";
import { network } from "#network";
import * as api from "#network/api";
import { registry } from "#registry";
import { trust } from "#trust";
import { emailDemo } from "../../drivers/email-demo/index.ts";
import { fabricMemory } from "../../drivers/fabric-memory/index.ts";
import { keysFile } from "../../drivers/keys-file/index.ts";
import { smsDemo } from "../../drivers/sms-demo/index.ts";

const columns = [
  "type",
  "id",
  "kind",
  "name",
  "site",
  "lon",
  "lat",
  "a",
  "b",
  "length",
  "strands",
  "ducts",
  "node",
  "device",
  "cable",
  "strand",
];
const row = (o: Record<string, string | number>) => columns.map((c) => o[c] ?? "").join(",");
const place = (id: string, site: string, lon: number, kind = "site") =>
  row({ type: "node", id, kind, name: id.toUpperCase(), site, lon, lat: 12.3 });
const cable = (id: string, a: string, b: string, ducts = "") => row({ type: "cable", id, a, b, length: 2400, strands: 4, ducts });
/** core – court – oni – core is a ring; cil hangs on oni alone; court – oni and oni – cil share a duct. */
export const plant = [
  columns.join(","),
  place("core", "bf-site-anptic", -1.5, "core"),
  place("court", "bf-site-ca-ouagadougou", -1.49),
  place("oni", "bf-site-oni", -1.48),
  place("cil", "bf-site-cil", -1.47),
  row({ type: "duct", id: "d1", kind: "duct", name: "D1", length: 100 }),
  cable("k1", "core", "court"),
  cable("k2", "court", "oni", "d1"),
  cable("k3", "oni", "core"),
  cable("k4", "oni", "cil", "d1"),
  row({ type: "device", id: "sw", node: "cil", name: "Switch" }),
].join("\n");

export const operatorRights = [
  "network.read-plant", "network.edit-plant", "network.plan-works", "network.approve-works", "network.handle-tickets", "network.close-months", "network.operate-fabric",
]; // prettier-ignore

export interface ServiceWorld {
  w: World;
  rodrigue: OfficialCaller;
  alizeta: OfficialCaller;
  /** Officials of two institutions, each with the right to follow its own connection. */
  court: OfficialCaller;
  oni: OfficialCaller;
}

export async function serviceWorld(): Promise<ServiceWorld> {
  const w = await world({
    modules: [registry, trust, documents, messages, exchange, network],
    drivers: [keysFile, emailDemo, smsDemo, fabricMemory],
    country: "bf",
    start: new Date("2026-11-23T09:00:00Z"),
  });
  const rodrigue = w.clerk("bf-anptic", operatorRights);
  await w.call(api.importPlant, { format: "csv", text: plant }, { as: rodrigue });
  return {
    w,
    rodrigue,
    alizeta: w.clerk("bf-anptic", operatorRights),
    court: w.clerk("bf-ca-ouagadougou", ["network.follow-service"]),
    oni: w.clerk("bf-oni", ["network.follow-service"]),
  };
}

/** An alarm and the places it takes down, as monitoring would have written them. */
export async function alarmRow(
  w: World,
  o: {
    id: string;
    kind?: string;
    element: string;
    severity?: string;
    began: string;
    ended?: string;
    down: readonly string[];
    work?: string;
  },
): Promise<void> {
  await w.owner(
    `insert into network.alarm (id, kind, element, severity, began, raised_at, changed_at, ended, explanation, others, spans, silent, simulated, work)
     values ($1, $2, $3, $4, $5, $5, $5, $6, '{"fr":"x","en":"x"}', '[]', '{}', '{}', true, $7)`,
    [o.id, o.kind ?? "cut", o.element, o.severity ?? "critical", o.began, o.ended ?? null, o.work ?? null],
  );
  await w.owner(
    `insert into network.alarm_change (alarm, number, at, what, kind, element, severity, sites) values ($1, 1, $2, 'raised', $3, $4, $5, $6)`,
    [o.id, o.began, o.kind ?? "cut", o.element, o.severity ?? "critical", o.down.length],
  );
  const sites: Record<string, string> = { core: "bf-site-anptic", court: "bf-site-ca-ouagadougou", oni: "bf-site-oni", cil: "bf-site-cil" };
  for (const node of o.down)
    await w.owner("insert into network.outage (alarm, node, site, began, ended) values ($1, $2, $3, $4, $5)", [o.id, node, sites[node], o.began, o.ended ?? null]); // prettier-ignore
}
export const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;

/** Readings: when they are due, in jobs, a few at a time. Nothing of the device is believed before it fits; nothing is written over a newer registration. */
import { createHash } from "node:crypto";
import { canonical, fitsSchema, job, sweep, T, work, type Context, type JobContext } from "#kernel";
import { current } from "../plant/current.ts";
import { equipmentPorts, Reading, usualBounds, type EquipmentAnswer, type EquipmentDriver, type Protocol } from "./driver.ts";
import { equipmentChanged, equipmentRecovered, equipmentTroubled } from "./facts.ts";
import { reach } from "./reach.ts";
import { opened } from "./seal.ts";
import * as store from "./store.ts";

export const subject = (id: string) => `network:equipment:${id}`;
export const readEquipment_ = job("network.read-equipment", T.Object({ equipment: T.String() }), { retryLimit: 2, expire: 120 });

/** Undefined in a program that does not speak it. */
export function driverOf(at: Pick<JobContext, "port">, protocol: Protocol): EquipmentDriver | undefined {
  try {
    return at.port(equipmentPorts[protocol]);
  } catch {
    return undefined;
  }
}

const mostATurn = 200;
export async function readDue(j: JobContext): Promise<void> {
  await j.transaction(async (ctx) => {
    for (const equipment of await store.takeDue(ctx, mostATurn)) await ctx.enqueue(readEquipment_, { equipment });
  });
}

export async function runRead(j: JobContext, data: { equipment: string }): Promise<void> {
  const before = await j.transaction(
    async (ctx) => {
      const e = await store.byId(ctx, data.equipment);
      // the inventory may have changed since it was registered
      return e && { e, reachable: reach((await current(ctx)).model.plant.prefix, e.address) };
    },
    { readOnly: true },
  );
  if (!before) return;
  const { e, reachable } = before;
  const answer =
    "refused" in reachable
      ? ({ trouble: "outside", detail: "its address is in no prefix of the inventory any more" } as const)
      : await ask(j, e);
  await j.transaction((ctx) => keep(ctx, e, answer));
  j.metric.count("network_equipment_readings_total", { protocol: e.protocol, outcome: "reading" in answer ? "read" : answer.trouble });
}

type Answer = EquipmentAnswer | { trouble: "outside" | "absent"; detail: string; identity?: string };

async function ask(j: JobContext, e: store.Equipment): Promise<Answer> {
  const driver = driverOf(j, e.protocol);
  if (!driver) return { trouble: "absent", detail: "this server does not speak its protocol" };
  const secret = opened(j, e.id, e.secret);
  const target = {
    address: e.address,
    port: e.port,
    identity: e.identity ?? undefined,
    profile: e.profile ?? undefined,
    secret,
    bounds: usualBounds,
  };
  const answer = await driver.read(target, j.signal);
  if (!("reading" in answer)) return answer;
  const reading = sound(answer.reading);
  return reading ? { reading } : { trouble: "malformed", detail: "what it says does not hold together" };
}

/** Text without what a database cannot keep and a screen must not show; undefined when it is not a reading. */
export function sound(reading: Reading): Reading | undefined {
  const clean = (v: unknown): unknown => {
    if (typeof v === "string")
      return v
        .replaceAll(/[\ud800-\udfff]/gu, "")
        .replaceAll(/\p{Cc}+/gu, " ")
        .replaceAll(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "")
        .trim()
        .slice(0, 500);
    if (Array.isArray(v)) return v.map(clean);
    if (typeof v === "object" && v !== null)
      return Object.fromEntries(Object.entries(v).map(([k, x]) => [k, ["name", "interface", "chassis", "port", "sensor", "serial", "model", "objectId"].includes(k) && typeof x === "string" ? (clean(x) as string).slice(0, 120) : clean(x)])); // prettier-ignore
    return v;
  };
  const tidy = clean(reading) as Reading;
  return fitsSchema(Reading, tidy) ? tidy : undefined;
}

/** What a device is, without what changes each minute. */
export function digestOf(r: Reading): Buffer {
  const still = {
    ...r,
    system: r.system && { ...r.system, uptime: undefined },
    interfaces: r.interfaces?.map((i) => ({ ...i, counters: undefined })),
    optics: r.optics?.map((o) => ({ ...o, dBm: undefined })),
  };
  return createHash("sha256")
    .update(canonical(JSON.parse(JSON.stringify(still))))
    .digest();
}

const day = 86_400_000;

async function keep(ctx: Context, e: store.Equipment, answer: Answer): Promise<void> {
  if (!("reading" in answer)) {
    const { trouble, detail } = answer;
    if (!(await store.keep(ctx, e, { trouble, detail, met: answer.identity }))) return;
    // the same trouble again is not news
    if (e.trouble !== trouble) await ctx.record(equipmentTroubled, subject(e.id), { trouble });
    return;
  }
  const { reading } = answer;
  if (!(await store.keep(ctx, e, { reading }))) return;
  if (e.trouble && e.trouble !== "identity-unknown") await ctx.record(equipmentRecovered, subject(e.id), { trouble: e.trouble });
  const digest = digestOf(reading);
  const [last] = await store.history(ctx, e.id, 1);
  const changed = !last?.digest.equals(digest);
  if (!changed && ctx.clock.now().getTime() - last!.at.getTime() < day) return;
  await store.remember(ctx, e.id, digest, reading);
  if (last && changed) await ctx.record(equipmentChanged, subject(e.id), { parts: partsOf(last.reading, reading) });
}

export function partsOf(before: Reading, after: Reading): (keyof Reading)[] {
  const parts = ["system", "interfaces", "neighbours", "optics"] as const;
  return parts.filter((p) => !digestOf({ [p]: before[p] }).equals(digestOf({ [p]: after[p] })));
}

export const equipmentReading = work(readEquipment_, runRead, { concurrency: 6 });
export const equipmentDue = sweep("network.equipment", { seconds: 30 }, readDue);

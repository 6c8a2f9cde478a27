import type { Context, InputOf, OutputOf } from "#kernel";
import { actorOf, begin } from "../branches/begin.ts";
import type { Change } from "../branches/shapes.ts";
import { current } from "../plant/current.ts";
import { compared, one, type Line } from "./compared.ts";
import type * as api from "./contracts.ts";
import { cliProfiles, type EquipmentSecret, type Protocol } from "./driver.ts";
import * as facts from "./facts.ts";
import * as problems from "./problems.ts";
import { partsOf, readEquipment_, subject } from "./read.ts";
import { portAllowed, reach, swept } from "./reach.ts";
import { opened, sealed } from "./seal.ts";
import { searchEquipment_ } from "./search.ts";
import { secretsOf } from "./shapes.ts";
import * as store from "./store.ts";
import { additions, headOf, refusalOf } from "./views.ts";

type In<K extends keyof typeof api> = InputOf<(typeof api)[K]>;
type Out<K extends keyof typeof api> = Promise<OutputOf<(typeof api)[K]>>;

export async function listEquipment(ctx: Context, q: In<"listEquipment">): Out<"listEquipment"> {
  const { plant, lines } = await compared(ctx);
  const heads = lines.map((l) => ({
    head: headOf(ctx, plant, l),
    words: `${l.e.name} ${l.e.address} ${l.device?.name ?? ""}`.toLowerCase(),
  }));
  const weight = ({ head: h }: (typeof heads)[number]) => (h.trouble ? 1e6 : 0) + h.differences.serious * 1000 + h.differences.warning;
  const wanted = q.q?.trim().toLowerCase();
  const found = heads.filter((h) => !wanted || h.words.includes(wanted)).toSorted((x, y) => weight(y) - weight(x));
  const [from, limit] = [q.from ?? 0, q.limit ?? 50];
  const s = await store.lastSearch(ctx);
  const at = new Map(lines.map(({ e }) => [`${e.address} ${e.port}`, e.id]));
  return {
    equipment: found.slice(from, from + limit).map((h) => h.head),
    total: found.length,
    ...(from + limit < found.length ? { next: from + limit } : {}),
    troubled: heads.filter((h) => h.head.trouble).length,
    serious: heads.reduce((n, h) => n + h.head.differences.serious, 0),
    ...(s
      ? {
          search: {
            prefix: s.prefix,
            at: s.at.toISOString(),
            done: s.done,
            total: s.total,
            ended: s.ended_at !== null,
            found: (await store.found(ctx, s.id)).map(({ address, protocol, port, greeting }) => {
              const registered = at.get(`${address} ${port}`);
              return { address, protocol, port, greeting, ...(registered ? { registered } : {}) };
            }),
          },
        }
      : {}),
    prefixes: plant.prefix.filter((p) => p.role === "pool" || p.role === "other").map((p) => p.prefix),
    profiles: [...cliProfiles],
  };
}

export async function readEquipment(ctx: Context, q: In<"readEquipment">): Out<"readEquipment"> {
  const line = await one(ctx, q.id);
  const { e, list, plant } = line;
  const past = await store.history(ctx, e.id, 30);
  return {
    ...headOf(ctx, plant, line),
    ...(e.profile ? { profile: e.profile } : {}),
    seconds: e.seconds,
    ...(e.identity ? { identity: e.identity } : {}),
    ...(e.met && e.met !== e.identity ? { met: { identity: e.met, at: e.met_at!.toISOString() } } : {}),
    ...(e.reading ? { reading: e.reading } : {}),
    list: list.map((d) => ({
      key: d.key,
      kind: d.kind,
      severity: d.severity,
      subject: d.subject,
      words: ctx.say(d.words),
      adoptable: d.changes.length > 0 || d.kind === "unknown-device",
      changes: d.changes,
      ...(d.accepted ? { accepted: { reason: d.accepted.reason, at: d.accepted.at.toISOString() } } : {}),
    })),
    history: past.map((p, i) => ({ at: p.at.toISOString(), parts: past[i + 1] ? partsOf(past[i + 1]!.reading, p.reading) : [] })),
  };
}

/** What a registration must be, whoever sends it. */
async function checked(
  ctx: Context,
  o: {
    id?: string;
    protocol: Protocol;
    address: string;
    port: number;
    profile: string | null;
    device: string | null;
    weak: boolean;
    kind: EquipmentSecret["kind"] | undefined;
  },
): Promise<string> {
  const { plant } = (await current(ctx)).model;
  const there = reach(plant.prefix, o.address);
  if ("refused" in there) throw refusalOf(there.refused);
  if (!portAllowed(o.port)) throw refusalOf("port");
  if (o.kind !== undefined && !(secretsOf[o.protocol] as readonly string[]).includes(o.kind)) throw problems.secretUnfit();
  if (o.kind === "snmp-v2c" && !o.weak) throw problems.weakRefused();
  if ((o.protocol === "cli") !== (cliProfiles as readonly (string | null)[]).includes(o.profile)) throw problems.profileUnknown();
  if (o.device !== null && !plant.device.some((d) => d.id === o.device)) throw problems.deviceUnknown();
  const all = await store.all(ctx);
  if (o.device !== null && all.some((e) => e.device === o.device && e.id !== o.id)) throw problems.deviceTaken();
  if (all.some((e) => e.address === there.address && e.port === o.port && e.id !== o.id)) throw problems.equipmentTwice();
  return there.address;
}
const usualPorts = { snmp: 161, netconf: 830, cli: 22 } as const;

export async function registerEquipment(ctx: Context, q: In<"registerEquipment">): Out<"registerEquipment"> {
  const [port, profile, device, weak] = [q.port ?? usualPorts[q.protocol], q.profile ?? null, q.device ?? null, q.weak ?? false];
  const address = await checked(ctx, { protocol: q.protocol, address: q.address, port, profile, device, weak, kind: q.secret.kind });
  const id = ctx.ids.uuid();
  const secret = sealed(ctx, id, q.secret);
  await store.insert(ctx, id, { name: q.name, protocol: q.protocol, profile, address, port, device, secret, weak, seconds: q.seconds ?? 300, paused: false }, actorOf(ctx)); // prettier-ignore
  await ctx.record(facts.equipmentRegistered, subject(id), { name: q.name, protocol: q.protocol, address, weak });
  await ctx.enqueue(readEquipment_, { equipment: id });
  return { id };
}

async function locked(ctx: Context, id: string): Promise<store.Equipment> {
  const e = await store.byId(ctx, id, true);
  if (!e) throw problems.equipmentUnknown();
  return e;
}

export async function editEquipment(ctx: Context, q: In<"editEquipment">): Out<"editEquipment"> {
  const e = await locked(ctx, q.id);
  const next = { name: q.name, port: q.port ?? e.port, profile: q.profile ?? e.profile, device: q.device ?? null, weak: q.weak ?? false, paused: q.paused ?? false, seconds: q.seconds ?? e.seconds }; // prettier-ignore
  const address = await checked(ctx, { ...next, id: e.id, protocol: e.protocol, address: q.address, kind: q.secret?.kind });
  if (e.weak && !next.weak && !q.secret && opened(ctx, e.id, e.secret).kind === "snmp-v2c") throw problems.weakRefused();
  const moved = address !== e.address || next.port !== e.port;
  const fresh: store.Equipment = {
    ...e,
    ...next,
    address,
    ...(q.secret ? { secret: sealed(ctx, e.id, q.secret) } : {}),
    // somebody else may stand there
    ...(moved ? { identity: null, met: null, met_at: null } : {}),
  };
  const what = (["name", "address", "port", "profile", "device", "weak", "paused", "seconds"] as const).filter((k) => e[k] !== fresh[k]);
  await store.update(ctx, fresh);
  await ctx.record(facts.equipmentEdited, subject(e.id), { what: [...what, ...(q.secret ? ["secret"] : [])] });
  if (!fresh.paused) await ctx.enqueue(readEquipment_, { equipment: e.id });
  return { id: e.id };
}

export async function removeEquipment(ctx: Context, q: In<"removeEquipment">): Out<"removeEquipment"> {
  const e = await locked(ctx, q.id);
  await store.update(ctx, { ...e, secret: Buffer.alloc(0), removed_at: ctx.clock.now() });
  await ctx.record(facts.equipmentRemoved, subject(e.id), { name: e.name });
  return {};
}

export async function approveEquipment(ctx: Context, q: In<"approveEquipment">): Out<"approveEquipment"> {
  const e = await locked(ctx, q.id);
  if (e.met !== q.identity) throw problems.identityMoved();
  await store.update(ctx, { ...e, identity: q.identity, met: null, met_at: null });
  await ctx.record(facts.equipmentApproved, subject(e.id), { identity: q.identity, ...(e.identity ? { before: e.identity } : {}) });
  await ctx.enqueue(readEquipment_, { equipment: e.id });
  return { id: e.id };
}

export async function refreshEquipment(ctx: Context, q: In<"refreshEquipment">): Out<"refreshEquipment"> {
  const e = await locked(ctx, q.id);
  await ctx.enqueue(readEquipment_, { equipment: e.id });
  return { id: e.id };
}

export async function searchEquipment(ctx: Context, q: In<"searchEquipment">): Out<"searchEquipment"> {
  await store.lockSearches(ctx);
  const last = await store.lastSearch(ctx);
  if (last && !last.ended_at) throw problems.searchUnderWay({ retryAfter: 60 });
  const range = swept((await current(ctx)).model.plant.prefix, q.prefix);
  if ("refused" in range) throw refusalOf(range.refused);
  const id = ctx.ids.uuid();
  await store.insertSearch(ctx, { id, prefix: range.prefix, total: range.addresses.length, by: actorOf(ctx) });
  await ctx.record(facts.equipmentSearched, "network:plant", { prefix: range.prefix, addresses: range.addresses.length });
  await ctx.enqueue(searchEquipment_, { search: id });
  return { id, addresses: range.addresses.length };
}

const openOf = (line: Line, key: string) => {
  const d = line.list.find((x) => x.key === key);
  if (!d) throw problems.differenceGone();
  return d;
};

export async function acceptDifference(ctx: Context, q: In<"acceptDifference">): Out<"acceptDifference"> {
  const line = await one(ctx, q.id);
  const d = openOf(line, q.key);
  if (q.reason) await store.accept(ctx, q.id, d.key, q.reason, actorOf(ctx));
  else await store.unaccept(ctx, q.id, d.key);
  await ctx.record(facts.differenceAccepted, subject(q.id), { key: d.key, reason: q.reason ?? "" });
  return { id: q.id };
}

export async function adoptDifferences(ctx: Context, q: In<"adoptDifferences">): Out<"adoptDifferences"> {
  const line = await one(ctx, q.id);
  const wanted = q.keys.map((key) => openOf(line, key));
  const changes: Change[] = wanted.flatMap((d) => d.changes);
  const fresh = wanted.some((d) => d.kind === "unknown-device") ? additions(line.plant, line.e, q.node) : undefined;
  if (fresh) changes.push(...fresh.changes);
  if (changes.length === 0) throw problems.nothingToAdopt();
  const b = await begin(ctx, {
    title: `${line.e.name}\u202f: ${ctx.say({ fr: "reprendre ce que dit l’appareil", en: "take over what the device says" })}`,
    reason: wanted
      .map((d) => ctx.say(d.words))
      .join("\n")
      .slice(0, 2000),
    changes,
  });
  // the link counts as soon as the branch is merged: until then the inventory has no such device
  if (fresh) {
    const e = await locked(ctx, q.id);
    await store.update(ctx, { ...e, device: fresh.device });
    await ctx.record(facts.equipmentEdited, subject(q.id), { what: ["device"] });
  }
  return { branch: b.id, number: b.number };
}

import { operationCommands, operationUnknown, type Context, type Operation, type OutputOf, type InputOf } from "#kernel";
import type * as api from "./contracts.ts";
import { lacking, partNames, type Rendered, type FabricStep } from "../ports.ts";
import { nodeUnknown } from "../problems.ts";
import { currentIntents } from "../fabric/apply.ts";
import { dismiss, enrol } from "../fabric/agents.ts";
import { fabricInService, operationCommanded } from "../fabric/facts.ts";
import { applyPlant, nodes } from "../fabric/nodes.ts";
import { noAddresses, notInService } from "../fabric/problems.ts";
import { beginRotation } from "../fabric/rotate.ts";
import * as store from "../fabric/store.ts";

type Line = OutputOf<typeof api.listOperations>["operations"][number];

async function names(ctx: Context): Promise<Map<string, string>> {
  return new Map((await currentIntents(ctx)).intents.map((n) => [n.id, n.name]));
}

function line(o: Operation, name: Map<string, string>, real: ReadonlySet<string>): Line {
  return {
    id: o.id,
    node: o.key,
    name: name.get(o.key) ?? o.key,
    cause: o.cause,
    state: o.state,
    label: o.label,
    ...(o.ref ? { ref: o.ref } : {}),
    askedAt: o.askedAt.toISOString(),
    ...(o.startedAt ? { startedAt: o.startedAt.toISOString() } : {}),
    ...(o.endedAt ? { endedAt: o.endedAt.toISOString() } : {}),
    ...(o.startedAt && o.endedAt ? { seconds: (o.endedAt.getTime() - o.startedAt.getTime()) / 1000 } : {}),
    ...(o.problem ? { problem: o.problem } : {}),
    simulated: !real.has(o.key),
  };
}
const agentNodes = async (ctx: Context) => new Set((await store.agents(ctx)).map((a) => a.node));

export async function listOperations(ctx: Context, q: InputOf<typeof api.listOperations>): Promise<OutputOf<typeof api.listOperations>> {
  const limit = q.limit ?? 50;
  const rows = await nodes.operations(ctx, {
    ...(q.node ? { key: q.node } : {}),
    ...(q.ref ? { ref: q.ref } : {}),
    ...(q.state ? { states: [q.state] } : {}),
    limit: limit + 1,
  });
  const [name, real] = [await names(ctx), await agentNodes(ctx)];
  return { operations: rows.slice(0, limit).map((o) => line(o, name, real)), more: rows.length > limit };
}

export async function readOperation(ctx: Context, q: InputOf<typeof api.readOperation>): Promise<OutputOf<typeof api.readOperation>> {
  const o = await nodes.operation(ctx, q.id);
  if (!o || o.kind !== "network.node") throw operationUnknown();
  const journal = await nodes.journal(ctx, o.id);
  const [before, after] = [o.previous, o.desired] as [Rendered | null, Rendered | null];
  return {
    ...line(o, await names(ctx), await agentNodes(ctx)),
    ...(o.generation === null ? {} : { generation: o.generation }),
    back: o.back,
    commands: operationCommands(o),
    changes: partNames
      .filter((p) => o.cause !== "drift" && before?.[p].hash !== after?.[p].hash)
      .map((part) => ({ part, ...(before ? { before: before[part].text } : {}), ...(after ? { after: after[part].text } : {}) })),
    journal: journal.map((e) => ({
      number: e.number,
      back: e.back,
      step: stepName(e.step),
      fence: e.fence,
      attempts: e.attempts,
      intentAt: e.intentAt.toISOString(),
      ...(e.receiptAt ? { receiptAt: e.receiptAt.toISOString() } : {}),
      ...(e.problem ? { problem: e.problem } : {}),
    })),
  };
}
const stepName = (s: FabricStep) => (s.verb === "put" ? s.part : s.verb);

export async function commandOperation(ctx: Context, q: InputOf<typeof api.commandOperation>): Promise<{ id: string }> {
  const id = await nodes.command(ctx, q.id, q.command);
  const o = (await nodes.operation(ctx, q.id))!;
  await ctx.record(operationCommanded, `network:node:${o.key}`, { operation: q.id, command: q.command });
  return { id };
}

export async function readFabric(ctx: Context, q: InputOf<typeof api.readFabric>): Promise<OutputOf<typeof api.readFabric>> {
  const f = await store.fabric(ctx);
  const agents = new Map((await store.agents(ctx)).map((a) => [a.node, a]));
  const standings = new Map((await nodes.standings(ctx)).map((s) => [s.key, s]));
  const { intents } = await currentIntents(ctx);
  const now = ctx.clock.now().getTime();
  const all = intents.map((n): OutputOf<typeof api.readFabric>["nodes"][number] => {
    const [a, s] = [agents.get(n.id), standings.get(n.id)];
    const r = a?.report;
    return {
      id: n.id,
      name: n.name,
      driver: a ? "agent" : ctx.config.demo ? "simulated" : "none",
      status: s?.status ?? "none",
      ...(s?.takenBack ? { takenBack: true } : {}),
      ...(s?.problem ? { problem: s.problem } : {}),
      ...(s?.seenAt ? { verifiedAt: s.seenAt.toISOString() } : {}),
      ...(a?.seenAt ? { heardAt: a.seenAt.toISOString() } : {}),
      ...(a ? { away: a.seenAt === null || now - a.seenAt.getTime() > 60_000 } : {}),
      ...(r
        ? {
            power: r.power,
            links: {
              up: r.neighbours.filter((x) => x.state === "full").length,
              of: n.links.filter((l) => r.interfaces.some((i) => i.name === l.interface)).length,
            },
            clockSkew: r.clockSkew,
            lacking: lacking(r),
          }
        : {}),
    };
  });
  const open = (s: string) => ["new", "changing", "repairing"].includes(s);
  return {
    inService: f.inService,
    ...(f.phase ? { rotation: { number: f.rotation, phase: f.phase } } : {}),
    counts: {
      nodes: all.length,
      agents: agents.size,
      inStep: all.filter((n) => n.status === "in-step").length,
      open: all.filter((n) => open(n.status)).length,
      waiting: all.filter((n) => n.status === "waiting" || n.status === "held").length,
    },
    nodes: q.real ? all.filter((n) => n.driver === "agent") : all,
  };
}

export async function putInService(ctx: Context): Promise<{ nodes: number }> {
  const { intents } = await currentIntents(ctx);
  if (!intents.some((n) => n.loopback4 ?? n.loopback6)) throw noAddresses();
  await store.setService(ctx, true);
  await ctx.record(fabricInService, "network:fabric", { nodes: intents.length });
  await ctx.enqueue(applyPlant, { fact: "", subject: "network:fabric" });
  return { nodes: intents.length };
}

export async function rotateKeys(ctx: Context): Promise<{ rotation: number }> {
  if (!(await store.fabric(ctx)).inService) throw notInService();
  return { rotation: await beginRotation(ctx) };
}

export async function enrolAgent(ctx: Context, q: InputOf<typeof api.enrolAgent>): Promise<OutputOf<typeof api.enrolAgent>> {
  if (!(await currentIntents(ctx)).intents.some((n) => n.id === q.node)) throw nodeUnknown();
  await enrol(ctx, q);
  const f = await store.fabric(ctx);
  return { house: f.houseKey ?? "", port: f.port ?? 0 };
}

export async function dismissAgent(ctx: Context, q: InputOf<typeof api.dismissAgent>): Promise<Record<string, never>> {
  await dismiss(ctx, q.node);
  return {};
}

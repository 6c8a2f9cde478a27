/** Two countries' houses in one process: two databases, two authorities, a road between them that a test may stand on. */
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { exchange, keepUp, setBase } from "#exchange";
import { decideFederation, decideProposal, importAnchor, listFederations, makeAnchor, openToInstance, proposeRight } from "#exchange/api";
import { type JobContext, type OfficialCaller, provide } from "#kernel";
import { world, type World } from "#kernel/testing";
import { documents } from "#documents";
import { registry } from "#registry";
import { concernedPersons } from "#exchange/ports";
import { trust } from "#trust";
import { testKeys } from "#trust/conformance";
import { hear } from "../../modules/exchange/federation/pull.ts";

export interface Instance {
  world: World;
  j: JobContext;
  /** Somebody who imports and opens, somebody else who approves. */
  first: OfficialCaller;
  second: OfficialCaller;
  /** What its institutions' systems were asked, and how they answer. */
  system: { hits: string[]; answer: RequestListener };
  /** The road to this house for the others. `reply` may change what it answered; `silent` never answers. */
  road: { url: string; silent: boolean; reply(path: string, body: string): string; asked: string[] };
  file(): Promise<string>;
  close(): Promise<void>;
}

export const client = "TG/GOV/ATD/PORTAIL";
export const service = "BF/GOV/ONI/IDENTITE/persons";
export const question = { client, service, query: { nip: "99198500000353836" }, purpose: "identity-proof" };

const listening = (server: Server): Promise<string> =>
  new Promise((done) => server.listen(0, "127.0.0.1", () => done(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)));

const pages = provide(concernedPersons, () => ({
  known: async (_ctx, number) => `page-${number}`,
  pseudonym: async (_ctx, number) => `page-${number}`,
}));

/** `start`: beside a house that lives by the real clock. */
export async function instance(country: "bf" | "tg", agency: string, start?: Date): Promise<Instance> {
  const system: Instance["system"] = {
    hits: [],
    answer: (_req, res) =>
      void res
        .writeHead(200, { "content-type": "application/json" })
        .end(JSON.stringify({ rows: [{ nip: "99198500000353836", family: "Zongo", given: "Awa", phone: "+22670000013" }] })),
  };
  const outside = createServer((req, res) => {
    system.hits.push(`${req.method} ${req.url}`);
    system.answer(req, res);
  });
  const outsideUrl = await listening(outside);
  const road: Instance["road"] = { url: "", silent: false, reply: (_path, body) => body, asked: [] };
  const front = createServer(async (req, res) => {
    road.asked.push(`${req.method} ${req.url}`);
    if (road.silent) return;
    const pieces: Buffer[] = [];
    for await (const piece of req) pieces.push(piece as Buffer);
    const body = Buffer.concat(pieces);
    // what is pressed for the road cannot be looked at on it
    const passed = Object.entries(req.headers).filter(
      ([name]) => !/^(host|connection|content-length|transfer-encoding|accept-encoding|available-dictionary)$/.test(name),
    );
    const headers = { ...Object.fromEntries(passed as [string, string][]), "content-type": "application/json" };
    const r = await house.fetch(req.url!, { method: req.method!, headers, ...(body.length ? { body } : {}) });
    const text = road.reply(req.url!, r.text);
    res.writeHead(r.status, { "content-type": "application/json" }).end(text);
  });
  road.url = await listening(front);
  const house = await world({
    modules: [registry, trust, documents, exchange],
    drivers: [testKeys, pages],
    country,
    env: { TOGUNA_GATEWAY_PORT: "0", TOGUNA_ORIGIN: road.url },
    ...(start ? { start } : {}),
  });
  await house.transaction((ctx) => setBase(ctx, "sandbox", outsideUrl));
  const all = ["exchange.read-servers", "exchange.manage-federation", "exchange.approve-federation"];
  const first = house.clerk(agency, all);
  const j = house.kernel.jobContext("exchange.test");
  return {
    world: house,
    j,
    first,
    second: house.clerk(agency, all),
    system,
    road,
    async file() {
      await house.call(makeAnchor, {}, { as: first });
      await house.settle();
      return (await house.call(listFederations, {}, { as: first })).anchor!.file;
    },
    async close() {
      for (const server of [outside, front]) {
        server.closeAllConnections();
        server.close();
      }
      await house.close();
    },
  };
}

export const fingerprintOf = async (one: Instance): Promise<string> =>
  (await one.world.call(listFederations, {}, { as: one.first })).anchor!.fingerprint;

/** `one` takes the other's anchor: two people, the fingerprint as its owner reads it. */
export async function trustOther(one: Instance, other: Instance): Promise<string> {
  const file = await other.file();
  const { id } = await one.world.call(importAnchor, { file }, { as: one.first });
  await one.world.call(decideFederation, { id, outcome: "approved", fingerprint: await fingerprintOf(other) }, { as: one.second });
  return id;
}

/** Both approved, the portal of one and the identity register of the other opened, both heard. */
export async function federated(): Promise<{ bf: Instance; tg: Instance; ids: { bf: string; tg: string } }> {
  const [bf, tg] = [await instance("bf", "bf-anptic"), await instance("tg", "tg-atd")];
  const ids = { bf: await trustOther(bf, tg), tg: await trustOther(tg, bf) };
  await tg.world.call(openToInstance, { instance: "BF", what: client, open: true }, { as: tg.first });
  await bf.world.call(openToInstance, { instance: "TG", what: service, open: true }, { as: bf.first });
  await bf.world.settle();
  await tg.world.settle();
  for (const [one, with_] of [
    [bf, "TG"],
    [tg, "BF"],
    [bf, "TG"],
  ] as const) {
    await keepUp(one.j);
    const heard = await hear(one.j, with_, { fresh: true });
    if (!heard.ok) throw new Error(heard.why);
  }
  return { bf, tg, ids };
}

/** The register's own two people let the portal across the border ask. */
export async function granted(bf: Instance, fields: string[] | undefined = ["/rows/*/family", "/rows/*/given"]): Promise<void> {
  const [one, other] = [bf.world.clerk("bf-oni", ["exchange.manage-services"]), bf.world.clerk("bf-oni", ["exchange.approve-proposals"])];
  const { id } = await bf.world.call(
    proposeRight,
    {
      service,
      subject: client,
      purposes: ["identity-proof"],
      ...(fields ? { fields } : {}),
      methods: ["GET"],
      path: "/",
      basis: { fr: "Convention consulaire (illustrative)", en: "Consular agreement (illustrative)" },
      from: "2026-01-01",
    } as never,
    { as: one },
  );
  await bf.world.call(decideProposal, { id, approve: true }, { as: other });
}

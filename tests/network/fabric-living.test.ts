/** A ring of four sites with real parts: changed, cut, bent, rekeyed, orphaned; who may speak to whom. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import * as api from "#network/api";
import { peeringInterface } from "../../modules/network/intent/names.ts";
import { abroad } from "./abroad.ts";
import { samplesSince } from "../../modules/network/monitoring/store-measured.ts";
import { echoed, flaps, living, pinged, reaches, serve, skip, type Living } from "./living.ts";

describe("the living fabric", { skip, timeout: 290_000 }, () => {
  let l: Living;
  let intents: Awaited<ReturnType<Living["intents"]>>;
  const hosts = new Map<string, string>();
  const addresses = new Map<string, string>();
  const lo = async (node: string) => (await l.intents()).get(node)!.loopback4!;
  before(async () => {
    l = await living("lt");
    for (const [node, n] of await l.intents()) {
      const s = n.segments[0];
      if (!s?.v4) continue;
      const [base, length] = s.v4.prefix.split("/");
      const address = base!.replace(/\d+$/, "10");
      hosts.set(node, l.mini.host(node, { bridge: s.interface, address: `${address}/${length}`, gateway: s.v4.gateway }));
      addresses.set(node, address);
    }
    // every site sees both its neighbours before anything is measured
    await l.until(async () => {
      const { nodes } = await l.w.call(api.readFabric, { real: true }, { as: l.operator });
      return nodes.length === 4 && nodes.every((n) => n.links?.up === 2 && n.links.of === 2);
    }, 40);
    intents = await l.intents();
  });
  after(() => l?.close());

  test("an approved change of one link is rendered, applied and verified; the sites really run it", async () => {
    const ms = await l.change([{ op: "change", kind: "cable", id: "k4", fields: { length: 25_000 } }]);
    const cost = (node: string) => l.mini.at(node, "vtysh", "-N", l.mini.namespace(node), "-c", "show running-config").out;
    assert.match(cost("s2"), /ip ospf cost 11/);
    assert.match(cost("core"), /ip ospf cost 11/);
    assert.ok(ms < 60_000, `${Math.round(ms)} ms on a busy machine; the bench asks for 2 s`);
  });

  test("a span cut is one alarm that names it, and over when it is mended; what was measured is kept", async () => {
    const alarms = async (open: boolean) => (await l.w.call(api.listAlarms, { open }, { as: l.operator })).alarms;
    const ofK3 = async (open: boolean) => (await alarms(open)).filter((a) => a.element === "k3");
    // a starved machine loses neighbours by itself: what it loses of k3 is over before the cut
    await l.until(async () => (await ofK3(true)).length === 0, 60);
    l.mini.cut("k3");
    await l.until(async () => (await ofK3(true)).some((a) => a.kind === "cut"), 60);
    const [a, ...more] = await ofK3(true);
    assert.deepEqual(more, [], "one alarm, whatever is seen of it");
    assert.deepEqual([a?.kind, a?.simulated, a?.cleared], ["cut", false, false]);
    // the ring holds: nobody is without network, unless it lost another link meanwhile
    if ((await alarms(true)).length === 1) assert.deepEqual([a?.sites, a?.severity], [0, "minor"]);
    l.mini.mend("k3");
    await l.until(async () => (await ofK3(true)).length === 0, 120);
    const over = (await ofK3(false)).find((x) => x.id === a!.id);
    assert.ok(over && over.cleared && over.seconds >= 1);
    await l.until(async () => {
      const { events } = await l.w.call(api.listRoutingEvents, { span: "k3" }, { as: l.operator });
      return ["s1", "s2"].every((n) => events.some((e) => e.node === n && e.what === "carrier" && !e.up));
    }, 60);
    type Body = Awaited<ReturnType<typeof samplesSince>>[number]["body"];
    let probes: Body["probes"] = [];
    await l.until(async () => {
      const kept = await l.w.transaction((ctx) => samplesSince(ctx, new Date(ctx.clock.now().getTime() - 300_000)));
      probes = kept.findLast((x) => x.node === "s1" && x.body.probes.length > 0)?.body.probes ?? [];
      return probes.some((x) => x.to === "node:core" || x.to === "node:hub");
    }, 60);
    assert.equal(probes.filter((p) => p.to.startsWith("f-")).length, 2);
    assert.ok(probes.every((p) => p.sent > 0));
  });

  test("a cut heals around the ring: carrier gone, and silence with the light on", async () => {
    const to = await lo("hub");
    const source = await lo("s1");
    // how fast is for the bench to say: here, that it heals while the cut lasts
    const answered = () => l.mini.at("s1", "ping", "-c", "3", "-i", "0.2", "-W", "1", "-I", source, to).code === 0;
    await l.until(answered, 60);
    l.mini.cut("k2");
    await l.until(answered, 30);
    l.mini.mend("k2");
    await l.until(() => l.mini.at("s1", "ip", "route", "get", to).out.includes(`dev ${linkOf("k2")}`), 30);
    await new Promise((r) => setTimeout(r, 1000)); // BFD is up again
    l.mini.cut("k2", "silent");
    await l.until(answered, 30);
    l.mini.mend("k2");
    function linkOf(span: string) {
      return intents.get("s1")!.links.find((x) => x.span === span)!.interface;
    }
  });

  test("default deny: one institution does not reach another; the shared services answer on their ports only", async () => {
    const stop = [serve(hosts.get("core")!, [443, 8443]), serve(hosts.get("s2")!, [443])];
    try {
      await l.until(() => reaches(hosts.get("s1")!, addresses.get("core")!, 443), 40);
      assert.equal(reaches(hosts.get("s1")!, addresses.get("core")!, 8443), false, "a port that no rule names");
      assert.equal(reaches(hosts.get("s1")!, addresses.get("s2")!, 443), false, "another institution");
      assert.equal(reaches(hosts.get("s2")!, addresses.get("s1")!, 22), false);
      // not by the underlay either: an address of the segment is unknown there, and unencrypted traffic does not pass
      assert.equal(reaches(hosts.get("s1")!, await lo("hub"), 179), false);
    } finally {
      for (const s of stop) s();
    }
  });

  test("a site whose gateway is gone goes by the second one, decided at the sites alone; and back when it has stayed", async () => {
    const before = l.tunnels("s1");
    assert.match(before, /10\.\d+\.\d+\.\d+\//);
    const stop = serve(hosts.get("core")!, [443]);
    const way = () => reaches(hosts.get("s1")!, addresses.get("core")!, 443);
    try {
      await l.until(way, 40);
      for (const span of ["k1", "k2"]) l.mini.cut(span);
      await l.until(() => l.tunnels("s1") !== before, 20);
      await l.until(way, 20);
      for (const span of ["k1", "k2"]) l.mini.mend(span);
      await l.until(() => l.tunnels("s1") === before, 60);
      await l.until(way, 20);
    } finally {
      stop();
    }
  });

  test("another State’s network is met at the core: what is written passes in and out, nothing else", async () => {
    const peering = { op: "add", kind: "peering", id: "tg" };
    const ours = intents.get("core")!.segments[0]!.v4!.prefix;
    const port = peeringInterface("tg");
    const there = abroad({ name: "lt-abroad", ours: l.mini.namespace("core"), port, as: 64_513, theirs: "198.51.100.2/30", neighbour: "198.51.100.1", from: 64_512, tells: ["203.0.113.0/24", "192.0.2.0/24"] }); // prettier-ignore
    const stop = serve(hosts.get("core")!, [443, 8443]);
    try {
      const fields = { node: "core", name: "Lomé", local_as: 64_512, remote_as: 64_513, own4: "198.51.100.1/30", peer4: "198.51.100.2", announces: [ours], accepts: ["203.0.113.0/24"] }; // prettier-ignore
      await l.change([{ ...peering, fields }]);
      const told = () => l.mini.at("core", "ip", "route", "show", "proto", "bgp").out;
      await l.until(() => /203\.0\.113\.0\/24/.test(told()), 60);
      assert.doesNotMatch(told(), /192\.0\.2\.0/, "told, and not believed");
      const heard = () => there.run("ip", "route", "show", "proto", "bgp");
      await l.until(() => heard().includes(ours), 30);
      assert.equal(heard().trim().split("\n").length, 1, `nothing but what is written: ${heard()}`);
      await l.until(() => reaches(there.namespace, addresses.get("core")!, 443, "203.0.113.1"), 30);
      assert.equal(reaches(there.namespace, addresses.get("core")!, 8443, "203.0.113.1"), false, "a port that no rule names");
      assert.equal(reaches(there.namespace, addresses.get("core")!, 443, "192.0.2.1"), false, "an address it may not bear");
      await l.change([{ op: "remove", kind: "peering", id: "tg" }]);
      await l.until(() => told() === "" && heard() === "", 60);
    } finally {
      stop();
      there.close();
    }
  });

  test("what is bent at a site is put right by its agent alone, and remembered", async () => {
    l.mini.at("hub", "nft", "insert", "rule", "inet", "toguna", "forward", "accept");
    l.mini.at("hub", "ip", "addr", "add", "203.0.113.7/32", "dev", "lo");
    const bent = () =>
      l.mini.at("hub", "ip", "addr", "show", "lo").out.includes("203.0.113.7") ||
      /policy drop;\s+accept/.test(l.mini.at("hub", "nft", "list", "chain", "inet", "toguna", "forward").out);
    assert.equal(bent(), true);
    await l.until(() => !bent(), 60);
    await l.until(
      async () => (await l.w.owner("select count(*)::int as n from kernel.fact where type = 'network.drift-repaired'")).rows[0].n > 0,
    );
  });

  test("keys change while packets go: none is lost", async () => {
    const slots = async () =>
      (await l.w.owner("select public_key from network.overlay_key where node = 's1' order by slot")).rows.map(
        (r) => r.public_key as string,
      );
    const old = await slots();
    // what the tests before did to the tunnels is over
    const stop = serve(hosts.get("core")!, [443]);
    try {
      await l.until(() => reaches(hosts.get("s1")!, addresses.get("core")!, 443), 60);
    } finally {
      stop();
    }
    const calm = flaps(l.mini);
    const during = await echoed(hosts.get("s1")!, hosts.get("core")!, addresses.get("core")!, 53, 14, async () => {
      await l.w.call(api.rotateKeys, {}, { as: l.operator });
    });
    await l.until(async () => (await l.w.call(api.readFabric, {}, { as: l.operator })).rotation === undefined, 60);
    assert.ok(during.sent > 1000);
    const starved = flaps(l.mini) - calm;
    // a link that BFD took down meanwhile, for want of a processor, loses packets that the keys have nothing to do with
    assert.ok(during.lost <= (starved ? 60 : 0), `${during.lost} of ${during.sent} lost, ${starved} links lost meanwhile`);
    const tunnels = (JSON.parse(l.mini.at("s1", "ip", "-j", "link", "show").out) as { ifname: string }[]).map((x) => x.ifname);
    assert.deepEqual(tunnels.filter((n) => n.startsWith("wg")), ["wg1"]); // prettier-ignore
    await l.until(async () => (await slots())[0] !== old[0]);
    assert.equal((await slots())[1], old[1], "the key in use is the one that was told; the other one is new");
  });

  test("an agent killed: its site runs on; started again it is heard again", async () => {
    const target = await lo("s2");
    l.mini.killAgent("s2");
    const once = async () => pinged(l.mini, { node: "core" }, { to: target, source: await lo("core"), seconds: 1 }, () => undefined);
    let p = await once();
    // what the tests before did to the ring may still be finding its way
    for (let more = 0; more < 15 && p.lost > 0; more++) p = await once();
    assert.equal(p.lost, 0);
    l.startAgent("s2");
    const ms = await l.change([{ op: "change", kind: "cable", id: "k4", fields: { length: 3600 } }]);
    assert.ok(ms > 0);
  });
});

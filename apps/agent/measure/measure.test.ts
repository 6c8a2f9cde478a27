/** What a site measures, keeps while nobody listens, and tells with a clock that may be wrong. */
import assert from "node:assert/strict";
import { appendFileSync, chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { linkWatch } from "./links.ts";
import { merge, minute, probeOf, traffic, type Part } from "./minute.ts";
import { times } from "./ping.ts";
import { openSpool, thin, type Stored } from "./spool.ts";
import { otherEnd, targets } from "./targets.ts";
import { when } from "./when.ts";

const dir = mkdtempSync(join(tmpdir(), "agent-measure-"));
after(() => rmSync(dir, { recursive: true, force: true }));
const power = { source: "mains", simulated: true } as const;

test("whom to ask is read from what the site was told to be; what is no address becomes no word of a command", () => {
  const interfaces = JSON.stringify({ loopback: [], segments: [], links: [{ name: "f-a", addresses: ["198.19.1.0/31", "fd00:1::/127"] }, { name: "f-b", addresses: ["fd00:2::b/127"] }, { name: "f-c", addresses: ["-i/31", "10.0.0.1/24"] }] }); // prettier-ignore
  const peer = (n: string, e: string) =>
    `\n# ${n}\n[Peer]\nPublicKey = k\nAllowedIPs = 10.0.0.0/8\nEndpoint = ${e}\nPersistentKeepalive = 5\n`;
  const conf = `[Interface]\nListenPort = 1\n${peer("hub", "198.19.0.2:51820")}${peer("core", "[fd00::1]:51820")}${peer("bad", "-f:1")}${Array.from({ length: 300 }, (_, i) => peer(`s${i}`, `198.19.3.${i % 250}:1`)).join("")}`;
  const found = targets({ interfaces, overlay: JSON.stringify({ interfaces: [{ name: "wg0", slot: 0, mtu: 1420, conf }], routes: null }) });
  assert.deepEqual(found.slice(0, 4), [{ to: "f-a", address: "198.19.1.1" }, { to: "f-b", address: "fd00:2::a" }, { to: "node:hub", address: "198.19.0.2" }, { to: "node:core", address: "fd00::1" }]); // prettier-ignore
  assert.equal(found.length, 8, "a gateway does not ask hundreds of sites");
  assert.deepEqual([otherEnd("10.0.0.255/31"), otherEnd("fd00::/127"), otherEnd("10.0.0.1/30"), otherEnd("x")], ["10.0.0.254", "fd00::1", undefined, undefined]); // prettier-ignore
});

test("answers of ping are counted once each; none is an answer too", () => {
  const line = (n: number, ms: string, more = "") => `64 bytes from 198.19.1.1: icmp_seq=${n} ttl=64 time=${ms} ms${more}\n`;
  assert.deepEqual(times(`PING\n${line(1, "0.123")}${line(1, "0.400", " (DUP!)")}${line(3, "12")}From 198.19.1.2 icmp_seq=4 Destination Host Unreachable\n`), [0.123, 12]); // prettier-ignore
  assert.deepEqual(times("ping: connect: Network is unreachable\n"), []);
  assert.deepEqual(probeOf("f-a", 5, []), { to: "f-a", sent: 5, lost: 5 });
});

test("a counter that began anew is not taken for traffic, an interface that comes is nothing yet", () => {
  const i = (rx: number, up = true) => [{ name: "f-a", up, rxBytes: rx, txBytes: 0, rxDropped: 0, txDropped: 0 }];
  assert.equal(traffic(i(2 ** 64), i(500), 10)[0]?.rxBytes, 500);
  assert.deepEqual(traffic(i(100), i(1100, false), 10).map((t) => [t.rxBytes, t.rxPeak, t.downSeconds]), [[1000, 100, 10]]); // prettier-ignore
  assert.deepEqual([traffic([], i(5), 10), traffic(i(5), i(9), 0)], [[], []]);
});

test("a link is up while BFD says so, else while its neighbour is full; since when, and what came and went", () => {
  const w = linkWatch();
  const line = (up: boolean) => [{ name: "f-a", up, rxBytes: 0, txBytes: 0, rxDropped: 0, txDropped: 0 }];
  const near = (state: "full" | "other", bfd: "up" | "down" | "none") => [{ interface: "f-a", state, bfd }];
  assert.deepEqual(w.look(line(true), near("full", "up"), 100), { links: [{ name: "f-a", up: true, carrier: true, since: 100 }], events: [] }); // prettier-ignore
  const silent = w.look(line(true), near("full", "down"), 200);
  assert.deepEqual([silent.links[0]?.up, silent.links[0]?.since, silent.events.map((e) => [e.what, e.up])], [false, 200, [["bfd", false]]]);
  assert.deepEqual(w.look(line(true), [], 300).links[0], { name: "f-a", up: false, carrier: true, since: 200 }); // prettier-ignore
  const dark = w.look(line(false), [], 400);
  assert.deepEqual([dark.links[0]?.carrier, dark.events.map((e) => e.what)], [false, ["carrier"]]);
  assert.equal(w.look(line(true), near("full", "none"), 500).links[0]?.since, 500);
});

const part = (sent: number): Part => {
  const m = minute();
  m.probe(
    probeOf(
      "f-a",
      sent,
      Array.from({ length: sent }, (_, i) => 0.4 + i / 100),
    ),
  );
  m.traffic([{ name: "f-a", rxBytes: 10, txBytes: 1, rxPeak: 5, txPeak: 1, dropped: 0, downSeconds: 0 }]);
  return m.close(60, power);
};
const stored = (own: number, more: Partial<Stored> = {}): Omit<Stored, "serial"> => ({ own, up: own / 1000, boot: "b1", part: part(5), ...more }); // prettier-ignore
const sum = (list: readonly { part: Part }[]) => list.reduce((n, s) => n + s.part.probes.reduce((k, p) => k + p.sent, 0), 0);

test("what nobody took is added up, oldest first, and not dropped before it is a day long", () => {
  const list = Array.from({ length: 3000 }, (_, i): Stored => ({ serial: i + 1, ...stored(i * 60_000) }));
  const size = JSON.stringify(list).length;
  const { list: less, dropped } = thin(list, size / 4, 10);
  assert.equal(dropped, 0);
  assert.ok(JSON.stringify(less).length <= size / 4);
  assert.equal(sum(less), sum(list), "nothing is lost");
  assert.deepEqual(less.slice(0, 10).map((s) => s.serial), list.slice(0, 10).map((s) => s.serial), "what the house may have already stays as it is"); // prettier-ignore
  assert.ok(less.every((s, i) => i === 0 || s.serial > less[i - 1]!.serial));
  assert.ok(less.every((s) => s.part.seconds <= 86_400));
  assert.ok(less.at(-1)!.part.seconds === 60, "the newest are the finest");
  assert.ok(thin(list, 500).dropped > 0);
  const m = merge(part(5), part(3));
  assert.deepEqual([m.seconds, m.probes[0]?.sent, m.traffic[0]?.rxBytes], [120, 8, 20]);
});

test("the spool outlives its program, a torn line, and a disk that is full; what was told is gone", () => {
  const path = join(dir, "measured.ndjson");
  const said: string[] = [];
  const open = (boot: number) => openSpool(path, { boot, most: 100_000, say: (t) => void said.push(t) });
  const a = open(1);
  for (let i = 0; i < 20; i++) a.append(stored(i * 60_000));
  appendFileSync(path, '{"serial":99999999,"own":1,"par');
  const b = open(2);
  assert.equal(b.size().samples, 20);
  const first = b.oldest(1000);
  assert.ok(first.length > 1 && first.length < 20);
  b.told(first.at(-1)!.serial);
  b.append(stored(21 * 60_000));
  assert.equal(b.size().samples, 21 - first.length);
  const rest = open(3).oldest(1e9);
  assert.ok(rest.at(-1)!.serial > 2 * 2 ** 24 && rest.every((s, i) => i === 0 || s.serial > rest[i - 1]!.serial));
  // a path where nothing can be written stands for the full disk
  const none = join(dir, "none");
  mkdirSync(none);
  const full = openSpool(join(none, "there", "measured.ndjson"), { boot: 1, most: 20_000, say: (t) => void said.push(t) });
  for (let i = 0; i < 500; i++) full.append(stored(i * 60_000));
  assert.ok(full.size().bytes <= 20_000, "bounded in memory too");
  assert.equal(sum(full.oldest(1e9)), 2500);
  assert.equal(said.length, 1, "said once");
  mkdirSync(join(none, "there"));
  full.append(stored(501 * 60_000));
  assert.equal(
    readFileSync(join(none, "there", "measured.ndjson"), "utf8")
      .trim()
      .split("\n").length,
    full.size().samples,
    "room again: all of it",
  );
  writeFileSync(path, "not a line of ours\n{}\nnull\n");
  chmodSync(path, 0o600);
  assert.equal(open(4).size().samples, 0);
});

test("a clock of 1970 bends no time: of this start by its seconds, of an earlier one by what was known, else unsure", () => {
  const house = Date.UTC(2026, 10, 23, 9);
  const now = { own: 3_600_000, skew: 3_600_000 - house, up: 3600, boot: "b2" };
  assert.deepEqual(when({ own: 60_000, up: 60, boot: "b2" }, now), { at: new Date(house - 3_540_000).toISOString(), unsure: false });
  assert.deepEqual(when({ own: 5000 + house, skew: 5000, up: 99, boot: "b1" }, now), { at: new Date(house).toISOString(), unsure: false });
  assert.equal(when({ own: 60_000, up: 60, boot: "b1" }, now).unsure, true);
  assert.match(when({ own: 9e15, up: 60, boot: "b1" }, now).at, /Z$/);
});

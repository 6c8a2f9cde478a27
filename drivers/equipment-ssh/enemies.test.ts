/** Servers that hang, cut, flood, send bombs, show other keys; and text that would be a command elsewhere. No root needed. */
import assert from "node:assert/strict";
import { createServer, type Socket } from "node:net";
import type { EventEmitter } from "node:events";
import { after, before, test } from "node:test";
import ssh2, { type Channel } from "ssh2";
import { usualBounds, type EquipmentAnswer, type EquipmentTarget, type Reading } from "#network/ports";
import { connect, fingerprint } from "./connect.ts";
import { frrInterfaces, ipJson, linuxSpeeds, linuxSystem, lldpJson } from "./decode.ts";
import { dialogue, plain } from "./dialogue.ts";
import { cliDriver, netconfDriver } from "./index.ts";
import { framed } from "./netconf.ts";
import { profiles } from "./profiles.ts";
import { parse } from "./xml.ts";

const { Server, utils } = ssh2;
const key = utils.generateKeyPairSync("ed25519").private;
const identity = fingerprint((utils.parseKey(key) as { getPublicSSH(): Buffer }).getPublicSSH());
const passwords: string[] = [];
/** Told anew by each test. */
let onChannel: (channel: Channel, what: string) => void = () => undefined;
type Client = EventEmitter & { end(): void };
const clients: Client[] = [];
let server: InstanceType<typeof Server>;
before(async () => {
  server = new Server({ hostKeys: [key] }, (client: EventEmitter) => {
    clients.push(client as Client);
    client.on("error", () => undefined);
    client.on("authentication", (c: { method: string; password?: string; accept(): void; reject(methods?: string[]): void }) => {
      if (c.method !== "password") return c.reject(["password"]);
      passwords.push(c.password!);
      return c.password === "right" ? c.accept() : c.reject();
    });
    client.on("session", (accept: () => EventEmitter) => {
      const session = accept();
      session.on("pty", (ok: () => void) => ok());
      session.on("shell", (ok: () => Channel) => onChannel(ok(), "shell"));
      session.on("exec", (ok: () => Channel, _no: () => void, info: { command: string }) => onChannel(ok(), info.command));
      session.on("subsystem", (ok: () => Channel, _no: () => void, info: { name: string }) => onChannel(ok(), info.name));
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
});
after(() => {
  for (const c of clients) c.end();
  server.close();
});

const target = (more: Partial<EquipmentTarget> = {}): EquipmentTarget => ({
  address: "127.0.0.1",
  port: server.address().port,
  identity,
  secret: { kind: "password", user: "u", password: "right" },
  profile: "linux",
  bounds: { ...usualBounds, deadline: 4000 },
  ...more,
});
const trouble = (a: EquipmentAnswer) => ("trouble" in a ? a.trouble : "read");
const netconf = (more?: Partial<EquipmentTarget>) => netconfDriver().read(target(more), AbortSignal.timeout(20_000));
const cli = (more?: Partial<EquipmentTarget>) => cliDriver().read(target(more), AbortSignal.timeout(20_000));

const end = "]]>]]>";
const hello = (models: string[]) =>
  `<hello xmlns="urn:ietf:params:xml:ns:netconf:base:1.0"><capabilities><capability>urn:ietf:params:netconf:base:1.0</capability>${models.map((m) => `<capability>${m}?module=x&amp;revision=2024-01-01</capability>`).join("")}</capabilities></hello>${end}`;
const interfaces = "urn:ietf:params:xml:ns:yang:ietf-interfaces";
/** A device of base:1.0 that answers each question with what `data` gives. */
const speaks = (models: string[], data: (question: string) => string) => (channel: Channel) => {
  channel.write(hello(models));
  let kept = "";
  channel.on("data", ((d: Buffer) => {
    kept += d.toString();
    for (let at = kept.indexOf(end); at >= 0; at = kept.indexOf(end)) {
      const id = /message-id="(\d+)"/.exec(kept.slice(0, at))?.[1];
      const question = kept.slice(0, at);
      kept = kept.slice(at + end.length);
      if (id)
        channel.write(`<rpc-reply xmlns="urn:ietf:params:xml:ns:netconf:base:1.0" message-id="${id}">${data(question)}</rpc-reply>${end}`);
    }
  }) as never);
};

test("no secret leaves for a host key nobody approved, or another one", async () => {
  passwords.length = 0;
  assert.deepEqual(await cli({ identity: undefined }), {
    trouble: "identity-unknown",
    detail: "nobody approved this host key yet",
    identity,
  });
  assert.equal(trouble(await netconf({ identity: "SHA256:AAAA" })), "identity-changed");
  assert.deepEqual(passwords, []);
  assert.equal(trouble(await cli({ secret: { kind: "password", user: "u", password: "wrong" } })), "credentials");
});

test("a key that cannot be read is told without being quoted", async () => {
  const a = await cli({ secret: { kind: "key", user: "u", privateKey: "-----BEGIN OPENSSH PRIVATE KEY-----\nSECRET\n" } });
  assert.deepEqual([trouble(a), JSON.stringify(a).includes("SECRET")], ["credentials", false]);
});

test("who accepts and says nothing, cuts, or is no SSH at all", async () => {
  const held: Socket[] = [];
  const answers: Record<string, (s: Socket) => void> = { silent: () => undefined, cut: (s) => void s.destroy(), malformed: (s) => void s.write("HTTP/1.1 400 Bad Request\r\n\r\n".repeat(400)) }; // prettier-ignore
  for (const [what, reply] of Object.entries(answers)) {
    const tcp = createServer((s) => {
      held.push(s.on("error", () => undefined));
      reply(s);
    });
    await new Promise<void>((done) => tcp.listen(0, "127.0.0.1", done));
    const { port } = tcp.address() as { port: number };
    const a = await cli({ port, bounds: { ...usualBounds, deadline: 700 } });
    assert.match(trouble(a), what === "malformed" ? /^(malformed|cut|silent)$/ : new RegExp(`^${what}$`), what);
    if (what === "malformed") assert.equal(await cliDriver().probe("127.0.0.1", port, 500), undefined);
    for (const s of held) s.destroy();
    await new Promise((done) => tcp.close(done));
  }
});

test("a command that hangs, one that floods, a channel that is cut", async () => {
  onChannel = () => undefined;
  assert.equal(trouble(await cli({ bounds: { ...usualBounds, deadline: 700 } })), "silent");
  onChannel = (c) => {
    const more = () => {
      while (c.write(Buffer.alloc(32_768, 0x61)));
    };
    c.on("drain", more);
    c.on("error", () => undefined);
    more();
  };
  assert.equal(trouble(await cli({ bounds: { ...usualBounds, bytes: 300_000 } })), "too-large");
  onChannel = (c) => c.end();
  assert.equal(trouble(await cli()), "unfit");
});

test("NETCONF: document types and entities are refused, so is depth, so is a flood of elements", async () => {
  const bomb = `<!DOCTYPE data [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><data>&b;</data>`;
  onChannel = (c) => void c.write(`${bomb}${end}`);
  assert.equal(trouble(await netconf()), "malformed");
  onChannel = speaks([interfaces], () => `<data>&xxe;</data>`);
  assert.equal(trouble(await netconf()), "malformed");
  onChannel = speaks([interfaces], () => `<data>${"<a>".repeat(70)}${"</a>".repeat(70)}</data>`);
  assert.equal(trouble(await netconf()), "too-large");
  await assert.rejects(parse(`<a>${"<b/>".repeat(400_001)}</a>`), /longer than a reading/);
  await assert.rejects(parse(`<a>${"x".repeat(10_001)}</a>`), /text longer/);
});

test("NETCONF: a device that refuses, one that has nothing, one that answers something else", async () => {
  const error = (tag: string) => `<rpc-error><error-type>protocol</error-type><error-tag>${tag}</error-tag></rpc-error>`;
  onChannel = speaks([interfaces], () => error("access-denied"));
  assert.equal(trouble(await netconf()), "forbidden");
  onChannel = speaks([interfaces], () => error("operation-not-supported"));
  assert.deepEqual(await netconf(), { reading: {} });
  onChannel = speaks([], () => "<data/>");
  assert.deepEqual(await netconf(), { reading: {} });
  onChannel = (c) => void c.write(`<hello/>${end}`);
  assert.equal(trouble(await netconf({ bounds: { ...usualBounds, deadline: 700 } })), "read", "no model announced: nothing to ask");
  onChannel = (c) => void c.write(`<rpc-reply/>${end}`);
  assert.equal(trouble(await netconf()), "malformed");
});

test("NETCONF: openconfig and ietf-hardware as their YANG modules have them (no such device stands here)", async () => {
  const models: Record<string, string> = {
    "http://openconfig.net/yang/interfaces": `<interfaces xmlns="http://openconfig.net/yang/interfaces"><interface><name>et-0</name><state><type>ianaift:ethernetCsmacd</type><admin-status>UP</admin-status><oper-status>DOWN</oper-status><transceiver>xcvr-0</transceiver><counters><in-octets>18446744073709551615</in-octets></counters></state><ethernet><state><port-speed>oc-eth:SPEED_100GB</port-speed><mac-address>AA:BB:CC:00:11:22</mac-address></state></ethernet></interface></interfaces>`,
    "http://openconfig.net/yang/lldp": `<lldp xmlns="http://openconfig.net/yang/lldp"><state><system-name>edge1</system-name></state><interfaces><interface><name>et-0</name><neighbors><neighbor><state><chassis-id>AA:BB:CC:00:11:33</chassis-id><port-id>et-7</port-id><system-name>edge2</system-name><management-address>10.1.0.9</management-address></state></neighbor></neighbors></interface></interfaces></lldp>`,
    "http://openconfig.net/yang/platform": `<components xmlns="http://openconfig.net/yang/platform"><component><name>chassis</name><state><type>oc-platform-types:CHASSIS</type><serial-no>SN1</serial-no></state></component><component><name>xcvr-0</name><transceiver xmlns="http://openconfig.net/yang/transceiver"><physical-channels><channel><index>0</index><state><input-power><instant>-7.31</instant></input-power><output-power><instant>-1.2</instant></output-power></state></channel></physical-channels></transceiver></component></components>`,
  };
  onChannel = speaks(Object.keys(models), (q) => `<data>${Object.entries(models).find(([ns]) => q.includes(`"${ns}"`))?.[1] ?? ""}</data>`);
  const a = await netconf();
  assert.deepEqual(a, {
    reading: {
      system: { description: "", name: "edge1", serial: "SN1" },
      interfaces: [{ name: "et-0", kind: "ethernet", speed: 100_000, admin: "up", oper: "down", mac: "aa:bb:cc:00:11:22", addresses: [], counters: { inOctets: "18446744073709551615" } }],
      neighbours: [{ interface: "et-0", chassis: "aa:bb:cc:00:11:33", port: "et-7", name: "edge2", addresses: ["10.1.0.9"] }],
      optics: [
        { interface: "et-0", sensor: "xcvr-0 0 rx", direction: "receive", dBm: -7.31 },
        { interface: "et-0", sensor: "xcvr-0 0 tx", direction: "transmit", dBm: -1.2 },
      ],
    },
  }); // prettier-ignore
});

async function* pieces(...list: string[]): AsyncGenerator<Buffer> {
  for (const x of list) yield Buffer.from(x);
}

test("chunks of NETCONF 1.1 cut anywhere, and those that are none", async () => {
  const whole = "\n#4\n<a><\n#6\nb/></a\n#1\n>\n##\n\n#4\n<c/>\n##\n";
  for (let size = 1; size < 9; size++) {
    const f = framed(pieces(...(whole.match(new RegExp(`[\\s\\S]{1,${size}}`, "g")) ?? [])));
    f.chunks();
    assert.deepEqual([await f.next(), await f.next()], ["<a><b/></a>", "<c/>"], String(size));
  }
  for (const bad of ["\n#0\n", "\n#x\n", "#4\n<a/>", "\n##\n", "\n#99999999999\n", "\n#123456789012345678901234567890"]) {
    const f = framed(pieces(bad));
    f.chunks();
    await assert.rejects(f.next(), /NETCONF/, JSON.stringify(bad));
  }
});

test("a terminal: prompts, pages, echoes, colours, and a device that ends in the middle", async () => {
  const written: string[] = [];
  const said: string[] = [];
  const talk = pieces("Welcome\r\n\u001b[1mrtr-1\u001b[0m", "# ", "terminal length 0\r\nrtr-1# ", "show version\r\nline 1\r\n --More-- ", "\b\b\b\b\b\b\b\b\b\b          line 2\r\nrtr-1# ", "show interface json\r\n{}\r\nrtr-1#", " "); // prettier-ignore
  const p = profiles.frr;
  for await (const x of dialogue(p, ["terminal length 0", "show version", "show interface json"], talk, (t) => void written.push(t))) said.push(x.trim()); // prettier-ignore
  assert.deepEqual(written, ["terminal length 0\n", "show version\n", " ", "show interface json\n"]);
  assert.match(said[1]!, /^line 1\n\s*line 2$/);
  assert.equal(said[2], "{}");
  const cut = dialogue(p, ["show version"], pieces("rtr-1# ", "show ver"), () => undefined);
  await assert.rejects(cut.next(), /ended the session/);
  assert.equal(plain("ab\b\bc\u001b]0;title\u0007d\r\r\ne"), "cd\ne");
});

test("nothing a device says becomes a command: each is one of the profile, as it stands there", async () => {
  const commands: string[] = [];
  const evil = "x; reboot; $(reboot) `reboot`";
  onChannel = (c, command) => {
    commands.push(command);
    c.write(command.startsWith("ip ") ? JSON.stringify([{ ifname: evil, link_type: "ether", flags: ["UP"], operstate: "UP", addr_info: [] }]) : `Linux\n${evil}\n1.0 1.0\n`); // prettier-ignore
    c.exit!(0);
    c.end();
  };
  const a = await cli();
  assert.equal(trouble(a), "malformed", "lldpcli said no JSON");
  assert.deepEqual(commands, profiles.linux.commands.map((x) => x.command)); // prettier-ignore
  assert.ok(commands.every((x) => !x.includes("reboot")));
});

test("what commands say, bent: no JSON, another shape, wrong types", () => {
  const into = (): Reading => ({ interfaces: [] });
  assert.throws(() => ipJson("[{", into()), /no JSON/);
  assert.throws(() => ipJson('{"a":1}', into()), /no list/);
  assert.throws(() => lldpJson("oops", into()), /no JSON/);
  assert.throws(() => frrInterfaces("% Unknown command", into()), /no JSON/);
  assert.throws(() => linuxSystem("bash: uname: not found", into()), /no Linux/);
  const r = into();
  ipJson('[{"ifname":"e0","mtu":"big","stats64":{"rx":{"bytes":-1}},"addr_info":"none","address":7},{"x":1},null]', r);
  assert.deepEqual(r.interfaces, [{ name: "e0", kind: "other", admin: "down", oper: "unknown", addresses: [], counters: {} }]);
  linuxSpeeds("/sys/class/net/e0/speed:-1\n/sys/class/net/e0/speed:1000\n/sys/class/net/../../etc/speed:5\n", r);
  assert.equal(r.interfaces![0]!.speed, 1000);
  lldpJson('{"lldp":[{"interface":[{"name":"e0","via":"CDPv2"},{"name":"e1","chassis":[{"name":[{"value":7}]}]}]}]}', r);
  assert.deepEqual(r.neighbours, [{ interface: "e1", chassis: "", port: "", addresses: [] }]);
});

test("a connection given up leaves nothing behind", async () => {
  onChannel = () => undefined;
  const gone = new AbortController();
  const line = connect(target(), gone.signal);
  const open = await line;
  const waiting = open.exec("x").then((c) => open.read(c).next());
  setTimeout(() => gone.abort(), 50);
  await assert.rejects(waiting, /deadline/);
  open.close();
});

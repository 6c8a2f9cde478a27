/** What answers is not always an agent, nor the one asked: forged, replayed, doubled, endless, circular, garbage. No root needed. */
import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { test } from "node:test";
import { usualBounds, type EquipmentAnswer, type EquipmentSecret } from "#network/ports";
import { headerOf } from "./gate.ts";
import { snmpDriver } from "./index.ts";

// BER (X.690), as much as an enemy needs
const tlv = (tag: number, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  const n = body.length;
  return Buffer.concat([n < 128 ? Buffer.from([tag, n]) : Buffer.from([tag, 0x82, n >> 8, n & 255]), body]);
};
const int = (n: number) => tlv(2, Buffer.from(n.toString(16).padStart(n < 0x80 ? 2 : 10, "0"), "hex"));
const text = (s: string | Buffer) => tlv(4, Buffer.from(s as string));
const oid = (s: string) => {
  const [a, b, ...rest] = s.split(".").map(Number) as [number, number, ...number[]];
  const digits = (n: number): number[] => (n < 128 ? [n] : [...digits(Math.floor(n / 128)).map((x) => x | 128), n % 128]);
  return tlv(6, Buffer.from([a * 40 + b, ...rest.flatMap(digits)]));
};
/** Children of a constructed value. */
function inside(b: Buffer): { tag: number; body: Buffer }[] {
  const out = [];
  for (let i = 0; i < b.length;) {
    let [n, from] = [b[i + 1]!, i + 2];
    if (n > 127) [n, from] = [Number(`0x${b.subarray(from, from + n - 128).toString("hex")}`), from + n - 128];
    out.push({ tag: b[i]!, body: b.subarray(from, from + n) });
    i = from + n;
  }
  return out;
}
const numbers = (b: Buffer) => {
  const parts = [Math.floor(b[0]! / 40), b[0]! % 40];
  let n = 0;
  for (const x of b.subarray(1)) {
    n = n * 128 + (x & 127);
    if (x < 128) {
      parts.push(n);
      n = 0;
    }
  }
  return parts.join(".");
};
const value = (b: Buffer) => tlv(2, b);

type Say = (answer: Buffer, port?: "another") => void;
async function against(reply: (question: Buffer, say: Say) => void, secret: EquipmentSecret, more: object = {}): Promise<EquipmentAnswer> {
  const [here, other] = [createSocket("udp4"), createSocket("udp4")];
  await Promise.all([here, other].map((s) => new Promise<void>((done) => s.bind(0, "127.0.0.1", done))));
  here.on("message", (m, from) => reply(m, (answer, port) => (port ? other : here).send(answer, from.port, from.address)));
  try {
    const target = { address: "127.0.0.1", port: here.address().port, secret, bounds: { ...usualBounds, deadline: 1200 }, ...more };
    return await snmpDriver().read(target, AbortSignal.timeout(20_000));
  } finally {
    here.close();
    other.close();
  }
}
const trouble = (a: EquipmentAnswer) => ("trouble" in a ? a.trouble : "read");
const v2c = { kind: "snmp-v2c", community: "public" } as const;
const v3 = { kind: "snmp-v3", user: "u", authentication: "sha256", authenticationKey: "longenough", privacy: "aes128", privacyKey: "longenough" } as const; // prettier-ignore
const engine = Buffer.from("80001f8880c48b606a2c68026b", "hex");

/** Answers a v2c question: what `rows` gives for each identifier asked. */
const agent = (rows: (asked: string, kind: number) => [string, Buffer][]) => (question: Buffer, say: Say) => {
  const [, community, pdu] = inside(inside(question)[0]!.body);
  const [id, , , list] = inside(pdu!.body);
  const asked = inside(list!.body).map((v) => numbers(inside(v.body)[0]!.body));
  const answers = asked.flatMap((o) => rows(o, pdu!.tag)).map(([o, v]) => tlv(0x30, oid(o), v));
  say(tlv(0x30, int(1), text(community!.body), tlv(0xa2, value(id!.body), int(0), int(0), tlv(0x30, ...answers))));
};

/** An SNMPv3 message without authentication or encryption. */
const plain = (flags: number, id: Buffer, boots: number, pdu: Buffer) =>
  tlv(0x30, int(3), tlv(0x30, value(id), int(65_507), tlv(4, Buffer.from([flags])), int(3)), text(tlv(0x30, text(engine), int(boots), int(1000), text("u"), text(""), text(""))), tlv(0x30, text(engine), text(""), pdu)); // prettier-ignore
const idOf = (question: Buffer) => inside(inside(inside(question)[0]!.body)[1]!.body)[0]!.body;
const report = (question: Buffer) => plain(0, idOf(question), 5, tlv(0xa8, int(1), int(0), int(0), tlv(0x30, tlv(0x30, oid("1.3.6.1.6.3.15.1.1.4.0"), tlv(0x41, Buffer.from([1])))))); // prettier-ignore
const forged = (question: Buffer) => plain(0, idOf(question), 5, tlv(0xa2, int(1), int(0), int(0), tlv(0x30, tlv(0x30, oid("1.3.6.1.2.1.1.1.0"), text("forged"))))); // prettier-ignore
const secured = (question: Buffer) => ((headerOf(question)?.flags ?? 0) & 3) === 3;

test("an answer without authentication or encryption to a question that had both is not taken", async () => {
  const a = await against((q, say) => say(secured(q) ? forged(q) : report(q)), v3, { identity: engine.toString("hex") });
  assert.equal(trouble(a), "silent");
});

test("an answer from another port is not taken, nor an unsigned one that claims to be signed", async () => {
  const identity = engine.toString("hex");
  const other = await against((q, say) => (secured(q) ? say(forged(q), "another") : say(report(q))), v3, { identity });
  assert.equal(trouble(other), "silent");
  const claims = (q: Buffer) => {
    const b = Buffer.from(forged(q));
    b[b.indexOf(Buffer.from([4, 1, 0])) + 2] = 1; // auth without privacy
    return b;
  };
  assert.equal(trouble(await against((q, say) => say(secured(q) ? claims(q) : report(q)), v3, { identity })), "silent");
});

test("another engine is met before any key is used", async () => {
  let keyed = 0;
  const a = await against((q, say) => (secured(q) ? (keyed += 1) : say(report(q))), v3, { identity: "80001f888011223344" }); // prettier-ignore
  assert.deepEqual([trouble(a), keyed], ["identity-changed", 0]);
});

test("garbage, half messages and huge ones end in silence, not in a fall", async () => {
  const real = tlv(0x30, int(1), text("public"), tlv(0xa2, int(1), int(0), int(0), tlv(0x30)));
  for (const bad of [
    Buffer.from("hello"),
    Buffer.alloc(0),
    real.subarray(0, 9),
    Buffer.alloc(60_000, 0x30),
    Buffer.from("3084ffffffff", "hex"),
    Buffer.alloc(4000, 0x24),
  ])
    // prettier-ignore
    for (const secret of [v2c, v3]) {
      const a = await against((_q, say) => say(bad), secret, { identity: engine.toString("hex"), bounds: { ...usualBounds, deadline: 250 } });
      assert.match(trouble(a), /^(silent|malformed)$/, bad.subarray(0, 8).toString("hex"));
    }
});

test("a table without end is refused at its bound: rows", async () => {
  const a = await against(
    agent((o, kind) => {
      if (kind === 0xa0) return [[o, text("x")]];
      const parts = o.split(".").map(Number);
      // …1.2.2.1.<column>[.<index>]
      const [base, index] = parts.length > 10 ? [parts.slice(0, 10), parts[10]!] : [parts, 0];
      return [[[...base, index + 1].join("."), int(1)]];
    }),
    v2c,
    { bounds: { ...usualBounds, rows: 300, deadline: 10_000 } },
  );
  assert.equal(trouble(a), "too-large");
});

test("an agent whose identifiers go round in circles, or that answers nothing, is told", async () => {
  const circular = await against(agent((o, kind) => [[kind === 0xa0 ? o : `${o.split(".").slice(0, 10).join(".")}.1`, int(1)]]), v2c); // prettier-ignore
  assert.equal(trouble(circular), "malformed");
  const empty = await against(
    agent((o, kind) => (kind === 0xa0 ? [[o, text("x")]] : [])),
    v2c,
  );
  assert.equal(trouble(empty), "malformed");
});

test("an answer that comes twice is one answer", async () => {
  const twice = agent((o, kind) => [kind === 0xa0 ? [o, text("seen")] : ["2.0", int(1)]]);
  const a = await against((q, say) => { twice(q, say); twice(q, say); }, v2c, { bounds: { ...usualBounds, deadline: 10_000 } }); // prettier-ignore
  assert.ok("reading" in a && a.reading.system?.description === "seen", JSON.stringify(a));
  assert.equal("reading" in a && a.reading.interfaces, undefined);
});

/** The suite each driver of equipment calls: what every way of reading must keep, on a real device. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { fitsSchema } from "#kernel";
import { Reading, usualBounds, type EquipmentAnswer, type EquipmentDriver, type EquipmentSecret, type EquipmentTarget } from "./driver.ts";

export interface EquipmentBench {
  driver: EquipmentDriver;
  /** A device with an interface `ge0` that is up, has 10.99.0.1/31, and at whose end stands the port eth7 of sw-b.example. */
  target: Omit<EquipmentTarget, "identity" | "bounds">;
  /** What it proves itself with; absent where a probe cannot tell. */
  identity: () => Promise<string>;
  /** An address where nobody is, on the same network. */
  nobody: string;
  wrong: EquipmentSecret;
  /** Which parts this device offers this way. */
  offers: readonly (keyof Reading)[];
  close(): Promise<void> | void;
}

const reading = (a: EquipmentAnswer): Reading => {
  assert.ok("reading" in a, JSON.stringify(a));
  return a.reading;
};
const trouble = (a: EquipmentAnswer): string => ("trouble" in a ? a.trouble : "none");

export function equipmentConformance(name: string, open: () => Promise<EquipmentBench>, o: { skip?: string | false } = {}): void {
  describe(`equipment driver ${name}`, { skip: o.skip ?? false, timeout: 120_000 }, () => {
    let bench: EquipmentBench;
    let identity = "";
    const ask = (more: Partial<EquipmentTarget> = {}, signal = AbortSignal.timeout(60_000)) =>
      bench.driver.read({ ...bench.target, identity, bounds: usualBounds, ...more }, signal);
    before(async () => {
      bench = await open();
      identity = await bench.identity();
    });
    after(() => bench?.close());
    it("says who is there before any secret is used, and reads nothing until that is approved", async () => {
      const a = await ask({ identity: undefined, secret: bench.wrong });
      assert.deepEqual([trouble(a), (a as { identity?: string }).identity], ["identity-unknown", identity]);
    });
    it("is found by a probe without a secret; nobody is not", async () => {
      assert.ok(await bench.driver.probe(bench.target.address, bench.target.port, 3000));
      assert.equal(await bench.driver.probe(bench.nobody, bench.target.port, 300), undefined);
    });
    it("reads what the device offers, as the port has it, and leaves out what it does not offer", async () => {
      const r = reading(await ask());
      assert.ok(fitsSchema(Reading, r));
      assert.deepEqual(Object.keys(r).toSorted(), bench.offers.toSorted());
      const ge0 = r.interfaces!.find((i) => i.name === "ge0")!;
      assert.deepEqual([ge0.oper, ge0.speed, ge0.addresses.includes("10.99.0.1/31")], ["up", 10_000, true]);
      if (bench.offers.includes("neighbours")) {
        let seen = r.neighbours!;
        // LLDP speaks once a second here
        for (let i = 0; i < 300 && !seen.some((n) => n.interface === "ge0" && n.name); i++) {
          await new Promise((done) => setTimeout(done, 200));
          seen = reading(await ask()).neighbours!;
        }
        const n = seen.find((x) => x.interface === "ge0")!;
        assert.deepEqual([n.name, n.portDescription, n.addresses.includes("10.99.0.0")], ["sw-b.example", "eth7", true]);
        assert.match(n.chassis, /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/);
      }
    });
    it("counts with 64 bits, and counts on", async () => {
      const octets = async () => BigInt(reading(await ask()).interfaces!.find((i) => i.name === "mgmt")?.counters?.inOctets ?? -1);
      const first = await octets();
      if (first >= 0n) assert.ok((await octets()) >= first);
    });
    it("another identity than the approved one: nothing is read", async () => {
      const a = await ask({ identity: identity.startsWith("SHA256:") ? "SHA256:AAAA" : "80001f8880aabbccdd00" });
      assert.deepEqual([trouble(a), (a as { identity?: string }).identity], ["identity-changed", identity]);
    });
    it("wrong credentials are told as such, and what is told holds no secret", async () => {
      const a = await ask({ secret: bench.wrong });
      assert.equal(trouble(a), "credentials");
      const words = Object.values(bench.wrong).filter((v) => v.length > 6 && !/^(snmp-v3|sha256|aes128|password)$/.test(v));
      for (const word of words) assert.ok(!JSON.stringify(a).includes(word));
    });
    it("a secret of another kind is told as such", async () => {
      const a = await ask({ secret: bench.target.secret.kind === "snmp-v3" ? { kind: "password", user: "u", password: "p" } : { kind: "snmp-v2c", community: "c" } }); // prettier-ignore
      assert.equal(trouble(a), "unfit");
    });
    it("where nobody is, it says so in time", async () => {
      const began = performance.now();
      const a = await ask({ address: bench.nobody, bounds: { ...usualBounds, deadline: 1500 } });
      assert.match(trouble(a), /^(unreachable|silent)$/);
      assert.ok(performance.now() - began < 15_000);
    });
    it("a deadline ends it, whatever it was doing; so does who asked", async () => {
      assert.equal(trouble(await ask({ bounds: { ...usualBounds, deadline: 1 } })), "silent");
      assert.equal(trouble(await ask({}, AbortSignal.abort())), "silent");
    });
    it("more than a reading may have is refused, not cut", async () => {
      assert.equal(trouble(await ask({ bounds: { ...usualBounds, bytes: 600, rows: 1 } })), "too-large");
    });
    it("several at once read the same", async () => {
      const all = await Promise.all(Array.from({ length: 4 }, () => ask()));
      for (const a of all) assert.equal(reading(a).interfaces!.length, reading(all[0]!).interfaces!.length);
    });
  });
}

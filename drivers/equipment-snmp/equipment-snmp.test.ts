import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { after, before, test } from "node:test";
import { equipmentConformance, equipmentLab, equipmentLabLacks, type EquipmentLab } from "#network/conformance";
import { usualBounds } from "#network/ports";
import { snmpDriver } from "./index.ts";

const lacks = equipmentLabLacks();
const skip = lacks && !process.env.CI ? `equipment over SNMP: ${lacks}` : false;
const driver = snmpDriver();
let lab: EquipmentLab;
before(async () => {
  if (!skip) lab = await equipmentLab("s", 240 + (process.pid % 5));
});
after(() => lab?.close());

const engine = async () => (await driver.probe(lab.address, 161, 5000))!.identity!;

equipmentConformance(
  "snmp",
  async () => ({
    driver,
    target: { address: lab.address, port: 161, secret: lab.secrets.v3 },
    identity: engine,
    nobody: lab.address.replace(/2$/, "3"),
    wrong: { ...lab.secrets.v3, authenticationKey: "quite-another-password" } as never,
    offers: ["system", "interfaces", "neighbours", "optics"],
    close: () => undefined,
  }),
  { skip },
);

test(
  "serial number and light of ENTITY-MIB and ENTITY-SENSOR-MIB, at their port; a power supply’s watts are no light",
  { skip },
  async () => {
    const ask = async () => driver.read({ address: lab.address, port: 161, identity: await engine(), secret: lab.secrets.v3, bounds: usualBounds }, AbortSignal.timeout(30_000)); // prettier-ignore
    const a = await ask();
    assert.ok("reading" in a, JSON.stringify(a));
    assert.equal(a.reading.system?.serial, "LAB-4711");
    assert.deepEqual(a.reading.optics, [
      { interface: "ge0", sensor: "ge0 Rx power", direction: "receive", dBm: -5.2 },
      { interface: "ge0", sensor: "ge0 Tx power", direction: "transmit", dBm: -2.1 },
    ]);
    lab.light(-284, -21);
    const dim = await ask();
    assert.ok("reading" in dim && dim.reading.optics?.[0]?.dBm === -28.4);
  },
);

test("v2c, where a record allows it", { skip }, async () => {
  const a = await driver.read({ address: lab.address, port: 161, secret: { kind: "snmp-v2c", community: "legacy" }, bounds: usualBounds }, AbortSignal.timeout(30_000)); // prettier-ignore
  assert.ok("reading" in a && a.reading.system?.name === "sw-a.example");
});

test("an authentic answer played again answers nothing: alone it is silence, before the true one it is passed over", { skip }, async () => {
  const identity = await engine();
  for (const alone of [false, true]) {
    const [near, far] = [createSocket("udp4"), createSocket("udp4")];
    await new Promise<void>((done) => near.bind(0, "127.0.0.1", done));
    let from = 0;
    let answers = 0;
    let old: Buffer | undefined;
    near.on("message", (m, who) => {
      from = who.port;
      far.send(m, 161, lab.address);
    });
    far.on("message", (m) => {
      answers += 1;
      // the first three are the greeting, the synchronising report and one true answer, which is then played again and again
      if (answers === 3) old = m;
      if (old && answers > 3) near.send(old, from, "127.0.0.1");
      if (!alone || answers <= 3) near.send(m, from, "127.0.0.1");
    });
    const target = {
      address: "127.0.0.1",
      port: near.address().port,
      identity,
      secret: lab.secrets.v3,
      bounds: { ...usualBounds, deadline: alone ? 1500 : 30_000 },
    };
    const a = await driver.read(target, AbortSignal.timeout(40_000));
    if (alone) assert.equal("trouble" in a && a.trouble, "silent");
    else assert.ok("reading" in a && a.reading.interfaces!.length >= 3, JSON.stringify(a));
    near.close();
    far.close();
  }
});

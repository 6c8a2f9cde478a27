import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { equipmentConformance, equipmentLab, equipmentLabLacks, type EquipmentLab } from "#network/conformance";
import { usualBounds } from "#network/ports";
import { cliDriver, netconfDriver } from "./index.ts";

const lacks = equipmentLabLacks();
const skip = lacks && !process.env.CI ? `equipment over SSH: ${lacks}` : false;
let lab: EquipmentLab;
before(async () => {
  if (!skip) lab = await equipmentLab("h", 245 + (process.pid % 5));
});
after(() => lab?.close());

const bench = (more: object) => async () => ({
  identity: async () => lab.hostKey,
  nobody: lab.address.replace(/2$/, "3"),
  wrong: lab.secrets.password,
  close: () => undefined,
  ...(more as { driver: ReturnType<typeof cliDriver>; offers: ("system" | "interfaces" | "neighbours")[] }),
});
const at = (port: number, profile?: string) => ({ get target() { return { address: lab.address, port, secret: lab.secrets.key, profile }; } }); // prettier-ignore

equipmentConformance("command lines, linux", async () => ({ ...(await bench({ driver: cliDriver(), offers: ["system", "interfaces", "neighbours"] })()), ...at(22, "linux") }), { skip }); // prettier-ignore
equipmentConformance("command lines, frr", async () => ({ ...(await bench({ driver: cliDriver(), offers: ["system", "interfaces"] })()), ...at(2222, "frr") }), { skip }); // prettier-ignore
equipmentConformance("netconf", async () => ({ ...(await bench({ driver: netconfDriver(), offers: ["system", "interfaces"] })()), ...at(830) }), { skip }); // prettier-ignore

test("a port that goes dark is seen", { skip }, async () => {
  const target = { address: lab.address, port: 22, secret: lab.secrets.key, profile: "linux", identity: lab.hostKey, bounds: usualBounds };
  const state = async () => {
    const a = await cliDriver().read(target, AbortSignal.timeout(30_000));
    return "reading" in a ? a.reading.interfaces?.find((i) => i.name === "ge0")?.oper : a.trouble;
  };
  assert.equal(await state(), "up");
  lab.at("b", "ip", "link", "set", "eth7", "down");
  assert.equal(await state(), "down");
});

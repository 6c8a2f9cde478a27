/** Equipment that speaks SNMP: v3 with authentication and privacy; v2c only where its record says so. Only ever GET and GETBULK. */
import { provide, type Provided } from "#kernel";
import { EquipmentFault, snmpEquipment, type EquipmentAnswer, type EquipmentDriver, type EquipmentTarget } from "#network/ports";
import { engineOf } from "./gate.ts";
import * as mib from "./mib.ts";
import { open, type Agent, type Table } from "./walk.ts";

/** Milliseconds to the name of an engine. */
const greeting = 3000;

export function snmpDriver(): EquipmentDriver {
  return {
    usualPort: 161,
    async read(t, given): Promise<EquipmentAnswer> {
      const signal = AbortSignal.any([given, AbortSignal.timeout(t.bounds.deadline)]);
      let agent: Agent | undefined;
      try {
        await known(t, signal);
        agent = open(t, signal);
        return await everything(agent);
      } catch (error) {
        if (error instanceof EquipmentFault) return error.answer();
        throw error;
      } finally {
        agent?.close();
      }
    },
    async probe(address, port, milliseconds) {
      const identity = await engineOf(address, port, milliseconds);
      return identity === undefined ? undefined : { identity, greeting: "SNMPv3" };
    },
  };
}

/** Before a key is derived for it: is it the engine a person approved? v2c has no engine to ask. */
async function known(t: EquipmentTarget, signal: AbortSignal): Promise<void> {
  if (t.secret.kind === "snmp-v2c") return;
  const engine = await engineOf(t.address, t.port, greeting, signal);
  if (engine === undefined) throw new EquipmentFault("silent", "no SNMPv3 engine answers");
  if (t.identity === undefined) throw new EquipmentFault("identity-unknown", "nobody approved this engine yet", engine);
  if (t.identity !== engine) throw new EquipmentFault("identity-changed", "another engine answers there", engine);
}

async function everything(agent: Agent): Promise<EquipmentAnswer> {
  const found = await agent.scalars(Object.values(mib.system));
  const seen: Partial<Record<keyof typeof mib.tables, Table | undefined>> = {};
  for (const [name, t] of Object.entries(mib.tables)) {
    if (name === "oldAddresses" && seen.addresses) continue;
    seen[name as keyof typeof mib.tables] = await agent.table(t.entry, t.columns);
  }
  const addresses = mib.addressesOf(seen.addresses, seen.oldAddresses);
  const named = { interfaces: seen.interfaces, more: seen.interfacesMore };
  const parts = {
    system: mib.systemOf(found, seen.entities),
    interfaces: mib.interfacesOf({ ...named, addresses }),
    neighbours: mib.neighboursOf({ ...named, neighbours: seen.neighbours, addresses: seen.neighbourAddresses, ports: seen.localPorts }),
    optics: mib.opticsOf({ ...named, sensors: seen.sensors, entities: seen.entities, aliases: seen.aliases }),
  };
  return { reading: Object.fromEntries(Object.entries(parts).filter(([, v]) => v !== undefined)) };
}

export const equipmentSnmp: Provided = provide(snmpEquipment, () => snmpDriver());

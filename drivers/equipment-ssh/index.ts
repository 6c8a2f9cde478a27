/** Equipment reached by SSH: NETCONF where it is offered, commands of a profile elsewhere. Only ever read. */
import { provide, type Provided } from "#kernel";
import {
  cliEquipment,
  EquipmentFault,
  netconfEquipment,
  type EquipmentAnswer,
  type EquipmentDriver,
  type EquipmentTarget,
  type Reading,
} from "#network/ports";
import { readByCommands } from "./cli.ts";
import { connect, greetingOf, type Connection } from "./connect.ts";
import { namespaces, readingOf, tops, type Model, type Trees } from "./models.ts";
import { netconf } from "./netconf.ts";

const driver = (usualPort: number, read: (line: Connection, t: EquipmentTarget) => Promise<Reading>): EquipmentDriver => ({
  usualPort,
  async read(t, given): Promise<EquipmentAnswer> {
    const signal = AbortSignal.any([given, AbortSignal.timeout(t.bounds.deadline)]);
    let line: Connection | undefined;
    try {
      line = await connect(t, signal);
      return { reading: await read(line, t) };
    } catch (error) {
      if (error instanceof EquipmentFault) return error.answer();
      throw error;
    } finally {
      line?.close();
    }
  },
  // its key is shown only once somebody approved to ask for it: the first line it says by itself is enough to be found
  probe: greetingOf,
});

async function readByModels(line: Connection): Promise<Reading> {
  const session = await netconf(line);
  const trees: Trees = {};
  for (const [model, namespace] of Object.entries(namespaces) as [Model, string][]) {
    if (!session.models.has(namespace)) continue;
    for (const name of tops[model]) {
      const data = await session.get(`<${name} xmlns="${namespace}"/>`);
      const found = data?.children.filter((c) => c.name === name && c.namespace === namespace) ?? [];
      if (found.length) (trees[model] ??= []).push(...found);
    }
  }
  session.close();
  return readingOf(trees);
}

export const netconfDriver = (): EquipmentDriver => driver(830, readByModels);
export const cliDriver = (): EquipmentDriver => driver(22, readByCommands);
export const equipmentNetconf: Provided = provide(netconfEquipment, netconfDriver);
export const equipmentCli: Provided = provide(cliEquipment, cliDriver);

/** The registers over HTTP: GET /registers/<owner>/<register>?key=value, or …/<register>/<value of its first key>. */
import type { Ids } from "#kernel";
import { answer, type Behaviour, calm, type FaultName, isFault, type Timer } from "../faults.ts";
import { json, type Route } from "../http.ts";
import { type Register, search } from "./search.ts";

export interface RegisterWorld {
  registers: ReadonlyMap<string, Register>;
  /** Keyed `owner/register`, or `*` for all; changed while running. */
  behaviours: Map<string, Partial<Behaviour>>;
  ids: Ids;
  after: Timer;
}

/** A share in [0, 1) from two random bytes. */
const chance = (ids: Ids): number => {
  const [a = 0, b = 0] = ids.bytes(2);
  return (a * 256 + b) / 65_536;
};

export function registerRoutes(world: RegisterWorld): Route {
  return ({ res, method, url, path }) => {
    const [root, owner, name] = path;
    if (root !== "registers" || path.length < 3 || path.length > 4) return false;
    const register = world.registers.get(`${owner}/${name}`);
    if (!register) return (json(res, 404, { error: "no such register" }), true);
    if (method !== "GET") return (json(res, 405, { error: "this register is read only" }), true);
    const entry = path[3];
    const found = search(register, entry === undefined ? new Map(url.searchParams) : new Map([[register.keys[0]!, entry]]));
    if (!found.ok) return (json(res, 400, { error: found.why, key: found.key, keys: register.keys }), true);
    const b: Behaviour = {
      ...calm,
      ...world.behaviours.get("*"),
      ...world.behaviours.get(`${owner}/${name}`),
    };
    const unlucky = b.rate !== undefined && chance(world.ids) < b.rate ? (b.rateFault ?? "error") : undefined;
    const fault: FaultName | undefined = b.fault ?? (isFault(found.fault) ? found.fault : unlucky);
    const [least, most] = b.latency;
    world.after(() => answer(res, JSON.stringify({ rows: found.rows }), fault, b, world.after), least + (most - least) * chance(world.ids));
    return true;
  };
}

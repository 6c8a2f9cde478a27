/** The outside world of the demonstration: registers and mobile-money operators, over real HTTP, simulated and saying so. */
import { join } from "node:path";
import { type Clock, type Ids, loadCountry, randomIds, systemClock } from "#kernel";
import type { Behaviour } from "./faults.ts";
import { json, listen, type Route, text } from "./http.ts";
import { type MoneyDesk, openDesk } from "./money/desk.ts";
import { moneyRoutes } from "./money/routes.ts";
import { describe, openapi } from "./openapi.ts";
import { money, type OperatorFile, registers as registersSection } from "./pack.ts";
import { registerRoutes } from "./registers/routes.ts";
import type { Register } from "./registers/search.ts";

export interface SandboxOptions {
  /** Country code; its pack's sandbox/ folder is served. */
  country: string;
  /** 0 = any free port. */
  port?: number;
  /** Where the operators keep their books; absent = in memory. */
  dataDir?: string;
  /** Keyed `owner/register`, or `*`. */
  faults?: Record<string, Partial<Behaviour>>;
  clock?: Clock;
  ids?: Ids;
  /** What `later` means to an operator, in milliseconds. */
  pace?: number;
  /** Between the operators and the driver; a demonstration's, so no secret. */
  merchantKey?: string;
}

export interface Sandbox {
  url: string;
  port: number;
  operators: readonly OperatorFile[];
  /** Change it while running: `faults.set('zz-office/persons', { fault: 'cut' })`. */
  faults: Map<string, Partial<Behaviour>>;
  desks: ReadonlyMap<string, MoneyDesk>;
  stop(): Promise<void>;
}

export const demonstrationKey = "toguna-demonstration-merchant";

export async function startSandbox(o: SandboxOptions): Promise<Sandbox> {
  const country = loadCountry(o.country, [registersSection, money]);
  const clock = o.clock ?? systemClock(country.timeZone);
  const ids = o.ids ?? randomIds(clock);
  const merchantKey = o.merchantKey ?? demonstrationKey;
  const registers = new Map<string, Register>(country.get(registersSection).map((r) => [`${r.owner}/${r.register}`, r]));
  const operators = country.get(money).operators;
  const desks = new Map(
    operators.map((operator) => {
      const file = o.dataDir === undefined ? undefined : join(o.dataDir, "sandbox", `money-${operator.code}.json`);
      return [operator.code, openDesk({ clock, secret: merchantKey, pace: o.pace ?? 2000, file })] as const;
    }),
  );
  const faults = new Map<string, Partial<Behaviour>>(Object.entries(o.faults ?? { "*": { latency: [40, 250] } }));
  const timers = new Set<NodeJS.Timeout>();
  const after = (fn: () => void, ms: number): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      fn();
    }, ms);
    timers.add(timer);
  };
  const front: Route = ({ res, method, path }) => {
    const at = path.join("/");
    if (method !== "GET") return false;
    const described = path.length === 3 && path[0] === "descriptions" ? registers.get(at.slice(13).replace(/\.json$/, "")) : undefined;
    if (at === "openapi.json") json(res, 200, openapi(registers.values(), "/"));
    else if (described) json(res, 200, describe(described, `${listening.url}/registers/${described.owner}/${described.register}`));
    else if (at === "") text(res, 200, "text/plain", "Simulated outside world of the demonstration. See /openapi.json and /money\n");
    else return false;
    return true;
  };
  const listening = await listen(
    [
      front,
      registerRoutes({ registers, behaviours: faults, ids, after }),
      ...moneyRoutes({
        operators,
        desks,
        clock,
        ids,
        merchantKey,
        phonePrefix: country.phone.prefix,
        zone: country.timeZone,
      }),
    ],
    o.port ?? 8090,
  );
  return {
    url: listening.url,
    port: listening.port,
    operators,
    faults,
    desks,
    async stop() {
      for (const timer of timers) clearTimeout(timer);
      for (const desk of desks.values()) desk.stop();
      await listening.close();
    },
  };
}

import { parseArgs } from "node:util";
import type { OwnMaintenance } from "#exchange";
import type { Config } from "#kernel/config";
import { callAdmin } from "../gateway-admin.ts";

const usage = `gateway-maintenance on --for <minutes, 2h, 1d> | --until <2026-11-22T18:00Z>  [--message "..."] [--drain <seconds>]
gateway-maintenance off      before the announced end
gateway-maintenance status`;

/** In the folder of a running gateway (TOGUNA_DATA): others are told, new calls are refused, those under way may end. */
export async function run(config: Config, args: string[]): Promise<void> {
  const { positionals, values } = parseArgs({
    args,
    allowPositionals: true,
    options: { for: { type: "string" }, until: { type: "string" }, message: { type: "string" }, drain: { type: "string" } },
  });
  if (config.role !== "gateway") throw new Error("gateway-maintenance is for the folder of a gateway: set TOGUNA_DATA");
  const [what] = positionals;
  if (what === "status") return tell(await callAdmin(config, "GET"));
  if (what === "off") return tell(await callAdmin(config, "DELETE"));
  if (what !== "on") throw new Error(usage);
  const drainSeconds = Number(values.drain ?? 30);
  if (!Number.isInteger(drainSeconds) || drainSeconds < 0 || drainSeconds > 600) throw new Error("--drain is seconds, 600 at most");
  tell(await callAdmin(config, "POST", { until: endOf(values, new Date()).toISOString(), notice: values.message, drainSeconds }));
}

const units = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Exported for its test. */
export function endOf(said: { for?: string | undefined; until?: string | undefined }, now: Date): Date {
  const [, number, unit = "m"] = /^(\d{1,5})([mhd])?$/.exec(said.for ?? "") ?? [];
  const end =
    number !== undefined && said.until === undefined
      ? new Date(now.getTime() + Number(number) * units[unit as keyof typeof units])
      : new Date(said.for === undefined ? (said.until ?? "") : "");
  if (Number.isNaN(end.getTime())) throw new Error(usage);
  return end;
}

function tell(state: OwnMaintenance): void {
  if (state.until === undefined) console.log(`${state.server} is not in maintenance.`);
  else console.log(`${state.server} is in maintenance until ${state.until}${state.notice ? `: ${state.notice}` : ""}.`);
  if (!state.told) console.log("Its centre has not heard yet and is told again every 10 s; who calls hears it from the gateway itself.");
  if (state.until === undefined) return;
  console.log(
    state.running === 0
      ? "Nothing is under way: it can be stopped."
      : `${state.running} exchanges are still under way: stopped now, a writing one among them ends with its outcome unknown.`,
  );
}

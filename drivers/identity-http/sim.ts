/** The operators' record of SIM changes over HTTP: `GET <register>?phone=…` answers `{ rows: [{ phone, changedAt }] }`. */
import { provide, type Provided } from "#kernel";
import { simSignal, type SimAnswer, type SimSignalDriver } from "#identity/ports";
import { addressOf, type HttpOptions } from "./address.ts";
import { ask } from "./ask.ts";

export function simSignalHttp(o: HttpOptions = {}): Provided {
  return provide(simSignal, (host) => createSignal(addressOf(host, "sim-changes", "sim_signal_url", o)));
}

export function createSignal(url: string | undefined): SimSignalDriver {
  return {
    async lastChange(phone, signal): Promise<SimAnswer> {
      if (!url) return { kind: "unsupported" };
      const rows = await ask(url, { phone }, signal);
      if (rows === "unavailable" || rows === "refused") return { kind: "unavailable" };
      const dates = rows.filter((r) => r.phone === phone).map((r) => new Date(String(r.changedAt)));
      if (dates.some((d) => Number.isNaN(d.getTime()))) return { kind: "unavailable" };
      if (dates.length === 0) return { kind: "never" };
      return { kind: "changed", at: new Date(Math.max(...dates.map((d) => d.getTime()))) };
    },
  };
}

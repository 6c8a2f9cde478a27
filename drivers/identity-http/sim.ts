/** The operators' record of SIM changes over HTTP: `GET <register>?phone=…` answers `{ rows: [{ phone, changedAt }] }`. */
import { provide, type Provided } from "#kernel";
import { simSignal, simSource, type SimAnswer, type SimSignalDriver } from "#identity/ports";
import { ask } from "./ask.ts";

/** `url`: the record's own address; else the country's path below `base`; without either nobody tells. */
export function simSignalHttp(o: { url?: string; base?: string }): Provided {
  return provide(simSignal, (host) => {
    const [source] = host.country.get(simSource);
    return createSignal(o.url ?? (o.base && source ? `${o.base}${source.path}` : undefined));
  });
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

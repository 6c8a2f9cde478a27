import type { RowsTrouble } from "#exchange/ports";

/** SQLSTATE (PostgreSQL, appendix A) and Node's words for the network. The message may quote a value: only the code is told. */
export function troubleOf(error: unknown, connected: boolean): { trouble: RowsTrouble; detail: string } {
  const { code = "", message = "" } = (error ?? {}) as { code?: string; message?: string };
  const said = (trouble: RowsTrouble): { trouble: RowsTrouble; detail: string } => ({ trouble, detail: code || message.slice(0, 80) });
  if (/^28/.test(code) || code === "3D000") return said("credentials");
  if (["53300", "57P03", "53400"].includes(code)) return said("busy");
  if (code === "57014" || code === "25P03" || code === "25P04") return said("timeout");
  if (/^57P0[12]$/.test(code) || /^08/.test(code)) return said(connected ? "cut" : "unreachable");
  if (code === "42P01" || code === "3F000") return said("no-table");
  if (code === "42703") return said("no-column");
  if (code === "42501") return said("forbidden");
  if (/^22/.test(code) || ["42883", "42804", "42846", "42809", "25006"].includes(code)) return said("unfit");
  // no SQLSTATE: the connection itself
  if (/^[0-9A-Z]{5}$/.test(code)) return said("other");
  if (/certificate|self.signed|CERT|altname/i.test(`${code} ${message}`)) return said("insecure");
  return said(connected ? "cut" : "unreachable");
}

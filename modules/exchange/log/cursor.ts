/** Keyset paging by instant, then exchange. */
import { malformed } from "#kernel";

export const cursor = (row: { at: Date; exchange: string }): string => `${row.at.toISOString()}~${row.exchange}`;
export function readCursor(text: string | undefined): { at: Date; exchange: string } | undefined {
  if (text === undefined) return undefined;
  const [at = "", exchange = ""] = text.split("~");
  if (Number.isNaN(Date.parse(at)) || !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(exchange)) throw malformed();
  return { at: new Date(at), exchange };
}

/** Open mutual-TLS connections of this program, by the server at their other end: to be counted, and cut when it may no longer call. */
import type { TLSSocket } from "node:tls";
import { perProgram, type Program } from "../memory/program.ts";

interface Connection {
  socket: TLSSocket;
  server: string;
  fingerprint: string;
  way: "to" | "from";
}

const held = perProgram(() => new Set<Connection>());

export function keepConnection(j: Program, c: Connection): void {
  const all = held(j);
  all.add(c);
  c.socket.once("close", () => all.delete(c));
}

export function connectionsOf(j: Program, server: string): { to: number; from: number } {
  const counts = { to: 0, from: 0 };
  for (const one of held(j)) if (one.server === server) counts[one.way] += 1;
  return counts;
}

/** Ends every connection whose certificate does not stand any more; answers how many. */
export function cutConnections(j: Program, stands: (fingerprint: string, server: string) => boolean): number {
  let cut = 0;
  for (const one of held(j)) {
    if (stands(one.fingerprint, one.server)) continue;
    one.socket.destroy();
    cut += 1;
  }
  return cut;
}

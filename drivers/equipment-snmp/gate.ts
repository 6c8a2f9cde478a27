/** What may come in to an SNMP session: net-snmp itself takes answers from anybody, and unsigned ones for signed questions. */
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";

export interface Header {
  version: number;
  flags: number;
  /** Hex; empty in v1 and v2c. */
  engine: string;
  /** Of a plain scoped PDU; undefined when it is encrypted. */
  pdu: number | undefined;
}

/** Reads as far as who speaks and how (RFC 3412, 6); undefined for what is no SNMP message. */
export function headerOf(bytes: Uint8Array): Header | undefined {
  try {
    const all = reader(bytes).enter(0x30);
    const version = all.integer();
    if (version !== 3) return { version, flags: 0, engine: "", pdu: undefined };
    const head = all.enter(0x30);
    head.integer();
    head.integer();
    const flags = head.bytes(0x04)[0] ?? 0;
    const security = reader(all.bytes(0x04)).enter(0x30);
    const engine = Buffer.from(security.bytes(0x04)).toString("hex");
    if (flags & 2) return { version, flags, engine, pdu: undefined };
    const scoped = all.enter(0x30);
    scoped.bytes(0x04);
    scoped.bytes(0x04);
    return { version, flags, engine, pdu: scoped.tag() };
  } catch {
    return undefined;
  }
}

/** The definite lengths of BER (X.690, 8.1.3), which is all that SNMP uses. */
function reader(b: Uint8Array) {
  let at = 0;
  const take = (tag: number): Uint8Array => {
    if (b[at] !== tag) throw new Error("tag");
    let length = b[at + 1] ?? Infinity;
    let from = at + 2;
    if (length > 127) {
      const n = length - 128;
      if (n < 1 || n > 4) throw new Error("length");
      length = b.subarray(from, from + n).reduce((sum, x) => sum * 256 + x, 0);
      from += n;
    }
    if (from + length > b.length) throw new Error("short");
    at = from + length;
    return b.subarray(from, at);
  };
  return {
    tag: () => b[at] ?? 0,
    enter: (tag: number) => reader(take(tag)),
    bytes: take,
    integer: () => take(0x02).reduce((sum, x) => sum * 256 + x, 0),
  };
}

const report = 0xa8;
export const largestDatagram = 65_535;

export interface Watch {
  /** An engine that answered and was not the one approved. */
  stranger: string | undefined;
  /** Datagrams kept out. */
  refused: number;
  bytes: number;
}

/** A `dgram` whose sockets hear only the one asked, and of him only what is secured as the question was. */
export function gate(o: { address: string; port: number; engine: string | undefined; watch: Watch }) {
  const passes = (m: Buffer, from: RemoteInfo): boolean => {
    if (from.address !== o.address || from.port !== o.port) return false;
    const h = headerOf(m);
    if (!h) return false;
    if (o.engine === undefined) return h.version === 1;
    if (h.version !== 3) return false;
    if (h.engine !== o.engine) {
      o.watch.stranger = h.engine;
      return false;
    }
    return (h.flags & 3) === 3 || h.pdu === report;
  };
  return {
    createSocket(transport: string): Socket {
      const socket = createSocket(transport as "udp4");
      const on = socket.on.bind(socket) as (event: string, listener: (...list: never[]) => void) => Socket;
      const guarded = (event: string, listener: (...list: never[]) => void) => {
        if (event !== "message") return on(event, listener);
        return on("message", ((m: Buffer, from: RemoteInfo) => {
          o.watch.bytes += m.length;
          if (passes(m, from)) (listener as unknown as (m: Buffer, from: RemoteInfo) => void)(m, from);
          else o.watch.refused += 1;
        }) as never);
      };
      socket.on = guarded as never;
      return socket;
    },
  };
}

/**
 * The question every SNMPv3 engine answers with its name (RFC 3414, 4): no user, no secret. Sent up to three times.
 */
export async function engineOf(address: string, port: number, milliseconds: number, signal?: AbortSignal): Promise<string | undefined> {
  const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
  const question = Buffer.from(
    "303e0201033011020412345678020300ffe30401040201030410300e0400020100020100040004000400301404000400a00e0204123456780201000201003000",
    "hex",
  );
  const timers: NodeJS.Timeout[] = [];
  try {
    return await new Promise<string | undefined>((done) => {
      socket.on("message", (m, from) => {
        if (from.address !== address || from.port !== port) return;
        const h = headerOf(m);
        // 5 to 32 octets (RFC 3411, SnmpEngineID)
        if (h?.version === 3 && h.pdu === report && /^([0-9a-f]{2}){5,32}$/.test(h.engine)) done(h.engine);
      });
      socket.on("error", () => done(undefined));
      signal?.addEventListener("abort", () => done(undefined), { once: true });
      for (const part of [0, 1, 2])
        timers.push(setTimeout(() => socket.send(question, port, address, (e) => e && done(undefined)), (part * milliseconds) / 3));
      timers.push(setTimeout(() => done(undefined), milliseconds));
    });
  } finally {
    for (const t of timers) clearTimeout(t);
    socket.close();
  }
}

/** Questions to one agent, each bounded: rows, bytes, time; an agent that goes round in circles is told. */
import * as snmp from "net-snmp";
import { EquipmentFault, type EquipmentTarget } from "#network/ports";
import { gate, type Watch } from "./gate.ts";

export type Cell = string | number | bigint | Buffer;
/** Index (the rest of the identifier, dotted) to column to value. */
export type Table = Map<string, Map<number, Cell>>;

export interface Agent {
  /** Instances by identifier; what is not there is left out. */
  scalars(ids: readonly string[]): Promise<Map<string, Cell>>;
  /** Undefined: not one row, so not offered. */
  table(entry: string, columns: readonly number[]): Promise<Table | undefined>;
  close(): void;
}

const protocols = { sha1: "sha", sha256: "sha256", sha384: "sha384", sha512: "sha512" } as const;
/** AES-256 as net-snmp and most makers derive its key (draft-blumenthal-aes-usm-04). */
const ciphers = { aes128: "aes", aes256: "aes256b" } as const;

/** Rows asked for at once: answers stay near one datagram of 1500 bytes a column or two, larger ones come cut and are asked on. */
const repetitions = 12;
/** Milliseconds to an answer, twice over before giving up. */
const patience = 2000;

export function open(t: EquipmentTarget, signal: AbortSignal): Agent {
  const watch: Watch = { stranger: undefined, refused: 0, bytes: 0 };
  const { secret } = t;
  if (secret.kind !== "snmp-v3" && secret.kind !== "snmp-v2c") throw new EquipmentFault("unfit", "no secret for SNMP");
  const options = {
    port: t.port,
    retries: 1,
    timeout: patience,
    version: secret.kind === "snmp-v3" ? snmp.Version3 : snmp.Version2c,
    transport: t.address.includes(":") ? ("udp6" as const) : ("udp4" as const),
    dgramModule: gate({ address: t.address, port: t.port, engine: secret.kind === "snmp-v3" ? t.identity : undefined, watch }),
  };
  const session =
    secret.kind === "snmp-v2c"
      ? snmp.createSession(t.address, secret.community, options)
      : snmp.createV3Session(
          t.address,
          {
            name: secret.user,
            level: snmp.SecurityLevel.authPriv,
            authProtocol: snmp.AuthProtocols[protocols[secret.authentication]]!,
            authKey: secret.authenticationKey,
            privProtocol: snmp.PrivProtocols[ciphers[secret.privacy]]!,
            privKey: secret.privacyKey,
          },
          options,
        );
  let broken: ((error: Error) => void) | undefined;
  session.on("error", (error) => broken?.(error));

  /** One question: an answer, a fault with its name, or the end of patience. */
  const ask = <R>(question: (done: (error: Error | null, result?: R) => void) => void): Promise<R> =>
    new Promise<R>((resolve, reject) => {
      const stop = () => reject(new EquipmentFault("silent", "no answer before the deadline"));
      if (signal.aborted) return stop();
      signal.addEventListener("abort", stop, { once: true });
      // what net-snmp cannot read
      broken = () => reject(new EquipmentFault("malformed", "an answer that is no SNMP"));
      if (watch.bytes > t.bounds.bytes) return reject(new EquipmentFault("too-large", "more bytes than a reading may have"));
      question((error, result) => {
        signal.removeEventListener("abort", stop);
        if (error) reject(faultOf(error, watch));
        else resolve(result as R);
      });
      return undefined;
    });

  return {
    close: () => session.close(),
    async scalars(ids) {
      const list = await ask<snmp.Varbind[]>((done) => session.get([...ids], done));
      return new Map(list.filter((v) => !snmp.isVarbindError(v)).map((v) => [v.oid, cellOf(v)]));
    },
    async table(entry, columns) {
      const rows: Table = new Map();
      let open_ = columns.map((column) => ({ column, at: `${entry}.${column}` }));
      while (open_.length > 0) {
        const asked = open_;
        const oids = asked.map((c) => c.at);
        const answer = await ask<(snmp.Varbind | snmp.Varbind[])[]>((done) => session.getBulk(oids, 0, repetitions, done));
        const still: typeof open_ = [];
        let moved = false;
        asked.forEach((c, i) => {
          const prefix = `${entry}.${c.column}.`;
          const list = ([answer[i] ?? []] as (snmp.Varbind | snmp.Varbind[])[]).flat();
          let { at } = c;
          for (const v of list) {
            if (snmp.isVarbindError(v) || !v.oid.startsWith(prefix)) return;
            if (compare(v.oid, at) <= 0) throw new EquipmentFault("malformed", `${entry}: identifiers that do not grow`);
            at = v.oid;
            moved = true;
            const index = v.oid.slice(prefix.length);
            let row = rows.get(index);
            if (!row) rows.set(index, (row = new Map()));
            row.set(c.column, cellOf(v));
          }
          // a column that no longer fitted into the datagram is asked again
          still.push({ column: c.column, at });
        });
        if (rows.size > t.bounds.rows) throw new EquipmentFault("too-large", `${entry}: more rows than a table may have`);
        if (still.length > 0 && !moved) throw new EquipmentFault("malformed", `${entry}: an empty answer`);
        open_ = still;
      }
      return rows.size > 0 ? rows : undefined;
    },
  };
}

function compare(x: string, y: string): number {
  const [a, b] = [x.split("."), y.split(".")];
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const d = Number(a[i]) - Number(b[i]);
    if (d !== 0) return d;
  }
  return a.length - b.length;
}

function cellOf(v: snmp.Varbind): Cell {
  if (typeof v.value === "number" || typeof v.value === "string" || typeof v.value === "bigint") return v.value;
  if (Buffer.isBuffer(v.value)) return v.type === snmp.ObjectType.Counter64 ? whole(v.value) : v.value;
  return String(v.value);
}
/** Counter64: the octets of an unsigned integer. */
const whole = (b: Buffer): bigint => b.reduce((n, x) => (n << 8n) | BigInt(x), 0n);

/** Words of net-snmp's own errors, never of the agent's. */
function faultOf(error: Error, watch: Watch): EquipmentFault {
  const text = error.message;
  if (watch.stranger) return new EquipmentFault("identity-changed", "another engine answers there", watch.stranger);
  if (/ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EACCES|EPERM|EINVAL/.test(text)) return new EquipmentFault("unreachable", text.slice(0, 80));
  if (error.name === "RequestTimedOutError")
    return watch.refused
      ? new EquipmentFault("silent", `no answer that proves whose it is (${watch.refused} were not taken)`)
      : new EquipmentFault("silent", "the engine is there and does not answer (a wrong privacy password is met with silence)");
  if (/unknown user|wrong digest|decryption error|unsupported security|Failed to decrypt|digest/i.test(text))
    return new EquipmentFault("credentials", "the user, a password or a protocol is not the device's");
  if (/time window/i.test(text)) return new EquipmentFault("malformed", "an answer outside its time window (RFC 3414, 3.2)");
  if (/AuthorizationError|NoAccess|authorization/i.test(text)) return new EquipmentFault("forbidden", "the device refuses this user");
  return new EquipmentFault("malformed", "an answer that does not fit its question");
}

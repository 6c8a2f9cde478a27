// SMS of the demonstration: nothing leaves this machine. Messages are kept in a file so that the telephone page can show
// them, and receipts misbehave on request as carriers do: late, twice, contradicted, never.
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { provide, type Host } from "#kernel";
import { smsPort, type InboxMessage, type Receipt, type SmsDriver } from "#messages/ports";

export interface SmsDemoOptions {
  /** How receipts behave. `contradicted`: a failure is announced first, then delivery. */
  receipts?: "once" | "twice" | "contradicted" | "never";
  /** Milliseconds before a receipt. */
  delay?: number;
  /** The carrier is away: every sending fails for now. */
  down?: () => boolean;
}

const FILE = "demo-phones.jsonl";
const KEPT = 2000;
const SIMULATED_UNKNOWN = /0000$/; // such a number belongs to nobody: the carrier refuses it

const createDriver = (host: Host, o: SmsDemoOptions): SmsDriver => {
  const file = join(host.config.dataDir, FILE);
  const listeners = new Set<(receipt: Receipt) => Promise<void>>();
  const timers = new Set<NodeJS.Timeout>();

  const all = (): (InboxMessage & { key: string })[] =>
    existsSync(file)
      ? readFileSync(file, "utf8")
          .split("\n")
          .filter((line) => line !== "")
          .map((line) => JSON.parse(line))
      : [];
  // What was carried, by key: read once, so that a busy demonstration does not read its whole file for each message.
  let carried: Map<string, string> | undefined;

  const later = (receipt: Receipt): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      for (const listener of listeners)
        listener(receipt).catch((error: unknown) => host.log.warn({ error: String(error) }, "demo receipt not taken"));
    }, o.delay ?? 400);
    timer.unref();
    timers.add(timer);
  };

  const answer = (providerId: string): void => {
    const how = o.receipts ?? "once";
    const receipt = (status: Receipt["status"]): Receipt => ({ providerId, status, at: host.clock.now() });
    if (how === "contradicted") later(receipt("temporary-failure"));
    if (how !== "never") later(receipt("delivered"));
    if (how === "twice") later(receipt("delivered"));
  };

  return {
    name: "sms-demo",
    async send(message) {
      if (o.down?.() === true) throw new Error("the simulated carrier is away");
      if (SIMULATED_UNKNOWN.test(message.to))
        return { kind: "refused", why: "address", detail: "simulated: numbers ending in 0000 do not exist" };
      await mkdir(host.config.dataDir, { recursive: true });
      carried ??= new Map(all().map((one) => [one.key, one.id]));
      const before = carried.get(message.key);
      if (before !== undefined) return { kind: "accepted", providerId: before };
      const id = host.ids.uuid();
      carried.set(message.key, id);
      // An old demonstration must not grow for ever: half is dropped when it is full.
      if (carried.size >= KEPT) {
        const kept = all().slice(-KEPT / 2);
        writeFileSync(file, kept.map((one) => `${JSON.stringify(one)}\n`).join(""), { mode: 0o600 });
        carried = new Map([...kept.map((one): [string, string] => [one.key, one.id]), [message.key, id]]);
      }
      const line = JSON.stringify({ id, key: message.key, at: host.clock.now().toISOString(), to: message.to, text: message.text });
      appendFileSync(file, `${line}\n`, { mode: 0o600 });
      answer(id);
      return { kind: "accepted", providerId: id };
    },
    listen(onReceipt) {
      listeners.add(onReceipt);
      return () => {
        listeners.delete(onReceipt);
        for (const timer of timers) clearTimeout(timer);
      };
    },
    inbox: {
      read: async (address) =>
        all()
          .filter((one) => one.to === address)
          .map(({ id, at, to, text }) => ({ id, at, to, text })),
      addresses: async () => {
        const byNumber = Map.groupBy(all(), (one) => one.to);
        return [...byNumber].map(([address, list]) => ({ address, messages: list.length, last: list.at(-1)?.at ?? "" }));
      },
    },
  };
};

const behaviours = ["once", "twice", "contradicted", "never"] as const;

/** Options may also come from settings: sms_demo_receipts, sms_demo_delay. */
export const smsDemoWith = (o: SmsDemoOptions = {}) =>
  provide(smsPort, (host) => {
    if (host.config.production) throw new Error("sms-demo shows codes to anyone: it does not start in production");
    const wanted = behaviours.find((one) => one === host.config.setting("sms_demo_receipts"));
    const delay = Number(host.config.setting("sms_demo_delay"));
    return createDriver(host, { ...(wanted === undefined ? {} : { receipts: wanted }), ...(delay > 0 ? { delay } : {}), ...o });
  });

export const smsDemo = smsDemoWith();

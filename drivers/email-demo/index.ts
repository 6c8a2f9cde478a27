// E-mail of the demonstration: kept in a file, shown by the demonstration's mailbox page, sent to nobody.
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { provide, type Host } from "#kernel";
import { emailPort, type EmailDriver, type InboxMessage } from "#messages/ports";

const FILE = "demo-mailboxes.jsonl";

const createDriver = (host: Host): EmailDriver => {
  const file = join(host.config.dataDir, FILE);
  const all = (): (InboxMessage & { key: string })[] =>
    existsSync(file)
      ? readFileSync(file, "utf8")
          .split("\n")
          .filter((line) => line !== "")
          .map((line) => JSON.parse(line))
      : [];
  return {
    name: "email-demo",
    async send({ key, to, subject, text }) {
      if (to.endsWith(".invalid")) return { kind: "refused", why: "address", detail: "simulated: .invalid has no mailbox (RFC 2606)" };
      const before = all().find((one) => one.key === key);
      if (before !== undefined) return { kind: "accepted", providerId: before.id };
      const id = host.ids.uuid();
      mkdirSync(host.config.dataDir, { recursive: true });
      appendFileSync(file, `${JSON.stringify({ id, key, at: host.clock.now().toISOString(), to, subject, text })}\n`, { mode: 0o600 });
      return { kind: "accepted", providerId: id };
    },
    inbox: {
      read: async (address) =>
        all()
          .filter((one) => one.to.toLowerCase() === address.toLowerCase())
          .map(({ key: _key, ...message }) => message),
      addresses: async () => {
        const byAddress = Map.groupBy(all(), (one) => one.to);
        return [...byAddress].map(([address, list]) => ({ address, messages: list.length, last: list.at(-1)?.at ?? "" }));
      },
    },
  };
};

export const emailDemo = provide(emailPort, (host) => {
  if (host.config.production) throw new Error("email-demo shows mail to anyone: it does not start in production");
  return createDriver(host);
});

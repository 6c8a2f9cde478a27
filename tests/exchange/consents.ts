/** A house where consents are asked: two people with telephones that receive codes, and a register that answers what a test says. */
import { createServer, type Server } from "node:http";
import { exchange, setBase } from "#exchange";
import { accountForPhone, attachRegisterIdentity, identity } from "#identity";
import { identityRegister, simSignal } from "#identity/ports";
import { type PersonCaller, provide } from "#kernel";
import { world, type World } from "#kernel/testing";
import { messages } from "#messages";
import { emailPort, smsPort } from "#messages/ports";
import { registry } from "#registry";
import { trust } from "#trust";
import { testKeys } from "#trust/conformance";
import { openExchangePort } from "../../apps/server/exchange-port.ts";
import { consentsOfExchange, personsOfExchange } from "../../apps/server/persons-of-exchange.ts";

export const nips = { mariam: "99199400000169139", adama: "99198500000353836" };

export interface ConsentWorld {
  w: World;
  url: string;
  mariam: PersonCaller;
  adama: PersonCaller;
  sent: { to: string; text: string }[];
  system: Server;
  /** What the register answers, and what the operators say of a SIM. */
  says: { rows: object[]; sim: { kind: "unsupported" } | { kind: "changed"; at: Date } };
  close(): Promise<void>;
}

export async function consentWorld(): Promise<ConsentWorld> {
  const sent: ConsentWorld["sent"] = [];
  const says: ConsentWorld["says"] = { rows: [], sim: { kind: "unsupported" } };
  const system = createServer((_, res) =>
    res.writeHead(200, { "content-type": "application/json", "Exchange-Consent": "invented" }).end(JSON.stringify({ rows: says.rows })),
  );
  const w = await world({
    modules: [registry, messages, trust, identity, exchange],
    drivers: [
      testKeys,
      personsOfExchange,
      consentsOfExchange,
      provide(identityRegister, () => ({
        holderOf: async () => ({ kind: "unavailable" as const }),
        person: async () => ({ kind: "unavailable" as const }),
      })),
      provide(simSignal, () => ({ lastChange: async () => says.sim })),
      provide(smsPort, () => ({
        name: "test",
        send: async (m) => {
          sent.push({ to: m.to, text: m.text });
          return { kind: "accepted" as const, providerId: m.key };
        },
      })),
      provide(emailPort, () => ({ name: "test", send: async (m) => ({ kind: "accepted" as const, providerId: m.key }) })),
    ],
    country: "bf",
  });
  const enrol = async (nip: string, phone: string, givenNames: string): Promise<PersonCaller> => {
    const ids = await w.transaction(async (ctx) => {
      const account = await accountForPhone(ctx, phone);
      const entry = { identityNumber: nip, familyName: "Essai", givenNames, birthDate: "1990-01-01", phones: [phone], documents: [] };
      return attachRegisterIdentity(ctx, { account, entry });
    });
    return w.citizen(ids);
  };
  await new Promise<void>((done) => system.listen(0, "127.0.0.1", done));
  await w.transaction((ctx) => setBase(ctx, "sandbox", `http://127.0.0.1:${(system.address() as { port: number }).port}`));
  const port = (await openExchangePort(w.kernel, 0))!;
  return {
    w,
    url: port.url,
    mariam: await enrol(nips.mariam, "+22670000011", "Mariam"),
    adama: await enrol(nips.adama, "+22670000013", "Adama"),
    sent,
    system,
    says,
    async close() {
      await port.stop();
      system.closeAllConnections();
      system.close();
      await w.close();
    },
  };
}

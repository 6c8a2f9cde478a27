/** Consents as the portal's pages show them: waiting, in force with its reads, taken back, refused at a counter. */
import { defineModule, implement, problem, type Module } from "#kernel";
import * as exchange from "#exchange/api";

const id = (n: number) => `01931d0a-0000-7000-8000-00000000010${n}`;
export const consentIds = { asked: id(1), given: id(2), withdrawn: id(3), counter: id(4), lapsed: id(5) };

const common = {
  client: { id: "XX/GOV/FAMILY/SOCIAL", name: "Ministère de la Famille et de la Solidarité" },
  provider: { institution: "power", name: "Société nationale d’électricité" },
  service: { id: "XX/GOV/POWER/ABONNES/contracts", title: "Contrats d’électricité" },
  purpose: "Attribuer une aide sociale",
  fields: ["Numéro d’identité", "Puissance (A)", "Situation"],
  basis: "Loi sur la protection des données personnelles\u202f: le consentement de la personne est la règle",
  askedAt: "2026-11-22T09:00:00Z",
  lapsesAt: "2026-12-22T09:00:00Z",
  days: 90,
  uses: 0,
};
const answered = { answeredAt: "2026-11-22T10:00:00Z", until: "2027-02-20T10:00:00Z", fact: id(9) };
const consents: exchange.ConsentView[] = [
  { ...common, id: id(1), state: "asked", issue: "AIDE-2026-0417" },
  { ...common, ...answered, id: id(2), state: "given", how: "page", uses: 2 },
  { ...common, ...answered, id: id(3), state: "withdrawn", how: "page", withdrawnAt: "2026-11-23T08:00:00Z" },
  { ...common, ...answered, id: id(4), state: "expired", how: "counter", until: "2026-11-22T10:00:00Z", uses: 1 },
  { ...common, id: id(5), state: "lapsed" },
];
const read = {
  exchange: "5f1c-99",
  at: "2026-11-23T09:00:00Z",
  client: common.client,
  provider: { ...common.provider, kind: "http" as const },
  service: common.service.title,
  purpose: common.purpose,
  fields: common.fields,
  outcome: "answered" as const,
  consent: id(2),
  fact: id(9),
};
const unknown = problem("exchange.consent-unknown-sample", 404, { fr: "Cet accord n’existe pas.", en: "There is no such consent." });

const { myConsents, myConsent, giveConsent, refuseConsent, withdrawConsent, readReceipt } = exchange;
export const exchangeFake = (state: { empty: boolean }): Module => {
  const one = (wanted: string): exchange.ConsentView => {
    const found = consents.find((c) => c.id === wanted);
    if (!found) throw unknown();
    return found;
  };
  return defineModule({
    name: "exchange",
    floor: 1,
    handlers: implement(
      { myConsents, myConsent, giveConsent, refuseConsent, withdrawConsent, readReceipt },
      {
        myConsents: async () => ({ consents: state.empty ? [] : consents }),
        myConsent: async (_ctx, q) => ({
          consent: one(q.id),
          reads: one(q.id).uses > 0 ? [read, { ...read, at: "2026-11-22T11:00:00Z" }] : [],
        }),
        giveConsent: async (_ctx, q) => one(q.id),
        refuseConsent: async (_ctx, q) => one(q.id),
        withdrawConsent: async (_ctx, q) => one(q.id),
        readReceipt: async (_ctx, q) =>
          q.id === id(4) ? {} : { receipt: { payload: "e30", protected: "e30", header: { x5c: ["AAAA"] }, signature: "AAAA" } },
      },
    ),
  });
};

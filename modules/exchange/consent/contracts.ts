/** Consent: what a person was asked to agree to, what she answered, and the counter where she answers in person. */
import { contract, official, permission, person, T, type Static } from "#kernel";
import { At, Identifier, ReadOfMe } from "../shapes.ts";

export const askConsents = permission(
  "exchange.ask-consent",
  { fr: "Demander et recueillir l’accord des personnes", en: "Ask people for their consent and take it at a counter" },
  { sensitive: true },
);

const Uuid = T.String({ pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" });
const State = T.Enum(["asked", "given", "refused", "withdrawn", "expired", "lapsed"]);

const common = {
  id: Uuid,
  state: State,
  client: T.Object({ id: Identifier, name: T.String() }),
  provider: T.Object({ institution: T.String(), name: T.String() }),
  service: T.Object({ id: Identifier, title: T.String() }),
  purpose: T.String(),
  /** Labels of what may be read; whoever answers keeps the rest back. */
  fields: T.Array(T.String()),
  /** The text that asks for a consent. */
  basis: T.String(),
  issue: T.Optional(T.String()),
  askedAt: At,
  /** An answer is waited for until then. */
  lapsesAt: At,
  /** How long it would last, or lasts, from the day it is given. */
  days: T.Integer(),
  answeredAt: T.Optional(At),
  how: T.Optional(T.Enum(["page", "counter"])),
  until: T.Optional(At),
  withdrawnAt: T.Optional(At),
};
/** As the person herself sees it. */
export const ConsentView = T.Object({
  ...common,
  /** Reads that named it. */
  uses: T.Integer(),
  /** The fact to check against the sealed log. */
  fact: T.Optional(Uuid),
});
export type ConsentView = Static<typeof ConsentView>;
/** As the institution that asked sees it: never who she is. */
export const ConsentAsked = T.Object(common);
export type ConsentAsked = Static<typeof ConsentAsked>;

const mine = "/api/exchange/consents-of-me";
const owner = person({ level: "substantial" });

export const myConsents = contract({
  id: "exchange.my-consents",
  method: "GET",
  path: mine,
  summary: "What I was asked to agree to, what I agreed to, and what has ended; open questions first",
  who: owner,
  input: T.Object({}),
  output: T.Object({ consents: T.Array(ConsentView) }),
});
export const myConsent = contract({
  id: "exchange.my-consent",
  method: "GET",
  path: `${mine}/{id}`,
  summary: "One consent of mine, with the reads that used it",
  who: owner,
  input: T.Object({ id: Uuid }),
  output: T.Object({ consent: ConsentView, reads: T.Array(ReadOfMe) }),
});
export const giveConsent = contract({
  id: "exchange.give-consent",
  method: "POST",
  path: `${mine}/{id}/given`,
  summary: "Agree to exactly what was asked",
  who: owner,
  input: T.Object({ id: Uuid }),
  output: ConsentView,
});
export const refuseConsent = contract({
  id: "exchange.refuse-consent",
  method: "POST",
  path: `${mine}/{id}/refused`,
  summary: "Do not agree",
  who: owner,
  input: T.Object({ id: Uuid }),
  output: ConsentView,
});
export const withdrawConsent = contract({
  id: "exchange.withdraw-consent",
  method: "POST",
  path: `${mine}/{id}/withdrawn`,
  summary: "Take a consent back: from now on nothing is read under it",
  who: owner,
  input: T.Object({ id: Uuid }),
  output: ConsentView,
});
export const readReceipt = contract({
  id: "exchange.read-consent-receipt",
  method: "GET",
  path: `${mine}/{id}/receipt`,
  summary:
    "My copy: a record of the consent (ISO/IEC TS 27560:2023, 6.3 and 6.4) under a signature (RFC 7515, 7.2.2) that verify/consent-receipt.mjs checks",
  who: owner,
  input: T.Object({ id: Uuid }),
  output: T.Object({
    /** Absent for the moment it takes to be signed. */
    receipt: T.Optional(
      T.Object({
        payload: T.String(),
        protected: T.String(),
        header: T.Object({ x5c: T.Array(T.String()) }),
        signature: T.String(),
      }),
    ),
  }),
});

const path = "/api/exchange/consents";
export const listConsentOffers = contract({
  id: "exchange.list-consent-offers",
  method: "GET",
  path: "/api/exchange/consent-offers",
  summary: "For which services and purposes one’s institution needs the consent of the person concerned",
  who: official(askConsents),
  input: T.Object({}),
  output: T.Object({
    offers: T.Array(
      T.Object({
        client: Identifier,
        service: T.Object({ id: Identifier, title: T.String() }),
        provider: T.String(),
        purpose: T.Object({ code: T.String(), label: T.String() }),
        fields: T.Array(T.String()),
        basis: T.String(),
        days: T.Integer(),
      }),
    ),
  }),
});
export const listConsentsAsked = contract({
  id: "exchange.list-consents-asked",
  method: "GET",
  path,
  summary: "The requests of one’s own institution and how they were answered, newest first",
  who: official(askConsents),
  input: T.Object({}),
  output: T.Object({ consents: T.Array(ConsentAsked) }),
});
export const readConsentAsked = contract({
  id: "exchange.read-consent-asked",
  method: "GET",
  path: `${path}/{id}`,
  summary: "One request of one’s own institution",
  who: official(askConsents),
  input: T.Object({ id: Uuid }),
  output: ConsentAsked,
});
export const askConsent = contract({
  id: "exchange.ask-consent",
  method: "POST",
  path,
  summary: "Ask a person for her consent; present at the counter, she gets a code to read out",
  who: official(askConsents),
  input: T.Object({
    client: Identifier,
    service: Identifier,
    purpose: T.String({ maxLength: 100 }),
    identityNumber: T.String({ pattern: "^[A-Za-z0-9 ./-]{4,40}$" }),
    /** The case it is for. */
    issue: T.Optional(T.String({ pattern: "^[!-~]{1,60}$" })),
    /** She stands at the counter. */
    present: T.Boolean(),
  }),
  output: ConsentAsked,
});
export const concludeConsent = contract({
  id: "exchange.conclude-consent",
  method: "POST",
  path: `${path}/{id}/code`,
  summary: "The person at the counter agreed: she read the code out that was sent to her telephone",
  who: official(askConsents),
  input: T.Object({ id: Uuid, code: T.String({ minLength: 1, maxLength: 32 }) }),
  output: ConsentAsked,
});

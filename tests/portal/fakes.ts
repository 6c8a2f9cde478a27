/** Modules that answer the portal's contracts from samples: for looking at pages, not for proving journeys. */
import { defineModule, implement, problem, type Caller, type Module } from "#kernel";
import * as identity from "#identity/api";
import * as messages from "#messages/api";
import * as registry from "#registry/api";
import * as services from "#services/api";
import * as trust from "#trust/api";
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { exchangeFake } from "./consents.ts";
import {
  cases,
  correctionForm,
  evidenceFor,
  form,
  lifeEvents,
  payments,
  procedure,
  summaries,
  offline,
  entry as offlineEntry,
} from "./samples.ts";

const person = "01931d0a-0000-7000-8000-000000000001";
export const sessions: Record<string, Caller> = {
  "session-of-mariam-000000000": { kind: "person", account: person, person, level: "substantial", session: "s" },
  "session-of-stranger-low-000": { kind: "person", account: person, person: null, level: "low", session: "s" },
};
export const mariam = { toguna: "session-of-mariam-000000000" };
export const low = { toguna: "session-of-stranger-low-000" };

const unknown = problem("services.case-unknown-sample", 404, { fr: "Ce dossier n’existe pas.", en: "There is no such case." });
const procedureUnknown = problem("services.procedure-unknown", 404, {
  fr: "Cette démarche n’existe pas.",
  en: "There is no such procedure.",
});
const refused = problem("services.payment-refused-sample", 422, {
  fr: "Le paiement n’a pas pu partir.",
  en: "The payment could not leave.",
});
const found = <V>(all: Record<string, V>, number: string): V => {
  const one = all[number];
  if (one === undefined) throw unknown();
  return one;
};

/** What the account looks like; tests set it. */
export const state = { proof: "none" as string, empty: false };

function account(caller: Caller) {
  const level = caller.kind === "person" ? caller.level : "low";
  return {
    account: person,
    person,
    kind: "person" as const,
    level,
    reachable: state.proof === "matched" ? ("substantial" as const) : level,
    ...(level === "low" ? {} : { name: "NIKIÉMA Mariam Awa" }),
    phones: [{ id: person, shown: "+226 70 •• •• 11", verifiedAt: "2026-11-20T08:00:00Z" }],
    proof: { state: state.proof as never, since: "2026-11-23T09:00:00Z" },
    passkeys: state.empty ? [] : [{ id: person, label: "Mon téléphone", addedAt: "2026-11-20T08:00:00Z", level: "substantial" as const }],
    totp: false,
    sessions: [
      {
        id: person,
        method: "phone-code" as const,
        level,
        startedAt: "2026-11-23T08:00:00Z",
        seenAt: "2026-11-23T09:00:00Z",
        expiresAt: "2026-11-23T20:00:00Z",
        current: true,
      },
      {
        id: "01931d0a-0000-7000-8000-000000000002",
        method: "passkey" as const,
        level,
        startedAt: "2026-11-21T08:00:00Z",
        seenAt: "2026-11-22T09:00:00Z",
        expiresAt: "2026-11-23T20:00:00Z",
        current: false,
      },
    ],
  };
}

const pick = <A extends Record<string, unknown>, K extends keyof A>(api: A, ...names: K[]): Pick<A, K> =>
  Object.fromEntries(names.map((name) => [name, api[name]])) as Pick<A, K>;

const verification = (verdict: "valid" | "unknown" | "altered") => ({
  verdict,
  sentence:
    verdict === "valid"
      ? "L’acte a été délivré et n’a pas changé."
      : verdict === "altered"
        ? "Le fichier a été changé après la signature."
        : "Vérifiez les chiffres.",
  ...(verdict === "unknown"
    ? {}
    : {
        number: "4831 0927 5516",
        title: procedure.title,
        institution: "Tribunal de Koudougou",
        issuedAt: "2026-11-24T10:20:00Z",
        validUntil: "2026-12-24",
        holder: "M. A. N.",
        legalStatus: "Démonstration, sans valeur légale",
      }),
  contents: verdict === "valid" ? [{ label: "Conclusion", value: "NÉANT" }] : [],
  checks:
    verdict === "unknown"
      ? []
      : [
          { what: "La signature est celle du tribunal", passed: true },
          { what: "Le fichier n’a pas changé depuis", passed: verdict === "valid" },
        ],
});

function entry() {
  const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const header = '{"at":"2026-11-23T09:00:02.000Z","type":"kernel.personal-read"}';
  const dataHash = "ab".repeat(32);
  const leaf = createHash("sha256").update(Uint8Array.of(0)).update(header).update(Buffer.from(dataHash, "hex")).digest("hex");
  const checkpoint = `sample\n1\n${Buffer.from(leaf, "hex").toString("base64")}\n`;
  const signature = sign("sha256", Buffer.from(checkpoint), { key: keys.privateKey, dsaEncoding: "ieee-p1363" }).toString("base64");
  return {
    index: 0,
    size: 1,
    leaf,
    proof: [],
    header,
    dataHash,
    head: { origin: "sample", size: 1, root: leaf, at: "2026-11-23T09:00:03Z", checkpoint, signature, certificate: "none" },
  };
}

export const fakes: Module[] = [
  exchangeFake(state),
  defineModule({
    name: "services",
    floor: 2,
    handlers: implement(
      pick(
        services,
        "searchCatalogue",
        "listLifeEvents",
        "readProcedure",
        "readEntry",
        "startCase",
        "listCases",
        "readCase",
        "readEvidencePlan",
        "authoriseEvidence",
        "readForm",
        "saveAnswers",
        "submitCase",
        "answerCorrection",
        "abandonCase",
        "downloadDocument",
        "listMessages",
        "writeMessage",
        "readsOf",
        "startPayment",
        "readPayment",
        "verifyNumber",
        "verifyFile",
        "verifyCode",
      ),
      {
        searchCatalogue: async (_ctx, { q = "" }) => ({
          q,
          results: q === "rien" ? [] : [...summaries, offline],
          corrected: q === "cazier",
          lifeEvents,
        }),
        listLifeEvents: async () => ({ lifeEvents }),
        readProcedure: async (_ctx, { slug }) => {
          if (slug !== procedure.slug) throw procedureUnknown();
          return procedure;
        },
        readEntry: async (_ctx, { slug }) => found({ [offlineEntry.slug]: offlineEntry }, slug),
        startCase: async () => ({ number: "CASE-NEW", version: 1, state: "draft" }),
        listCases: async () => ({
          cases: state.empty
            ? []
            : Object.values(cases).map((one) => ({
                number: one.number,
                title: one.procedure.title,
                state: one.state,
                stateLabel: one.stateLabel,
                startedAt: one.startedAt,
                ...(one.office ? { office: one.office.name } : {}),
                ...(one.clock?.dueAt ? { dueAt: one.clock.dueAt } : {}),
                yourTurn: one.next !== "none" && !one.next.startsWith("wait"),
              })),
        }),
        readCase: async (_ctx, { number }) => found(cases, number),
        readEvidencePlan: async (_ctx, { number }) => ({
          number,
          version: 4,
          title: found(cases, number).procedure.title,
          authorised: number !== "CASE-NEW",
          complete: !(number in evidenceFor),
          evidence: found(cases, number).evidence,
        }),
        authoriseEvidence: async (_ctx, { number }) => ({ number, version: 5, state: "evidence" }),
        readForm: async (_ctx, { number }) => (number === "CASE-FIX" ? correctionForm() : form(number)),
        saveAnswers: async (_ctx, { number, answers }) => ({
          number,
          version: 5,
          state: "draft",
          complete: false,
          problems: answers["purpose"] === "other" ? [{ path: "purpose", message: "Choisissez une autre réponse." }] : [],
        }),
        submitCase: async (_ctx, { number }) => ({ number, version: 6, state: "payment-pending" }),
        answerCorrection: async (_ctx, { number }) => ({ number, version: 7, state: "submitted" }),
        abandonCase: async (_ctx, { number }) => ({ number, version: 8, state: "abandoned" }),
        downloadDocument: async () => ({
          fileName: "acte.pdf",
          mediaType: "application/pdf",
          size: 4,
          content: Buffer.from("%PDF").toString("base64"),
        }),
        listMessages: async (_ctx, { number }) => ({
          number,
          messages:
            number === "CASE-PAID"
              ? [
                  {
                    id: "1",
                    from: "applicant" as const,
                    author: "",
                    at: "2026-11-23T10:00:00Z",
                    text: "Bonjour,\nquand sera-ce prêt\u202f?",
                  },
                  {
                    id: "2",
                    from: "office" as const,
                    author: "Tribunal de Koudougou",
                    at: "2026-11-23T11:00:00Z",
                    text: "Avant mercredi midi.",
                  },
                ]
              : [],
        }),
        writeMessage: async () => ({ id: "3", from: "applicant", author: "", at: "2026-11-23T12:00:00Z", text: "" }),
        readsOf: async () => ({
          person,
          reads: state.empty
            ? []
            : [
                {
                  at: "2026-11-23T09:00:02Z",
                  institution: "Office national d’identification",
                  reader: "registre des personnes",
                  purpose: "Établir au nom de qui l’acte est demandé",
                  what: "nom, prénoms, naissance",
                  case: "CASE-PAID",
                  exchange: "5f1c-77",
                  consent: "01931d0a-0000-7000-8000-000000000102",
                  fact: person,
                },
                {
                  at: "2026-11-23T09:30:00Z",
                  institution: "Tribunal de Koudougou",
                  reader: "greffier",
                  purpose: "Instruire un dossier",
                  what: "dossier",
                  fact: person,
                },
              ],
        }),
        startPayment: async () => {
          throw refused({ fields: [{ path: "otp", message: { fr: "Ce code est faux.", en: "This code is wrong." } }] });
        },
        readPayment: async (_ctx, { number }) => found(payments, number),
        verifyNumber: async (_ctx, { number }) => verification(number.replace(/\D/g, "") === "483109275516" ? "valid" : "unknown"),
        verifyFile: async () => verification("altered"),
        verifyCode: async () => verification("valid"),
      },
    ),
  }),
  defineModule({
    name: "identity",
    floor: 0,
    handlers: implement(
      pick(
        identity,
        "startPhoneSignIn",
        "verifyPhoneCode",
        "beginPasskeySignIn",
        "finishPasskeySignIn",
        "beginPasskey",
        "finishPasskey",
        "removePasskey",
        "readMyAccount",
        "signOut",
        "refreshSession",
        "endSession",
        "endOtherSessions",
        "requestRegisterProof",
        "reportSimChange",
        "startPhoneChange",
        "confirmPhoneChange",
        "readInteraction",
        "answerInteraction",
        "readDemoCodes",
        "listMyApplications",
        "endMyApplication",
      ),
      {
        startPhoneSignIn: async (_ctx, { phone }) => ({
          challenge: "c".repeat(20),
          phone,
          reference: "K7",
          expiresAt: "2026-11-23T09:10:00Z",
          resendAfter: 30,
          sendsIn: 0,
        }),
        verifyPhoneCode: async (_ctx, { code }) => {
          if (code !== "123456")
            throw refused({ fields: [{ path: "code", message: { fr: "Ce code est faux.", en: "This code is wrong." } }] });
          return {
            token: "session-of-mariam-000000000",
            expiresAt: "2026-11-23T20:00:00Z",
            level: "substantial",
            kind: "person",
            first: false,
          };
        },
        beginPasskeySignIn: async () => ({ challenge: "c".repeat(20), options: '{"challenge":"AAAA"}' }),
        finishPasskeySignIn: async () => {
          throw refused();
        },
        beginPasskey: async () => ({ challenge: "c".repeat(20), options: '{"challenge":"AAAA"}' }),
        finishPasskey: async () => ({ passkey: person }),
        removePasskey: async () => ({}),
        readMyAccount: async (ctx) => account(ctx.caller),
        signOut: async () => ({}),
        refreshSession: async () => ({
          token: "session-of-mariam-000000000",
          expiresAt: "2026-11-23T20:00:00Z",
          level: "substantial",
          kind: "person",
          first: false,
        }),
        endSession: async () => ({}),
        endOtherSessions: async () => ({ ended: 1 }),
        requestRegisterProof: async () => ({ state: "waiting" }),
        reportSimChange: async () => ({ level: "low" }),
        startPhoneChange: async (_ctx, { phone }) => ({
          challenge: "c".repeat(20),
          phone,
          reference: "K7",
          expiresAt: "2026-11-23T09:10:00Z",
          resendAfter: 30,
          sendsIn: 0,
        }),
        confirmPhoneChange: async () => ({ level: "low" }),
        readInteraction: async (_ctx, { interaction }) => ({
          interaction,
          application: "Portail des impôts",
          institution: "tax-office",
          purpose: "Ouvrir votre dossier fiscal",
          step: "consent",
          level: "substantial",
          shares: ["Votre nom", "Votre numéro de téléphone"],
          next: "/oidc/interaction/x",
          redirectOrigin: "https://impots.example",
        }),
        answerInteraction: async () => ({ next: "/oidc/interaction/x" }),
        listMyApplications: async () => ({
          applications: state.empty
            ? []
            : [
                {
                  client: "impots",
                  application: "Portail des impôts",
                  institution: "tax",
                  shares: ["Votre nom"],
                  since: "2026-11-20T08:00:00Z",
                },
              ],
        }),
        endMyApplication: async () => ({}),
        readDemoCodes: async () => ({
          officials: [{ username: "boureima.sawadogo", name: "Boureima Sawadogo", code: "221 870", secondsLeft: 12 }],
        }),
      },
    ),
  }),
  defineModule({
    name: "registry",
    floor: 0,
    handlers: implement(pick(registry, "listDemoPeople", "readInstitution"), {
      readInstitution: async (_ctx, { id }) => ({
        id,
        code: "XX/GOV/TAX",
        name: "Direction générale des impôts",
        kind: "directorate",
        division: "capital",
        basis: "illustrative",
        state: "active",
        version: 1,
        within: [],
        ground: {},
        sites: [],
        offices: [],
      }),
      listDemoPeople: async () => ({
        people: [
          {
            id: "mariam",
            kind: "citizen" as const,
            name: "Mariam Awa Nikiéma",
            introduction: "Elle a besoin d’un casier pour un concours.",
            phone: "+22670000011",
          },
          {
            id: "boureima",
            kind: "official" as const,
            name: "Boureima Sawadogo",
            introduction: "Il instruit et décide.",
            login: "boureima.sawadogo",
            role: "Greffier",
            institution: "Tribunal de Koudougou",
          },
        ],
        counts: { sourced: 210, derived: 190, illustrative: 22 },
      }),
    }),
  }),
  defineModule({
    name: "messages",
    floor: 0,
    handlers: implement(pick(messages, "listDemoPhones", "readDemoPhone"), {
      listDemoPhones: async () => ({ phones: state.empty ? [] : [{ address: "+22670000011", messages: 2, last: "2026-11-23T09:00:00Z" }] }),
      readDemoPhone: async (_ctx, { number }) => ({
        number,
        messages: state.empty
          ? []
          : [{ id: "1", at: "2026-11-23T09:00:00Z", to: number, text: "Votre code : 123456. Ne le donnez à personne." }],
      }),
    }),
  }),
  defineModule({
    name: "trust",
    floor: 0,
    handlers: implement(pick(trust, "readMyEntry"), { readMyEntry: async () => entry() }),
  }),
];

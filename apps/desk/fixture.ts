/**
 * A house of the test's own for the desk's pages: the contracts the desk speaks, answered from a few cases in memory.
 * The journeys (tests/journeys) use the real modules; here the pages alone are looked at, in every state.
 */
import * as exchange from "#exchange/api";
import * as identity from "#identity/api";
import * as registry from "#registry/api";
import * as services from "#services/api";
import { conflict, defineModule, notFound, problem, type Contract, type Implemented, type OfficialCaller, type OutputOf } from "#kernel";
import { world, type World, type WorldOptions } from "#kernel/testing";
import { desk } from "./index.ts";

type DeskCase = OutputOf<typeof services.readDeskCase>;
type HandRequest = OutputOf<typeof exchange.readHandRequest>;

export const account = "018f0000-0000-7000-8000-000000000001";
export const colleague = "018f0000-0000-7000-8000-000000000002";
const applicant = "018f0000-0000-7000-8000-00000000000a";
export const hostile = '<script>alert("x")</script>';

const wrongCode = problem("desktest.sign-in-refused", 401, {
  fr: "Identifiant, mot de passe ou code inexact.",
  en: "User name, password or code is wrong.",
});

function conviction(id: string, offence: string, disclosable: boolean, reason?: string) {
  return {
    id,
    rows: [
      { label: "Date", value: "14 mai 2016" },
      { label: "Juridiction", value: "Tribunal de grande instance de Koudougou" },
      { label: "Infraction", value: offence },
      { label: "Peine", value: "Emprisonnement de douze mois avec sursis" },
    ],
    disclosable,
    ...(reason ? { reason } : {}),
  };
}

function candidate(id: string, found: { birth: string; place: string; father: string }): services.Candidate {
  const like = (asked: string, other: string) => (asked === other ? ("same" as const) : ("different" as const));
  return {
    id,
    reference: `TGI-KDG-${id}`,
    score: 61,
    matches: [
      { label: "Nom", asked: "NIKIÉMA", found: "NIKIEMA", alike: "near" },
      { label: "Prénoms", asked: "Mariam Awa", found: "Mariam", alike: "near" },
      { label: "Date de naissance", asked: "12 mars 1994", found: found.birth, alike: like("12 mars 1994", found.birth) },
      { label: "Lieu de naissance", asked: "Koudougou", found: found.place, alike: like("Koudougou", found.place) },
      { label: "Père", asked: "NIKIÉMA Salif", found: found.father, alike: like("NIKIÉMA Salif", found.father) },
      { label: "Mère", asked: "ZONGO Bibata", found: "", alike: "unknown" },
    ],
    convictions: [conviction(`${id}-1`, "Escroquerie", false, "Condamnation avec sursis, délai d’épreuve achevé sans révocation.")],
  };
}

export function caseFile(number: string, change: Partial<DeskCase> = {}): DeskCase {
  return {
    number,
    version: 3,
    state: "submitted",
    stateLabel: "À prendre en charge",
    institution: { id: "bf-tgi-koudougou", name: "Tribunal de grande instance de Koudougou" },
    procedure: { slug: "casier-judiciaire", title: "Casier judiciaire, bulletin n°\u00a03", version: 2 },
    applicant: { person: applicant, name: "NIKIÉMA Mariam Awa" },
    submittedAt: "2026-11-20T10:12:00Z",
    clock: {
      text: "48\u00a0heures ouvrables",
      dueAt: "2026-11-27T16:00:00Z",
      remainingMinutes: 31 * 60 + 20,
      totalMinutes: 48 * 60,
      stopped: false,
      late: false,
    },
    mine: false,
    actions: ["claim"],
    answers: [
      {
        id: "use",
        title: "Votre demande",
        rows: [
          { path: "purpose", label: "À quoi servira l’extrait", value: "Concours de la fonction publique" },
          { path: "otherNames", label: "Autres noms portés", value: hostile },
        ],
      },
    ],
    correctable: [
      { path: "purpose", label: "À quoi servira l’extrait" },
      { path: "otherNames", label: "Autres noms portés" },
    ],
    evidence: [
      {
        id: "identity",
        title: "Identité",
        holder: "Office national d’identification",
        purpose: "Délivrance d’un extrait de casier judiciaire",
        legalBasis: "Code de procédure pénale",
        fields: ["Nom", "Prénoms", "Naissance"],
        state: "received",
        stateLabel: "Reçue",
        askedAt: "2026-11-20T10:02:00Z",
        answeredAt: "2026-11-20T10:02:04Z",
        exchange: "7b1c2f4e-5d7a-4c7f-9a71-52a8a0f0c111",
        answeredBy: "register",
        data: [
          { label: "Nom", value: "NIKIÉMA" },
          { label: "Prénoms", value: "Mariam Awa" },
          { label: "Née le", value: "12 mars 1994" },
        ],
      },
      {
        id: "birth",
        title: "Acte de naissance",
        holder: "Centre d’état civil de Koudougou",
        purpose: "Délivrance d’un extrait de casier judiciaire",
        legalBasis: "Code des personnes et de la famille",
        fields: ["Acte", "Père", "Mère"],
        byHand: "Un officier de l’état civil répond registre en main.",
        state: "received",
        stateLabel: "Reçue",
        askedAt: "2026-11-20T10:02:00Z",
        answeredAt: "2026-11-20T11:47:00Z",
        exchange: "9c0d66ac-0f0b-4d2c-8a0d-6f1d10d0b222",
        answeredBy: "person",
        data: [
          { label: "Acte", value: "1994/0112" },
          { label: "Père", value: "NIKIÉMA Salif" },
          { label: "Mère", value: "ZONGO Bibata" },
        ],
      },
    ],
    search: {
      state: "to-do",
      holder: "Registre des condamnations du tribunal de Koudougou",
      purpose: "Établir le bulletin n°\u00a03",
      legalBasis: "Code de procédure pénale",
      criteria: [
        { label: "Nom", value: "NIKIÉMA" },
        { label: "Prénoms", value: "Mariam Awa" },
        { label: "Date de naissance", value: "12 mars 1994" },
      ],
      candidates: [],
      left: 0,
    },
    fees: { currency: "XOF", total: 750, lines: [] },
    receipt: {
      number: "TGI-KDG-2026-00042",
      at: "2026-11-20T10:11:00Z",
      institution: "Tribunal de grande instance de Koudougou",
      total: 750,
      currency: "XOF",
      operator: "Orange Money",
      operatorReference: "OM-8842-1120",
      lines: [
        { label: "Droit de timbre", payee: "Trésor public", amount: 300 },
        { label: "Frais de service", payee: "Opérateur du portail", amount: 450 },
      ],
    },
    grounds: [
      { code: "identity", text: "L’identité du demandeur n’a pas pu être établie", legalBasis: "Code de procédure pénale" },
      { code: "third-party", text: "Le bulletin est demandé pour une autre personne" },
    ],
    history: [
      { at: "2026-11-20T10:00:00Z", label: "Demande commencée" },
      { at: "2026-11-20T10:12:00Z", label: "Demande déposée, droits payés" },
    ],
    ...change,
  };
}

/** What a case becomes as it is handled; enough of the services module's rules for the pages to move. */
function stages(file: DeskCase, step: string, o: Record<string, unknown>): Partial<DeskCase> {
  const left = (candidates: services.Candidate[]) => candidates.filter((c) => !c.verdict).length;
  switch (step) {
    case "claim":
      return {
        state: "in-instruction",
        stateLabel: "En instruction",
        mine: true,
        assignee: account,
        actions: ["search", "correct", "refuse", "message", "release"],
      };
    case "release":
      return { state: "submitted", stateLabel: "À prendre en charge", mine: false, actions: ["claim"] };
    case "search": {
      const candidates = [
        candidate("0117", { birth: "2 juillet 1981", place: "Réo", father: "NIKIÉMA Boukary" }),
        candidate("0348", { birth: "12 mars 1964", place: "Koudougou", father: "NIKIÉMA Issa" }),
      ];
      return {
        search: { ...file.search, state: "done", candidates, left: 2, answeredAt: "2026-11-23T09:00:00Z", exchange: "e7c1" },
        actions: ["review", "correct", "refuse", "message", "release"],
      };
    }
    case "review": {
      const candidates = file.search.candidates.map((c) =>
        c.id === o.candidate
          ? { ...c, verdict: o.verdict as "other-person", reason: String(o.reason), reviewedAt: "2026-11-23T09:01:00Z" }
          : c,
      );
      const done = left(candidates) === 0;
      return {
        search: { ...file.search, candidates, left: left(candidates) },
        ...(done
          ? {
              actions: ["conclude", "review", "correct", "refuse", "message", "release"],
              proposal: { outcome: "none" as const, mentions: [], text: "Le bulletin n°\u00a03 portera la mention «\u202fNéant\u202f»." },
            }
          : {}),
      };
    }
    case "conclude":
      return {
        state: "decided",
        stateLabel: "Décidé, à signer",
        actions: ["sign"],
        decision: { outcome: "granted", label: "Néant", at: "2026-11-23T09:02:00Z", grounds: [], appeal: [] },
      };
    case "refuse":
      return {
        state: "decided",
        stateLabel: "Refus à signer",
        actions: ["sign"],
        decision: {
          outcome: "refused",
          label: "Refus",
          at: "2026-11-23T09:02:00Z",
          grounds: [{ text: "Identité non établie" }],
          explanation: String(o.explanation),
          appeal: ["Recours devant le président du tribunal dans les deux mois."],
        },
      };
    case "sign":
      return { state: "signing", stateLabel: "En cours de signature", actions: [] };
    case "correct":
      return {
        state: "correction-requested",
        stateLabel: "En correction chez le demandeur",
        actions: ["message"],
        ...(file.clock ? { clock: { ...file.clock, stopped: true } } : {}),
      };
    default:
      return {};
  }
}

export interface Fixture {
  w: World;
  cases: Map<string, DeskCase>;
  requests: Map<string, HandRequest>;
  calls: { id: string; input: Record<string, unknown> }[];
  /** Cookie of an official with these permissions. */
  as(permissions: readonly string[], institution?: string): { cookie: string };
}

export async function fixture(o: Partial<WorldOptions> = {}): Promise<Fixture> {
  const cases = new Map<string, DeskCase>();
  const requests = new Map<string, HandRequest>();
  const calls: Fixture["calls"] = [];
  const sessions = new Map<string, OfficialCaller>();
  const answer = (contract: Contract, handler: (input: Record<string, unknown>, caller: OfficialCaller) => unknown): Implemented => ({
    contract,
    handler: async (ctx, input) => {
      calls.push({ id: contract.id, input });
      return handler(input, ctx.caller as OfficialCaller);
    },
  });
  const own = (input: Record<string, unknown>, caller: OfficialCaller): DeskCase => {
    const file = cases.get(String(input.number));
    if (!file || file.institution.id !== caller.institution) throw notFound();
    return file;
  };
  const move = (contract: Contract, step: string) =>
    answer(contract, (input, caller) => {
      const file = own(input, caller);
      if (file.version !== input.version) throw conflict();
      const next = { ...file, ...stages(file, step, input), version: file.version + 1 };
      cases.set(file.number, next);
      return { number: next.number, version: next.version, state: next.state };
    });

  const fake = (name: string, handlers: Implemented[]) => defineModule({ name, floor: 0, handlers });
  const modules = [
    fake("services", [
      answer(services.readQueue, (input, caller) => {
        const all = [...cases.values()].filter((f) => f.institution.id === caller.institution);
        const view = (input.view ?? "to-take") as "all";
        const shown = all.filter((f) =>
          input.q
            ? f.number === input.q
            : view === "all" || (view as string) === "to-take"
              ? view === "all" || f.state === "submitted"
              : (view as string) === "mine"
                ? f.mine
                : (view as string) === "late"
                  ? f.clock?.late
                  : false,
        );
        return {
          view,
          page: 1,
          more: false,
          items: shown.map((f) => ({
            number: f.number,
            version: f.version,
            procedure: f.procedure.title,
            state: f.state,
            stateLabel: f.stateLabel,
            applicant: `${f.applicant.name.split(" ")[0]} M. A.`,
            submittedAt: f.submittedAt,
            ...(f.clock ? { clock: f.clock } : {}),
            ...(f.assignee ? { assignee: f.assignee } : {}),
            mine: f.mine,
          })),
          counts: {
            "to-take": all.filter((f) => f.state === "submitted").length,
            mine: all.filter((f) => f.mine).length,
            "in-hand": 0,
            correction: 0,
            late: all.filter((f) => f.clock?.late).length,
            "to-sign": 0,
            done: 0,
          },
        };
      }),
      answer(services.readDeskCase, own),
      move(services.claimCase, "claim"),
      move(services.releaseCase, "release"),
      move(services.searchRegister, "search"),
      move(services.reviewCandidate, "review"),
      move(services.concludeCase, "conclude"),
      move(services.requestCorrection, "correct"),
      move(services.refuseCase, "refuse"),
      move(services.signAct, "sign"),
      answer(services.readProcedure, () => ({
        slug: "casier-judiciaire",
        version: 2,
        title: "Casier judiciaire",
        summary: "",
        description: [],
        whoMay: [],
        authority: { text: "" },
        fees: { currency: "XOF", total: 750, lines: [] },
        delay: { amount: 48, unit: "working-hours", text: "48 h", source: { text: "", reliability: "press", toConfirm: true } },
        legalBasis: [],
        evidence: [],
        asked: [],
        steps: [],
        output: "",
        appeal: ["Recours devant le président du tribunal, dans les deux mois."],
        lifeEvents: [],
        online: true,
      })),
      answer(services.listMessages, (input) => ({
        number: input.number,
        messages: [{ id: "1", from: "applicant", author: "Demandeur", at: "2026-11-21T08:00:00Z", text: `Bonjour, ${hostile}` }],
      })),
    ]),
    fake("exchange", [
      answer(exchange.listHandRequests, (input) => {
        const list = [...requests.values()].filter((r) => r.state === (input.state ?? "waiting"));
        return {
          requests: list.map(({ id, state, service, client, purpose, issue, askedAt, expectedBy, overdue }) => ({
            id,
            state,
            service,
            client,
            purpose,
            ...(issue ? { issue } : {}),
            askedAt,
            expectedBy,
            overdue,
          })),
          waiting: [...requests.values()].filter((r) => r.state === "waiting").length,
        };
      }),
      answer(exchange.readHandRequest, (input) => {
        const one = requests.get(String(input.id));
        if (!one) throw notFound();
        return one;
      }),
      answer(exchange.answerHandRequest, (input) => {
        const next = { ...(requests.get(String(input.id)) as HandRequest), state: "answered" as const, answeredAt: "2026-11-23T09:05:00Z" };
        requests.set(next.id, next);
        return next;
      }),
      answer(exchange.declineHandRequest, (input) => {
        const next = {
          ...(requests.get(String(input.id)) as HandRequest),
          state: "declined" as const,
          declineReason: String(input.reason),
        };
        requests.set(next.id, next);
        return next;
      }),
    ]),
    fake("identity", [
      answer(identity.readMyAccount, () => ({
        account,
        person: null,
        kind: "official",
        level: "substantial",
        reachable: "substantial",
        name: "Boureima Sawadogo",
        username: "boureima.sawadogo",
        phones: [],
        proof: { state: "none" },
        passkeys: [{ id: account, label: "Ordinateur du greffe", addedAt: "2026-10-01T08:00:00Z", level: "substantial" }],
        totp: true,
        sessions: [
          {
            id: account,
            method: "password-totp",
            level: "substantial",
            startedAt: "2026-11-23T08:00:00Z",
            seenAt: "2026-11-23T09:00:00Z",
            expiresAt: "2026-11-23T18:00:00Z",
            current: true,
          },
          {
            id: colleague,
            method: "passkey",
            level: "substantial",
            startedAt: "2026-11-22T08:00:00Z",
            seenAt: "2026-11-22T09:00:00Z",
            expiresAt: "2026-11-23T18:00:00Z",
            current: false,
          },
        ],
      })),
      answer(identity.readDemoCodes, () => ({
        officials: [{ username: "boureima.sawadogo", name: "Boureima Sawadogo", code: "123456", secondsLeft: 12 }],
      })),
      answer(identity.signInOfficial, (input) => {
        if (input.password !== "juste") throw wrongCode();
        const token = "t".repeat(40);
        sessions.set(token, w.clerk("bf-tgi-koudougou", ["services.handle-cases"], { account, role: "court-clerk" }));
        return { token, expiresAt: "2026-11-23T18:00:00Z", level: "substantial", kind: "official", first: false };
      }),
      answer(identity.startProofing, () => ({ proofing: account })),
      answer(identity.readProofing, () => ({
        proofing: account,
        state: "found",
        phone: "+22670000011",
        startedAt: "2026-11-23T09:00:00Z",
        expiresAt: "2026-11-23T09:15:00Z",
        person: applicant,
        entry: {
          identityNumber: "99199400000169139",
          familyName: "Nikiéma",
          givenNames: "Mariam Awa",
          birthDate: "1994-03-12",
          birthPlace: "Koudougou",
          sex: "F",
        },
      })),
      answer(identity.concludeProofing, () => ({ state: "proven", level: "substantial" })),
    ]),
    fake("registry", [
      answer(registry.listColleagues, () => ({
        colleagues: [
          { account, holder: "Boureima Sawadogo", role: "court-clerk", roleName: "Greffier" },
          { account: colleague, holder: "Salimata Ilboudo", role: "head-clerk", roleName: "Greffière en chef" },
        ],
      })),
      answer(registry.chooseRole, (_input, caller) => ({ institution: caller.institution, role: caller.role })),
      answer(registry.myRoles, (_input, caller) => ({
        roles: [
          {
            assignment: account,
            institution: caller.institution,
            institutionName: "Tribunal de grande instance de Koudougou",
            role: caller.role,
            roleName: "Greffier",
            lent: false,
          },
        ],
      })),
    ]),
  ];
  const w = await world({
    modules,
    apps: [desk],
    guard: { identify: async (_ctx, token) => sessions.get(token) ?? { kind: "stranger" } },
    ...o,
  });
  return {
    w,
    cases,
    requests,
    calls,
    as(permissions, institution = "bf-tgi-koudougou") {
      const token = w.kernel.host.ids.token(32);
      sessions.set(token, w.clerk(institution, permissions, { account, role: "court-clerk" }));
      return { cookie: `toguna=${token}` };
    },
  };
}

export function handRequest(id: string, change: Partial<HandRequest> = {}): HandRequest {
  return {
    id,
    state: "waiting",
    service: { id: "XX/GOV/EC-SOURGOU/REGISTRY/births", title: "Acte de naissance" },
    client: { id: "XX/GOV/MIN-JUSTICE/SERVICES", name: "Ministère de la justice" },
    purpose: "Délivrance d’un extrait de casier judiciaire",
    issue: "2026-4831-0927-5",
    askedAt: "2026-11-20T10:02:00Z",
    expectedBy: "2026-11-24T16:00:00Z",
    overdue: false,
    asked: [
      { name: "Nom", value: "KABORÉ" },
      { name: "Prénoms", value: "Issouf" },
    ],
    fields: [
      { name: "act", label: "Numéro de l’acte", type: "text", required: true },
      { name: "birth.date", label: "Date de naissance", type: "date", required: true },
      { name: "father.family", label: "Nom du père", type: "text", required: false },
      {
        name: "sex",
        label: "Sexe",
        type: "choice",
        required: true,
        options: [
          { value: "F", label: "Féminin" },
          { value: "M", label: "Masculin" },
        ],
      },
    ],
    basis: "Code des personnes et de la famille",
    ...change,
  };
}

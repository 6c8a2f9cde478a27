/** The life of a case: which command moves which state where, and what it does to the legal clock. One fact a move. */
import type { CaseState } from "./schemas.ts";

export type Command =
  | "authorise"
  | "submit"
  | "pay"
  | "claim"
  | "release"
  | "assign"
  | "request-correction"
  | "correct"
  | "conclude"
  | "refuse"
  | "sign"
  | "signing-failed"
  | "issue"
  | "abandon";

interface Move {
  from: readonly CaseState[];
  /** Where to; a function when it depends on the case. */
  to: (about: About) => CaseState;
  clock?: "start" | "stop" | "resume";
}

export interface About {
  /** Francs due. */
  fee: number;
  outcome?: "granted" | "refused";
}

const to = (state: CaseState) => (): CaseState => state;

export const moves: Readonly<Record<Command, Move>> = {
  authorise: { from: ["draft", "evidence"], to: to("evidence") },
  submit: { from: ["draft", "evidence"], to: (about) => (about.fee > 0 ? "payment-pending" : "submitted") },
  pay: { from: ["payment-pending"], to: to("submitted") },
  claim: { from: ["submitted", "in-instruction"], to: to("in-instruction") },
  release: { from: ["in-instruction"], to: to("submitted") },
  assign: { from: ["submitted", "in-instruction"], to: to("in-instruction") },
  "request-correction": { from: ["in-instruction"], to: to("correction-requested"), clock: "stop" },
  correct: { from: ["correction-requested"], to: to("in-instruction"), clock: "resume" },
  conclude: { from: ["in-instruction"], to: to("decided") },
  refuse: { from: ["in-instruction"], to: to("decided") },
  sign: { from: ["decided"], to: to("signing") },
  "signing-failed": { from: ["signing"], to: to("decided") },
  issue: { from: ["signing"], to: (about) => (about.outcome === "refused" ? "refused" : "issued"), clock: "stop" },
  abandon: {
    from: ["draft", "evidence", "payment-pending", "submitted", "in-instruction", "correction-requested"],
    to: to("abandoned"),
    clock: "stop",
  },
};

export interface Moved {
  to: CaseState;
  clock?: "start" | "stop" | "resume";
}

/** Where a command leads, or undefined when this state does not allow it. */
export function move(state: CaseState, command: Command, about: About): Moved | undefined {
  const rule = moves[command];
  if (!rule.from.includes(state)) return undefined;
  const next = rule.to(about);
  // the clock starts at the moment the office has the case, however it got there
  const clock = state !== "submitted" && next === "submitted" && command !== "release" ? "start" : rule.clock;
  return { to: next, ...(clock ? { clock } : {}) };
}

export const ended: ReadonlySet<CaseState> = new Set<CaseState>(["issued", "refused", "abandoned"]);
/** The clock runs exactly in these. */
export const running: ReadonlySet<CaseState> = new Set<CaseState>(["submitted", "in-instruction", "decided", "signing"]);

/** Whose turn it is, for the citizen's list. */
export const citizensTurn: ReadonlySet<CaseState> = new Set<CaseState>(["draft", "evidence", "payment-pending", "correction-requested"]);

export interface DeskSight {
  state: CaseState;
  mine: boolean;
  assigned: boolean;
  permissions: ReadonlySet<string>;
  search: "not-needed" | "to-do" | "asked" | "done" | "failed";
  left: number;
}
export type DeskAction = "claim" | "release" | "assign" | "search" | "review" | "conclude" | "correct" | "refuse" | "sign" | "message";

/** What an official may do now: the desk shows exactly these, and each command checks the same. */
export function deskActions(s: DeskSight): DeskAction[] {
  const may = (p: string): boolean => s.permissions.has(`services.${p}`);
  const inHand = s.state === "in-instruction" && s.mine;
  const searched = s.search === "done" || s.search === "not-needed";
  const list: [DeskAction, boolean][] = [
    ["claim", may("handle-cases") && (s.state === "submitted" || (s.state === "in-instruction" && !s.assigned))],
    ["release", may("handle-cases") && inHand],
    ["assign", may("assign-cases") && (s.state === "submitted" || s.state === "in-instruction")],
    ["search", may("handle-cases") && inHand && (s.search === "to-do" || s.search === "failed" || s.search === "done")],
    ["review", may("handle-cases") && inHand && s.search === "done" && s.left > 0],
    ["conclude", may("decide-cases") && inHand && searched && s.left === 0],
    ["correct", may("handle-cases") && inHand],
    ["refuse", may("decide-cases") && inHand],
    ["sign", may("sign-acts") && s.state === "decided"],
    ["message", may("handle-cases")],
  ];
  return list.filter(([, yes]) => yes).map(([action]) => action);
}

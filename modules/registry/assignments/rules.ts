/** Who may do what, where and when: pure. Days are the country's calendar days; `until` is the last day. */
import { validOn } from "../divisions/rules.ts";

export type State = "requested" | "approved" | "refused" | "ended";

export interface Assignment {
  id: string;
  account: string;
  institution: string;
  role: string;
  office?: string | null | undefined;
  from: string;
  until?: string | null | undefined;
  state: State;
  requestedBy: string;
}
export interface Delegation {
  id: string;
  assignment: string;
  /** Who receives it. */
  account: string;
  permissions?: readonly string[] | null | undefined;
  from: string;
  until: string;
  state: State;
  requestedBy: string;
}

/** In force by itself: approved, and today is one of its days. */
export function inForce(one: { state: State; from: string; until?: string | null | undefined }, day: string): boolean {
  return one.state === "approved" && validOn(one, day);
}

/** Effective for its holder: in force and not delegated away today. */
export function effective(a: Assignment, delegations: readonly Delegation[], day: string): boolean {
  return inForce(a, day) && !delegations.some((d) => d.assignment === a.id && inForce(d, day));
}

export interface Right {
  assignment: string;
  institution: string;
  role: string;
  office: string | undefined;
  permissions: readonly string[];
  until: string | undefined;
  delegation: string | undefined;
}

/** Everything an account may do today. A delegation dies with its assignment and gives at most what it was given. */
export function rightsOf(
  account: string,
  assignments: readonly Assignment[],
  delegations: readonly Delegation[],
  permissionsOf: (role: string) => readonly string[],
  day: string,
): Right[] {
  const right = (a: Assignment, d?: Delegation): Right => {
    const all = permissionsOf(a.role);
    const until = [a.until, d?.until].filter((x): x is string => Boolean(x)).toSorted()[0];
    return {
      assignment: a.id,
      institution: a.institution,
      role: a.role,
      office: a.office ?? undefined,
      permissions: d?.permissions ? all.filter((p) => d.permissions?.includes(p)) : all,
      until,
      delegation: d?.id,
    };
  };
  const own = assignments.filter((a) => a.account === account && effective(a, delegations, day)).map((a) => right(a));
  const lent = delegations
    .filter((d) => d.account === account && inForce(d, day))
    .flatMap((d) => assignments.filter((a) => a.id === d.assignment && inForce(a, day)).map((a) => right(a, d)));
  return [...own, ...lent].filter((r) => permissionsOf(r.role).length > 0);
}

/** Two people: who asked, who receives and who approves are three roles; the last is neither of the others. */
export function mayDecide(request: { requestedBy: string; account: string }, decider: string): boolean {
  return decider !== request.requestedBy && decider !== request.account;
}

export type DelegationRefusal = "not-holder" | "not-in-force" | "self" | "outlives" | "starts-before" | "past" | "exceeds" | "overlaps";

/** Why this delegation is not possible, or undefined. Only one's own assignment is delegated, never a borrowed one. */
export function delegationRefusal(
  a: Assignment,
  wanted: { by: string; to: string; from: string; until: string; permissions?: readonly string[] | undefined },
  others: readonly Delegation[],
  permissions: readonly string[],
  today: string,
): DelegationRefusal | undefined {
  if (a.account !== wanted.by) return "not-holder";
  if (a.state !== "approved" || (a.until && a.until < today)) return "not-in-force";
  if (wanted.to === a.account) return "self";
  if (wanted.until < today || wanted.until < wanted.from) return "past";
  if (wanted.from < a.from) return "starts-before";
  if (a.until && wanted.until > a.until) return "outlives";
  if (wanted.permissions?.some((p) => !permissions.includes(p))) return "exceeds";
  const alive = others.filter((d) => d.assignment === a.id && (d.state === "approved" || d.state === "requested"));
  if (alive.some((d) => d.from <= wanted.until && wanted.from <= d.until)) return "overlaps";
  return undefined;
}

/** A sensitive role: the pack says so, or one of its permissions is. */
export function isSensitive(role: { sensitive: boolean; permissions: readonly string[] }, sensitive: ReadonlySet<string>): boolean {
  return role.sensitive || role.permissions.some((p) => sensitive.has(p));
}

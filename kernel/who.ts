import type { Text } from "./words.ts";
import { forbidden, levelTooLow, signInFirst, type Problem } from "./problem.ts";

/** Assurance in the words of eIDAS (Regulation 910/2014, art. 8): a phone code alone is `low`. */
export type Level = "low" | "substantial" | "high";
const order: Record<Level, number> = { low: 1, substantial: 2, high: 3 };

export function atLeast(level: Level, wanted: Level): boolean {
  return order[level] >= order[wanted];
}

export interface PersonCaller {
  kind: "person";
  account: string;
  /** Pseudonymous person id; null until somebody proved who the account is. */
  person: string | null;
  level: Level;
  session: string;
}

export interface OfficialCaller {
  kind: "official";
  account: string;
  person: string | null;
  level: Level;
  session: string;
  institution: string;
  office?: string;
  role: string;
  permissions: ReadonlySet<string>;
}

export type Caller = { kind: "stranger" } | PersonCaller | OfficialCaller | { kind: "system"; module: string; institution?: string };

export interface Permission {
  readonly kind: "permission";
  readonly id: string;
  readonly title: Text;
  /** A role holding it needs the approval of a second person. */
  readonly sensitive: boolean;
}

const permissions = new Map<string, Permission>();

export function permission(id: string, title: Text, o: { sensitive?: boolean } = {}): Permission {
  if (permissions.has(id)) throw new Error(`permission ${id} is defined twice`);
  const p: Permission = { kind: "permission", id, title, sensitive: o.sensitive ?? false };
  permissions.set(id, p);
  return p;
}

export function allPermissions(): Permission[] {
  return [...permissions.values()].sort((a, b) => a.id.localeCompare(b.id));
}

/** Who may, as data: enumerable (each endpoint meets a stranger) and printable (golden/permissions.md). */
export type Who =
  | { kind: "anyone" }
  | { kind: "signed-in"; level: Level }
  | { kind: "person"; level: Level }
  | { kind: "official"; permission?: Permission; level: Level }
  | { kind: "internal" }
  | { kind: "any-of"; of: readonly Who[] };

export const anyone = (): Who => ({ kind: "anyone" });
export const internal = (): Who => ({ kind: "internal" });
export const signedIn = (o: { level?: Level } = {}): Who => ({ kind: "signed-in", level: o.level ?? "low" });
export const person = (o: { level?: Level } = {}): Who => ({ kind: "person", level: o.level ?? "low" });
export const official = (p?: Permission, o: { level?: Level } = {}): Who => ({
  kind: "official",
  ...(p ? { permission: p } : {}),
  level: o.level ?? "substantial",
});
export const anyOf = (...of: Who[]): Who => ({ kind: "any-of", of });

/** The problem that stops this caller, or undefined. System callers (jobs) pass everywhere. */
export function refusal(who: Who, caller: Caller): Problem | undefined {
  if (caller.kind === "system") return undefined;
  switch (who.kind) {
    case "anyone":
      return undefined;
    case "internal":
      return forbidden();
    case "any-of": {
      const all = who.of.map((one) => refusal(one, caller));
      if (all.some((r) => r === undefined)) return undefined;
      return all.find((r) => r && levelTooLow.is(r)) ?? all[0];
    }
    default: {
      if (caller.kind === "stranger") return signInFirst();
      if (who.kind === "person" && caller.kind !== "person") return forbidden();
      if (who.kind === "official") {
        if (caller.kind !== "official") return forbidden();
        if (who.permission && !caller.permissions.has(who.permission.id)) return forbidden();
      }
      return atLeast(caller.level, who.level) ? undefined : levelTooLow();
    }
  }
}

/** One line for documents: `official: services.decide-case (substantial)`. */
export function describeWho(who: Who): string {
  switch (who.kind) {
    case "any-of":
      return who.of.map(describeWho).join(" or ");
    case "official":
      return `official${who.permission ? `: ${who.permission.id}` : ""} (${who.level})`;
    case "person":
    case "signed-in":
      return `${who.kind} (${who.level})`;
    default:
      return who.kind;
  }
}

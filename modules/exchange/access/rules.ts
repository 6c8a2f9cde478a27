/** Access rights: who may ask what, how, for which purpose, receiving which fields. The provider's side decides. */
import { checkPath, globMatches } from "../protocol/path.ts";

export interface Right {
  id: string;
  service: string;
  /** A subsystem's identifier, or `group:<code>`. */
  subject: string;
  methods: readonly string[];
  /** Glob on the path below the service. */
  path: string;
  purposes: readonly string[];
  /** JSON pointers kept; null = the whole answer. */
  fields: readonly string[] | null;
  /** Days, inclusive, YYYY-MM-DD. */
  from: string;
  until: string | null;
  /** The law asks for the consent of the person concerned: days one lasts. */
  consent?: number | null;
}

export interface Wish {
  client: string;
  /** Groups the client's subsystem belongs to. */
  groups: readonly string[];
  service: string;
  method: string;
  path: string;
  purpose: string;
  today: string;
  /** A consent is named; whether it is one is looked at apart. */
  consent?: boolean;
}

export type Decision =
  /** `bound`: what of it stands or falls with the consent named; `free`: what is granted without one, undefined for nothing. */
  | { granted: true; rights: string[]; fields: string[] | null; bound?: Fields; free?: Fields }
  /** `purpose`, `consent`: the client may ask this, for other purposes or with a consent; told apart so that people can mend it. */
  | { granted: false; why: "path" | "right" | "purpose" | "consent" };
/** JSON pointers; null = everything. */
type Fields = string[] | null;

export const subjects = (wish: Pick<Wish, "client" | "groups">): Set<string> =>
  new Set([wish.client, ...wish.groups.map((group) => `group:${group}`)]);

const fieldsOf = (rights: readonly Right[]): Fields =>
  rights.some((right) => right.fields === null) ? null : [...new Set(rights.flatMap((right) => right.fields ?? []))];

export function decide(rights: readonly Right[], wish: Wish): Decision {
  const path = checkPath(wish.path);
  if (!path.ok) return { granted: false, why: "path" };
  const who = subjects(wish);
  const open = rights.filter(
    (right) =>
      right.service === wish.service &&
      who.has(right.subject) &&
      right.from <= wish.today &&
      (right.until === null || wish.today <= right.until) &&
      right.methods.includes(wish.method) &&
      globMatches(right.path, path.segments),
  );
  if (open.length === 0) return { granted: false, why: "right" };
  const apt = open.filter((right) => right.purposes.includes(wish.purpose));
  if (apt.length === 0) return { granted: false, why: "purpose" };
  // Several agreements may serve one purpose: what any of them grants may be read.
  const free = apt.filter((right) => right.consent == null);
  if (wish.consent !== true && free.length === 0) return { granted: false, why: "consent" };
  const used = wish.consent === true ? apt : free;
  const granted = { granted: true as const, rights: used.map((right) => right.id), fields: fieldsOf(used) };
  if (used.length === free.length) return granted;
  const bound = fieldsOf(used.filter((right) => right.consent != null));
  return { ...granted, bound, ...(free.length > 0 ? { free: fieldsOf(free) } : {}) };
}

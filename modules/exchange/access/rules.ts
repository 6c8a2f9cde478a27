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
}

export type Decision =
  | { granted: true; rights: string[]; fields: string[] | null }
  /** `purpose`: the client may ask this, for other purposes; told apart so that people can mend it. */
  | { granted: false; why: "path" | "right" | "purpose" };

const subjects = (wish: Wish): Set<string> => new Set([wish.client, ...wish.groups.map((group) => `group:${group}`)]);

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
  const fields = apt.some((right) => right.fields === null) ? null : [...new Set(apt.flatMap((right) => right.fields ?? []))];
  return { granted: true, rights: apt.map((right) => right.id), fields };
}

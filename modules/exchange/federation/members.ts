/** Members of another instance, as it shows them to us. */
import type { Db, Text } from "#kernel";
import type { Document } from "./document.ts";
import { partners } from "./store.ts";

export interface ForeignMember {
  id: string;
  name: Text;
  subsystems: { id: string; name: Text }[];
}

export const membersOf = (d: Document): ForeignMember[] =>
  d.members.map((m) => ({ ...m, subsystems: d.subsystems.filter((s) => s.id.startsWith(`${m.id}/`)) }));

/** Undefined: no approved instance of that name has been heard. */
export async function foreignMembers(db: Db, instance: string): Promise<ForeignMember[] | undefined> {
  const found = (await partners(db)).find(({ row }) => row.instance === instance);
  return found && membersOf(found.document);
}

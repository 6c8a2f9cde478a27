import type { Context } from "#kernel";
import type { RegisterPerson } from "../ports.ts";
import { unsealText } from "../secrets.ts";
import { sealedEntry } from "./store.ts";

/** What the register said of this person. Callers answer for the record of the read, or show the person her own. */
export async function entryOf(ctx: Context, person: string): Promise<RegisterPerson | undefined> {
  const sealed = await sealedEntry(ctx, person);
  return sealed ? (JSON.parse(unsealText(ctx, sealed, `person:${person}`)) as RegisterPerson) : undefined;
}

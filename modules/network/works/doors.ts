/** What monitoring asks of works. */
import type { Context } from "#kernel";
import * as store from "./store.ts";

/**
 * The approved work under which something fails at a moment. `elements[0]` is the cause's own element: it must be among
 * what the work covers, or else all the others (spans seen down, nodes that fall) must be: a digger elsewhere who takes
 * down the same place is no announced work.
 */
export async function plannedWork(
  ctx: Context,
  o: { elements: readonly string[]; at: Date },
): Promise<{ id: string; number: number } | undefined> {
  const [cause, ...rest] = o.elements;
  if (cause === undefined) return undefined;
  const fits = (await store.covering(ctx, o.elements, o.at)).find((w) => {
    const covers = new Set(w.covers);
    return covers.has(cause) || (rest.length > 0 && rest.every((e) => covers.has(e)));
  });
  return fits && { id: fits.id, number: fits.number };
}

import type { Context, InputOf, OutputOf } from "#kernel";
import { current } from "../plant/current.ts";
import { noPlant, type Plant } from "../plant/shapes.ts";
import type * as api from "./contracts.ts";
import * as problems from "./problems.ts";
import { replay } from "./rules.ts";
import * as store from "./store.ts";

type Row = { id: string; name?: string } & Record<string, unknown>;
const plain = (text: string) => text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();

/** What one chooses from while writing a change. */
export async function findElements(ctx: Context, q: InputOf<typeof api.findElements>): Promise<OutputOf<typeof api.findElements>> {
  const all = (await plantOf(ctx, q.branch))[q.kind] as unknown as Row[];
  const words = plain(q.q ?? "").split(/\s+/).filter(Boolean); // prettier-ignore
  const found = all.filter((e) => {
    if (q.id !== undefined) return e.id === q.id;
    const text = plain(`${e.id} ${e.name ?? ""}`);
    return words.every((w) => text.includes(w));
  });
  const elements = found
    .slice(0, q.limit ?? 50)
    .map(({ id, ...fields }) => ({ id, ...(fields.name ? { name: fields.name } : {}), fields }));
  return { total: found.length, elements };
}

async function plantOf(ctx: Context, branch: string | undefined): Promise<Plant> {
  const now = async () => (await current(ctx)).model.plant;
  const b = branch ? await store.branchById(ctx, branch) : undefined;
  if (branch && !b) throw problems.branchUnknown();
  if (!b || b.merged) return now();
  return replay(b.study ? noPlant() : await now(), await store.changesOf(ctx, b.id)).plant;
}

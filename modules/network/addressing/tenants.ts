import { say, type Context } from "#kernel";
import { institutions } from "#registry";
import type { Plant, Prefix } from "../plant/shapes.ts";
import { assign, withPlan, type Tenant } from "./assign.ts";

/** Who works where: the registry's institutions at the sites that bear nodes; a site it cannot name has one segment of its own. */
export async function tenantsOf(ctx: Context, p: Plant): Promise<Tenant[]> {
  const at = new Map(p.node.flatMap((n) => (n.site ? [[n.site, n.id] as const] : [])));
  const out: Tenant[] = [];
  const named = new Set<string>();
  for (const i of await institutions(ctx)) {
    if (i.state !== "active") continue;
    for (const s of i.sites) {
      const node = at.get(s.id);
      if (node === undefined) continue;
      named.add(node);
      out.push({ node, institution: i.id, name: say(i.name, "fr") });
    }
  }
  for (const n of p.node) if (n.kind === "site" && !named.has(n.id)) out.push({ node: n.id, name: n.name });
  return out;
}

/** The plant with everybody's addresses; for a whole plant whose pools suffice. */
export function planned(p: Plant, tenants: readonly Tenant[], pools: readonly Prefix[]): Plant {
  return withPlan(p, assign(p, tenants, pools));
}

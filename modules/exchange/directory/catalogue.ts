/** What a subsystem answers and what a client may ask of it: one catalogue, whoever's words it is told in. */
import type { Context } from "#kernel";
import type { Right } from "../access/rules.ts";
import { servicesOf as foreignServices } from "../federation/directory.ts";
import { partners } from "../federation/store.ts";
import { formatIdentifier, parseClient } from "../protocol/identifier.ts";
import { globMatches } from "../protocol/path.ts";
import { clientOf, rightsFor, type Service, servicesList } from "./store.ts";

type Endpoint = Service["endpoints"][number];
export interface Catalogue {
  services: Service[];
  /** Undefined: nobody of that name takes part. */
  client: Awaited<ReturnType<typeof clientOf>>;
  /** Services a right of the client names, each with the endpoints it opens; none for a client unknown. */
  allowed: { service: Service; endpoints: Endpoint[] }[];
}

/** Services of a subsystem that a program can call; those a person answers are not. Undefined: no such subsystem. */
export async function catalogueOf(ctx: Context, of: string, client: string | undefined): Promise<Catalogue | undefined> {
  const id = parseClient(of);
  if (id && id.instance !== ctx.country.instance) return elsewhere(ctx, formatIdentifier(id), client);
  const subsystem = id && (await clientOf(ctx.db, formatIdentifier(id)));
  if (!subsystem) return undefined;
  const all = await servicesList(ctx.db, subsystem.institution);
  const services = all.filter((s) => s.subsystem === subsystem.id && s.kind !== "person");
  const asking = client === undefined ? undefined : await clientOf(ctx.db, client);
  const allowed: Catalogue["allowed"] = [];
  const today = ctx.clock.today();
  const subjects = new Set(asking ? [asking.id, ...asking.groups.map((group) => `group:${group}`)] : []);
  for (const service of asking ? services : []) {
    const rights = (await rightsFor(ctx.db, service.id)).filter(
      (r) => subjects.has(r.subject) && r.from <= today && (r.until === null || today <= r.until),
    );
    if (rights.length > 0) allowed.push({ service, endpoints: service.endpoints.filter((e) => rights.some((r) => covers(r, e))) });
  }
  return { services, client: asking, allowed };
}

/** Another instance's: what it opened to us, and which of it whom of ours, as it says itself. */
async function elsewhere(ctx: Context, of: string, client: string | undefined): Promise<Catalogue | undefined> {
  const found = (await partners(ctx.db)).find(({ document }) => document.subsystems.some((one) => one.id === of))?.document;
  if (!found) return undefined;
  const services = foreignServices(found).filter((one) => one.subsystem === of);
  const asking = client === undefined ? undefined : await clientOf(ctx.db, client);
  const allowed = services.flatMap((service) => {
    const rights = found.rights.filter((r) => r.service === service.id && r.subject === asking?.id);
    return rights.length > 0 ? [{ service, endpoints: service.endpoints.filter((e) => rights.some((r) => covers(r, e))) }] : [];
  });
  return { services, client: asking, allowed };
}

const covers = (r: Pick<Right, "methods" | "path">, e: Endpoint): boolean =>
  r.methods.includes(e.method) && (r.path === e.path || globMatches(r.path, e.path.split("/").slice(1)));

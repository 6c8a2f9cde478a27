/** The directory in the words of Configuration Management: one's own institution whole, of the others what the catalogue says. */
import type { Context } from "#kernel";
import { membersList, servicesList } from "../../directory/store.ts";
import { parseIdentifier } from "../../protocol/identifier.ts";
import type { Configuration, Member } from "./shapes.ts";
import { allowedPairs, descriptionUrls } from "./store.ts";

/** `CLASS/CODE`; of another instance with it before. */
export function partyOf(ctx: Pick<Context, "country">, subsystem: string): { member: string; application: string } {
  const { instance, memberClass, member, subsystem: application } = parseIdentifier(subsystem)!;
  const name = `${memberClass}/${member}`;
  return { member: instance === ctx.country.instance ? name : `${instance}/${name}`, application: application! };
}

export async function shown(ctx: Context, institution: string): Promise<Configuration> {
  const { db, config, country } = ctx;
  const services = (await servicesList(db, undefined)).filter((s) => s.kind !== "person" && s.kind !== "room");
  const urls = await descriptionUrls(db, institution);
  const allowed = new Map<string, { member: string; application: string }[]>();
  for (const { service, client } of await allowedPairs(db, { institution, today: ctx.clock.today() }))
    allowed.set(service, [...(allowed.get(service) ?? []), partyOf(ctx, client)]);
  const members = (await membersList(db)).map((m): Member => {
    const id = parseIdentifier(m.id)!;
    return {
      name: m.name.fr,
      class: id.memberClass,
      code: id.member,
      applications: m.subsystems.map((u) => ({
        id: parseIdentifier(u.id)!.subsystem!,
        connection: config.demo ? "http" : "https",
        services: services
          .filter((s) => s.subsystem === u.id)
          .map((s) => ({
            id: s.code,
            specUrl: urls.get(s.id) ?? `/govstack/r1/${u.id}/getOpenAPI?serviceCode=${encodeURIComponent(s.code)}`,
            // where it lives inside its institution is the institution's own to know
            serviceUrl: m.institution === institution ? (s.baseUrl ?? `/r1/${s.id}`) : `/r1/${s.id}`,
            rights: allowed.get(s.id) ?? [],
          })),
      })),
    };
  });
  return { domain: new URL(config.origin).host, instance: country.instance, members };
}

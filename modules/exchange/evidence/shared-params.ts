/** The part of X-Road's configuration a verifier of containers reads: who is who, and which roots are trusted. Pure. */
import type { Text } from "#kernel";
import { parseIdentifier } from "../protocol/identifier.ts";

const escape = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
const tag = (name: string, text: string): string => `<${name}>${escape(text)}</${name}>`;

interface Member {
  id: string;
  institution: string;
  name: Text;
  subsystems: readonly { id: string; name: Text }[];
}
interface Server {
  id: string;
  institution: string | null;
  address: string;
  retiredAt: Date | null;
  members: readonly string[];
}

/** `anchors`: PEM. */
export function sharedParams(instance: string, members: readonly Member[], servers: readonly Server[], anchors: string): string {
  const classes = [...new Set(members.map((m) => parseIdentifier(m.id)!.memberClass))].sort();
  const ids = new Map<string, { member: string; subsystems: string[] }>();
  let next = 0;
  const shown = members.map((m) => {
    const id = parseIdentifier(m.id)!;
    const known = { member: `id${next++}`, subsystems: [] as string[] };
    ids.set(m.institution, known);
    const subsystems = m.subsystems.map((s) => {
      known.subsystems.push(`id${next}`);
      return `<subsystem id="id${next++}">${tag("subsystemCode", parseIdentifier(s.id)!.subsystem!)}</subsystem>`;
    });
    return (
      `<member id="${known.member}"><memberClass>${tag("code", id.memberClass)}${tag("description", id.memberClass)}</memberClass>` +
      `${tag("memberCode", id.member)}${tag("name", m.name.fr)}${subsystems.join("")}</member>`
    );
  });
  const securityServers = servers.flatMap((s) => {
    const owner = s.institution === null ? undefined : ids.get(s.institution);
    if (!owner || s.retiredAt) return [];
    const clients = s.members.flatMap((institution) => ids.get(institution)?.subsystems ?? []).map((id) => tag("client", id));
    return [
      `<securityServer>${tag("owner", owner.member)}${tag("serverCode", s.id.split("/").at(-1)!)}${tag("address", s.address)}${clients.join("")}</securityServer>`,
    ];
  });
  const roots = [...anchors.matchAll(/-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END/g)].map((block, i) => {
    const cert = block[1]!.replace(/\s/g, "");
    return `<approvedCA>${tag("name", `root ${i + 1}`)}<authenticationOnly>false</authenticationOnly><topCA>${tag("cert", cert)}</topCA></approvedCA>`;
  });
  return (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<ns3:conf xmlns:ns3="http://x-road.eu/xsd/xroad.xsd">' +
    `${tag("instanceIdentifier", instance)}${roots.join("")}${shown.join("")}${securityServers.join("")}<globalSettings>` +
    `${classes.map((code) => `<memberClass>${tag("code", code)}${tag("description", code)}</memberClass>`).join("")}</globalSettings></ns3:conf>`
  );
}

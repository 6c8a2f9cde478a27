/** Another instance's members in our own directory's terms: what may be asked of them, who may ask us. Pure. */
import type { Text } from "#kernel";
import type { Client, Service } from "../directory/store.ts";
import { parseIdentifier } from "../protocol/identifier.ts";
import type { Document } from "./document.ts";

const memberOf = (id: string): string => id.split("/").slice(0, 3).join("/");
const subsystemOf = (id: string): string => id.split("/").slice(0, 4).join("/");

export function clientsOf(d: Document): Client[] {
  const names = new Map<string, Text>(d.members.map((one) => [one.id, one.name]));
  return d.subsystems.map(({ id, name }) => ({
    id,
    institution: memberOf(id),
    name,
    memberName: names.get(memberOf(id))!,
    // groups are ours: nobody else puts his own into one of them
    groups: [],
  }));
}

/** Where it lives is its own instance's to know. */
const elsewhere = "remote:/";

export const servicesOf = (d: Document): Service[] =>
  d.services.map((one) => ({
    id: one.id,
    subsystem: subsystemOf(one.id),
    code: parseIdentifier(one.id)!.service!,
    institution: memberOf(one.id),
    kind: "http",
    title: one.title,
    baseUrl: elsewhere,
    timeoutSeconds: one.timeoutSeconds,
    stored: false,
    spooled: false,
    answersInDays: null,
    lapsesInDays: null,
    endpoints: one.endpoints,
    query: one.query,
    fields: one.fields as Service["fields"],
    keepDays: 30,
    source: null,
    enabled: one.enabled,
    notice: one.notice,
    origin: "registered",
    subject: null,
    tls: { verify: true, ca: null, clientCertificate: false },
  }));

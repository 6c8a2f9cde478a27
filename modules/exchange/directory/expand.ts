/** From the pack's few lines to rows: families of members ("every civil registry") are written once and expanded here. */
import type { Static, Text } from "#kernel";
import { formatIdentifier, partIsAdvised } from "../protocol/identifier.ts";
import { parsePointer } from "../access/fields.ts";
import { type Definition, isFile } from "../connectors/definition.ts";
import { misfits } from "../connectors/rules.ts";
import type { ServiceKind } from "./store.ts";
import type { FieldSpec, members, purposes, rights, Selection, services, Subject } from "../pack.ts";

/** What the exchange needs to know of an institution. */
export interface Party {
  id: string;
  kind: string;
  /** Member class and code, X-Road's words. */
  class: string;
  code: string;
  name: Text;
}
export interface Pack {
  instance: string;
  members: Static<typeof members.schema>;
  services: Static<typeof services.schema>;
  rights: Static<typeof rights.schema>;
  purposes: Static<typeof purposes.schema>;
}
export interface MemberRow {
  id: string;
  instance: string;
  member_class: string;
  member_code: string;
  institution: string;
  name: Text;
}
export interface SubsystemRow {
  id: string;
  member: string;
  code: string;
  name: Text;
  groups: string[];
}
export interface ServiceRow {
  id: string;
  subsystem: string;
  code: string;
  institution: string;
  kind: ServiceKind;
  title: Text;
  base_url: string | null;
  timeout_seconds: number;
  answers_in_days: number | null;
  stored: boolean;
  spooled: boolean;
  lapses_in_days: number | null;
  endpoints: { method: string; path: string }[];
  query: { name: string; label: Text }[];
  fields: FieldSpec[];
  keep_days: number;
  source: string | null;
  subject: Subject | null;
}
export interface RightRow {
  id: string;
  service: string;
  subject: string;
  methods: string[];
  path: string;
  purposes: string[];
  fields: string[] | null;
  basis: Text;
  from_day: string;
  until_day: string | null;
  consent_days: number | null;
}
export interface ConnectorRow {
  service: string;
  institution: string;
  definition: Definition;
}
export interface Directory {
  connectors: ConnectorRow[];
  members: MemberRow[];
  subsystems: SubsystemRow[];
  services: ServiceRow[];
  rights: RightRow[];
  purposes: Pack["purposes"];
}

const wrong = (what: string): never => {
  throw new Error(`country pack: exchange: ${what}`);
};

/** Views and files say where their rows are; the others must not. */
function connectorFor(s: Pack["services"][number], service: string, institution: string): ConnectorRow | undefined {
  const rows = s.kind === "view" || s.kind === "file";
  if (!rows && s.connector === undefined) return undefined;
  if (!s.connector || isFile(s.connector) !== (s.kind === "file"))
    return wrong(`service ${s.code}: kind ${s.kind} and its connector differ`);
  const [fault] = misfits(s.connector, s);
  return fault === undefined ? { service, institution, definition: s.connector } : wrong(`service ${s.code}: ${fault}`);
}

function chooser(parties: readonly Party[]) {
  const byId = new Map(parties.map((p) => [p.id, p]));
  return (selection: Selection, where: string): Party[] => {
    const named = [...(selection.institution ? [selection.institution] : []), ...(selection.institutions ?? [])].map(
      (id) => byId.get(id) ?? wrong(`${where}: no institution ${id}`),
    );
    const kind = selection.kind === undefined ? [] : parties.filter((p) => p.kind === selection.kind);
    if (selection.kind !== undefined && kind.length === 0) wrong(`${where}: no institution of kind ${selection.kind}`);
    const except = new Set(selection.except);
    return [...named, ...kind].filter((p) => !except.has(p.id));
  };
}

/** Field names of a row become pointers into `{ rows: [...] }`. */
export const pointerOf = (name: string): string => `/rows/*/${name.replaceAll(".", "/")}`;

export function expand(pack: Pack, parties: readonly Party[]): Directory {
  const choose = chooser(parties);
  const members = new Map<string, MemberRow>();
  const subsystems = new Map<string, SubsystemRow>();
  const memberId = (p: Party) => formatIdentifier({ instance: pack.instance, memberClass: p.class, member: p.code });
  const subsystemId = (p: Party, code: string) => `${memberId(p)}/${encodeURIComponent(code)}`;
  for (const line of pack.members)
    for (const p of choose(line.of, "members")) {
      if (![pack.instance, p.class, p.code].every(partIsAdvised)) wrong(`members: ${p.id} has no usable class and code`);
      const id = memberId(p);
      members.set(id, { id, instance: pack.instance, member_class: p.class, member_code: p.code, institution: p.id, name: p.name });
      for (const s of line.subsystems)
        subsystems.set(subsystemId(p, s.code), {
          id: subsystemId(p, s.code),
          member: id,
          code: s.code,
          name: s.name,
          groups: s.groups ?? [],
        });
    }

  const services = new Map<string, ServiceRow>();
  const connectors = new Map<string, ConnectorRow>();
  for (const s of pack.services)
    for (const p of choose(s.of, `service ${s.code}`)) {
      const subsystem = subsystemId(p, s.subsystem);
      if (!subsystems.has(subsystem)) wrong(`service ${s.code}: ${p.id} has no subsystem ${s.subsystem}`);
      const id = `${subsystem}/${encodeURIComponent(s.code)}`;
      const connector = connectorFor(s, id, p.id);
      if (connector) connectors.set(id, connector);
      else connectors.delete(id);
      // A later line refines an earlier one: "every registry by hand", then those that have a system.
      services.set(id, {
        id,
        subsystem,
        code: s.code,
        institution: p.id,
        kind: s.kind,
        title: s.title,
        base_url: s.kind === "http" ? (s.url ?? wrong(`service ${s.code} has no url`)).replaceAll("{institution}", p.id) : null,
        timeout_seconds: s.timeoutSeconds ?? 15,
        stored: s.stored ?? false,
        spooled: s.spooled ?? false,
        answers_in_days: s.kind === "person" ? (s.answersInDays ?? wrong(`service ${s.code} has no answersInDays`)) : null,
        lapses_in_days: s.kind === "person" ? (s.lapsesInDays ?? 30) : null,
        endpoints: s.endpoints ?? [{ method: "GET", path: "/" }],
        query: s.query,
        fields: s.fields,
        keep_days: s.keepDays ?? 30,
        source: s.source ?? null,
        subject: s.subject ?? null,
      });
    }

  const offers = new Map([...services.values()].map((s) => [`${s.institution} ${s.code}`, s]));
  const offerOf = (p: Party, r: { code: string; subsystem?: string | undefined }): ServiceRow | undefined =>
    r.subsystem === undefined
      ? offers.get(`${p.id} ${r.code}`)
      : services.get(`${subsystemId(p, r.subsystem)}/${encodeURIComponent(r.code)}`);
  const known = new Set(pack.purposes.map((p) => p.code));
  const groups = new Set([...subsystems.values()].flatMap((s) => s.groups));
  const rights = pack.rights.flatMap((r): RightRow[] => {
    for (const purpose of r.purposes) if (!known.has(purpose)) wrong(`right ${r.id}: unknown purpose ${purpose}`);
    if (r.to.group !== undefined && !groups.has(r.to.group)) wrong(`right ${r.id}: nobody is in group ${r.to.group}`);
    const subjects = (provider: ServiceRow): string[] =>
      r.to.group !== undefined
        ? [`group:${r.to.group}`]
        : clients(r.id, r.to.own ? { institution: provider.institution } : r.to.of, r.to.subsystem);
    const fields = r.fields?.map(pointerOf) ?? null;
    for (const pointer of fields ?? []) if (!parsePointer(pointer)) wrong(`right ${r.id}: ${pointer}`);
    const offered = choose(r.service.of, `right ${r.id}`).map(
      (p) => offerOf(p, r.service) ?? wrong(`right ${r.id}: ${p.id} offers no ${r.service.code}`),
    );
    for (const service of r.consent ? offered : [])
      if (!service.subject) wrong(`right ${r.id}: a consent is wanted, and ${service.id} does not say whom it concerns`);
    return offered.flatMap((service) =>
      subjects(service).map((subject) => ({
        id: r.id,
        service: service.id,
        subject,
        methods: r.methods ?? ["GET"],
        path: r.path ?? "/",
        purposes: r.purposes,
        fields,
        basis: r.basis,
        from_day: r.from,
        until_day: r.until ?? null,
        consent_days: r.consent?.days ?? null,
      })),
    );
  });
  return {
    connectors: [...connectors.values()],
    members: [...members.values()],
    subsystems: [...subsystems.values()],
    services: [...services.values()],
    rights,
    purposes: pack.purposes,
  };

  function clients(right: string, of: Selection | undefined, subsystem: string | undefined): string[] {
    if (!of || subsystem === undefined) return wrong(`right ${right}: to whom?`);
    return choose(of, `right ${right}`).map((p) => {
      const id = subsystemId(p, subsystem);
      return subsystems.has(id) ? id : wrong(`right ${right}: no subsystem ${id}`);
    });
  }
}

/** What one instance shows another: members, subsystems and services opened to it, and the servers and certificates behind them. Pure. */
import { T, type Static } from "#kernel";
import { judgeUnder } from "#trust";
import { readAs } from "../configuration/head.ts";
import { isOf } from "./names.ts";

const strict = { additionalProperties: false };
const Instant = T.String({ pattern: "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$" });
const Id = T.String({ minLength: 3, maxLength: 1200 });
const Said = T.Object({ fr: T.String({ maxLength: 500 }), en: T.String({ maxLength: 500 }) }, strict);
const Pem = T.String({ maxLength: 20_000 });
const Endpoint = T.Object({ method: T.String({ pattern: "^[A-Z]{3,7}$" }), path: T.String({ maxLength: 500 }) }, strict);
const Labelled = T.Object({ name: T.String({ maxLength: 200 }), label: Said }, strict);

const Service = T.Object(
  {
    id: Id,
    title: Said,
    timeoutSeconds: T.Integer({ minimum: 1, maximum: 3600 }),
    endpoints: T.Array(Endpoint, { maxItems: 500 }),
    query: T.Array(Labelled, { maxItems: 200 }),
    fields: T.Array(
      T.Object(
        {
          name: T.String({ maxLength: 200 }),
          label: Said,
          type: T.Optional(T.String({ maxLength: 20 })),
          required: T.Optional(T.Boolean()),
        },
        strict,
      ),
      { maxItems: 1000 },
    ),
    enabled: T.Boolean(),
    notice: T.Union([T.String({ maxLength: 1000 }), T.Null()]),
    dataClass: T.String({ maxLength: 100 }),
  },
  strict,
);

const Document = T.Object(
  {
    format: T.Literal(1),
    instance: T.String({ maxLength: 100 }),
    /** For whom it was made: shown to another instance it counts for nothing. */
    audience: T.String({ maxLength: 100 }),
    version: T.Integer({ minimum: 1 }),
    issuedAt: Instant,
    members: T.Array(T.Object({ id: Id, name: Said }, strict), { maxItems: 20_000 }),
    subsystems: T.Array(T.Object({ id: Id, name: Said }, strict), { maxItems: 50_000 }),
    services: T.Array(Service, { maxItems: 50_000 }),
    servers: T.Array(
      T.Object(
        { id: Id, address: T.String({ maxLength: 255 }), members: T.Array(Id), certificates: T.Array(Pem, { maxItems: 10 }) },
        strict,
      ),
      { maxItems: 5_000 },
    ),
    seals: T.Array(T.Object({ member: Id, certificate: Pem }, strict), { maxItems: 50_000 }),
    rights: T.Array(
      T.Object({ service: Id, subject: Id, methods: T.Array(T.String({ maxLength: 10 })), path: T.String({ maxLength: 500 }) }, strict),
      { maxItems: 50_000 },
    ),
  },
  strict,
);
export type Document = Static<typeof Document>;

const Head = T.Object(
  {
    format: T.Literal(1),
    instance: T.String({ maxLength: 100 }),
    audience: T.String({ maxLength: 100 }),
    version: T.Integer({ minimum: 1 }),
    issuedAt: Instant,
    /** of the document, hexadecimal */
    sha256: T.String({ pattern: "^[0-9a-f]{64}$" }),
    /** when its instance said so */
    at: Instant,
  },
  strict,
);
export type Head = Static<typeof Head>;

/** What the signature over a head covers: no other text of ours begins so, and a gateway's head is no head here. */
export const headText = (head: string): Buffer => Buffer.from(`toguna federation configuration\n${head}`);
export const readHead = (text: string): Head | undefined => readAs(Head, text);
export const readDocument = (text: string): Document | undefined => readAs(Document, text);

/** host:port, as an exchange server's. */
const address = /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?:\d{1,5}$/;

/**
 * Does a configuration keep to its own house? Every name lies in its instance, every certificate under its instance's authorities,
 * and no server answers for a member it does not list. Else why not, and nothing of it is taken.
 */
export function stray(d: Document, o: { instance: string; audience: string; authorities: readonly string[] }): string | undefined {
  if (d.instance !== o.instance) return "another-instance";
  if (d.audience !== o.audience) return "another-audience";
  const members = new Set(d.members.map((one) => one.id));
  const subsystems = new Set(d.subsystems.map((one) => one.id));
  const under = (id: string, above: ReadonlySet<string>) => above.has(id.slice(0, id.lastIndexOf("/")));
  if (!d.members.every((one) => isOf(o.instance, one.id, 3))) return "foreign-member";
  if (!d.subsystems.every((one) => isOf(o.instance, one.id, 4) && under(one.id, members))) return "foreign-subsystem";
  if (!d.services.every((one) => isOf(o.instance, one.id, 5) && under(one.id, subsystems))) return "foreign-service";
  if (!d.servers.every((one) => one.id.startsWith(`${o.instance}/`) && address.test(one.address))) return "foreign-server";
  if (!d.servers.every((one) => one.members.every((member) => members.has(member)))) return "foreign-member";
  if (!d.seals.every((one) => members.has(one.member))) return "foreign-seal";
  if (!d.rights.every((one) => isOf(o.audience, one.subject, 4))) return "foreign-right";
  const judged = [
    ...d.seals.map((one) => ({ certificate: one.certificate, tls: false })),
    ...d.servers.flatMap((one) => one.certificates.map((certificate) => ({ certificate, tls: true }))),
  ];
  // as of when it was said: what ends meanwhile is judged by its own dates, each time it is used
  const at = new Date(d.issuedAt);
  return judged.every((one) => judgeUnder(o.authorities, one.certificate, at)?.tls === one.tls) ? undefined : "foreign-certificate";
}

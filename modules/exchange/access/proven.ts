/** A read reported by another server: what of it is proved, by the question its client signed. */
import { createHash } from "node:crypto";
import { canonical, type JobContext, T, type Static } from "#kernel";
import { verify } from "#trust";
import type { Snapshot } from "../directory/snapshot.ts";
import type { Service } from "../directory/store.ts";
import { toBeSigned } from "../evidence/xades.ts";
import { readRequest } from "../gateway/message.ts";
import { certificateOf, requestOf } from "../log/store.ts";
import type { Peer } from "../servers/book.ts";
import { numberAsked } from "./concerned.ts";
import { Named } from "./tell.ts";

const Base64 = T.String({ pattern: "^[A-Za-z0-9+/]*=*$", maxLength: 1000 });
/** The question as its client signed it; bodies stay where they are. */
const Question = T.Object(
  {
    part: T.String({ maxLength: 32_768 }),
    bodyHash: T.Optional(Base64),
    signature: Base64,
    certificate: T.String({ maxLength: 30_000 }),
    serial: T.String({ maxLength: 100 }),
    signedAt: T.String({ maxLength: 30 }),
  },
  { additionalProperties: false },
);
export const Reported = T.Object({ read: Named, question: T.Optional(Question) }, { additionalProperties: false });
export type Reported = Static<typeof Reported>;

/** On the gateway: the question of a read, from its own log. */
export const reportOf = (j: JobContext, read: Named): Promise<Reported> =>
  j.transaction(
    async ({ db }) => {
      const row = await requestOf(db, read.exchange, "provider");
      if (!row?.signedAt) return { read };
      const question = {
        part: row.headerPart,
        ...(row.bodyHash ? { bodyHash: Buffer.from(row.bodyHash).toString("base64") } : {}),
        signature: Buffer.from(row.signature).toString("base64"),
        certificate: await certificateOf(db, row.serial),
        serial: row.serial,
        signedAt: row.signedAt.toISOString(),
      };
      return { read, question };
    },
    { readOnly: true },
  );

/** Milliseconds: a server may have been alone for weeks; clocks of neighbours differ by minutes. */
const oldest = 40 * 86_400_000;
const skew = 10 * 60_000;

export type Fault = "unsigned" | "service" | "client" | "moment" | "differs" | "signature";
export type Judged = { ok: true; service: Service; read: Named } | { ok: false; why: Fault };

/** Nothing the reporting server says of the question counts, only what its client signed; of the answer it is the only witness. */
export async function proven(j: JobContext, known: Snapshot, peer: Pick<Peer, "members">, r: Reported): Promise<Judged> {
  const { read, question } = r;
  const no = (why: Fault): Judged => ({ ok: false, why });
  if (!question) return no("unsigned");
  const e = readRequest(question.part);
  if (!e) return no("unsigned");
  const service = known.services.get(e.service);
  // a server answers for its own institutions, and says nothing about the reads of others
  if (!service || !peer.members.has(service.institution)) return no("service");
  const client = known.clients.get(e.client);
  if (!client) return no("client");
  const signedAt = new Date(question.signedAt);
  const age = j.clock.now().getTime() - signedAt.getTime();
  if (!(age > -skew && age < oldest)) return no("moment");
  const same =
    read.exchange === e.exchange &&
    read.client === e.client &&
    read.service === e.service &&
    read.purpose === e.purpose &&
    read.issue === e.issue &&
    (read.consent === undefined || read.consent === e.consent);
  if (!same) return no("differs");
  const bytes = toBeSigned({
    part: question.part,
    bodyHash: question.bodyHash === undefined ? undefined : Buffer.from(question.bodyHash, "base64"),
    certificate: question.certificate,
    signedAt,
  });
  // judged as of that moment, beside the memory of certificates that are good now: a key revoked since did sign this before
  const at = { certificate: question.certificate, at: signedAt, institution: client.institution };
  const checked = await j.transaction((ctx) => verify(ctx, { bytes, signature: Buffer.from(question.signature, "base64"), ...at }), {
    readOnly: true,
  });
  if (!checked.ok || checked.serial !== question.serial) return no("signature");
  const { asked: _, ...rest } = read;
  const asked = service.subject ? numberAsked(service.subject, e) : undefined;
  return { ok: true, service, read: { ...rest, ...(asked === undefined ? {} : { asked }) } };
}

export const digestOf = (read: Named): Buffer => createHash("sha256").update(canonical(read)).digest();

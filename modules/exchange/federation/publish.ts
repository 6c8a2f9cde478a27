/** Our side: what another instance may see, as a versioned document made for it, and our signed word that it is the newest. */
import { createHash } from "node:crypto";
import { canonical, type Context, type JobContext, type Text } from "#kernel";
import { memberCertificates, signConfiguration } from "#trust";
import { serverRows } from "../servers/store.ts";
import { federationShown } from "./facts.ts";
import { type Document, headText, type Head } from "./document.ts";
import { latestPublished, lockPublished, putPublished, type PublishedRow } from "./store.ts";
import { sharedRows } from "./store-shared.ts";

const sha256 = (text: string): Buffer => createHash("sha256").update(text).digest();
const words = ({ fr, en }: Text) => ({ fr, en });
type Field = Document["services"][number]["fields"][number];

type Content = Omit<Document, "format" | "version" | "issuedAt">;

/** Only those who are shown; the servers that answer for them, the house for all who have none. */
async function contentFor(ctx: Context, audience: string): Promise<Content> {
  const rows = await sharedRows(ctx.db, audience);
  const idOf = new Map(rows.members.map((m) => [m.institution, m.id]));
  const all = (await serverRows(ctx.db)).filter((row) => row.retiredAt === null);
  const certificates = await memberCertificates(ctx);
  const elsewhere = new Set(all.filter((row) => !row.centre).flatMap((row) => row.members));
  const membersOf = (row: (typeof all)[number]): string[] =>
    row.centre
      ? rows.members.filter((m) => !elsewhere.has(m.institution)).map((m) => m.id)
      : row.members.flatMap((institution) => idOf.get(institution) ?? []);
  return {
    instance: ctx.country.instance,
    audience,
    members: rows.members.map(({ id, name }) => ({ id, name: words(name) })),
    subsystems: rows.subsystems.map(({ id, name }) => ({ id, name: words(name) })),
    services: rows.services.map((one) => ({
      ...one,
      title: words(one.title),
      query: one.query.map((q) => ({ name: q.name, label: words(q.label) })),
      fields: one.fields.map((f): Field => ({
        name: f.name,
        label: words(f.label),
        ...(f.type === undefined ? {} : { type: f.type }),
        ...(f.required === undefined ? {} : { required: f.required }),
      })),
    })),
    servers: all
      .map((row) => ({
        id: row.id,
        address: row.address,
        members: membersOf(row),
        certificates: certificates.servers.filter((one) => one.server === row.id).map((one) => one.certificate),
      }))
      .filter((one) => one.members.length > 0),
    seals: certificates.seals.flatMap(({ institution, certificate }) => {
      const member = idOf.get(institution);
      return member === undefined ? [] : [{ member, certificate }];
    }),
    rights: rows.rights,
  };
}

/** Writes the next version when there is something new to show. */
export async function publishFor(j: JobContext, audience: string): Promise<PublishedRow> {
  return j.transaction(async (ctx) => {
    await lockPublished(ctx.db);
    const content = await contentFor(ctx, audience);
    const digest = sha256(canonical(content));
    const last = await latestPublished(ctx.db, audience);
    if (last?.content.equals(digest)) return last;
    const issuedAt = ctx.clock.now();
    const version = (last?.version ?? 0) + 1;
    const said: Document = { format: 1, version, issuedAt: issuedAt.toISOString(), ...content };
    const document = JSON.stringify(said);
    const made = { version, issuedAt, content: digest, sha256: sha256(document), document };
    await putPublished(ctx.db, audience, made);
    await ctx.record(federationShown, `exchange-instance:${audience}`, {
      instance: audience,
      version,
      sha256: made.sha256.toString("hex"),
    });
    return made;
  });
}

export interface Said {
  head: string;
  signature: string;
  certificate: string;
}

export async function headFor(j: JobContext, audience: string, p: PublishedRow): Promise<Said> {
  const said: Head = {
    format: 1,
    instance: j.country.instance,
    audience,
    version: p.version,
    issuedAt: p.issuedAt.toISOString(),
    sha256: p.sha256.toString("hex"),
    at: j.clock.now().toISOString(),
  };
  const head = JSON.stringify(said);
  const { signature, certificate } = await signConfiguration(j, headText(head));
  return { head, signature: Buffer.from(signature).toString("base64"), certificate };
}

/** The centre's side: the directory as one document, a new version only when it says something new, and the signed word about it. */
import { createHash } from "node:crypto";
import { canonical, type Context, type JobContext } from "#kernel";
import { memberCertificates, signConfiguration } from "#trust";
import { configurationIssued } from "../servers/facts.ts";
import { type MaintenanceRow, maintenanceRows } from "../servers/store-maintenance.ts";
import { directoryVersion, policyRows, serverRows } from "../servers/store.ts";
import { handOn } from "../federation/hand-on.ts";
import { perProgram } from "../memory/program.ts";
import { shared } from "../memory/shared.ts";
import { type Document, type Head, type SignedHead, signedText } from "./head.ts";
import { documentBy, documentOf, latestVersion, lockPublishing, putVersion } from "./store.ts";
import { readContent } from "./store-content.ts";

export interface Published {
  version: number;
  issuedAt: Date;
  sha256: string;
}

const sha256 = (text: string | Buffer): Buffer => createHash("sha256").update(text).digest();

async function contentOf(ctx: Context): Promise<Omit<Document, "format" | "version" | "issuedAt">> {
  const partners = await handOn(ctx);
  const servers = (await serverRows(ctx.db)).filter((row) => row.retiredAt === null);
  const now = ctx.clock.now();
  const away = new Map((await maintenanceRows(ctx.db)).filter((m) => m.until > now).map((m) => [m.server, m]));
  return {
    instance: ctx.country.instance,
    directory: (await readContent(ctx.db)) as Document["directory"],
    servers: servers.map(({ id, institution, address, centre, members, log }) => ({
      id,
      institution,
      address,
      centre,
      members,
      ...(log === null ? {} : { log }),
      ...said(away.get(id)),
    })),
    certificates: await memberCertificates(ctx),
    ...(partners.length > 0 ? { partners } : {}),
    policy: await policyRows(ctx.db),
  };
}

const said = (m: MaintenanceRow | undefined) =>
  m && { maintenance: { since: m.since.toISOString(), until: m.until.toISOString(), notice: m.notice } };

/** Writes the next version if the directory says something else than the last one did. */
async function publishNow(j: JobContext): Promise<Published> {
  return j.transaction(async (ctx) => {
    await lockPublishing(ctx.db);
    const content = await contentOf(ctx);
    const digest = sha256(canonical(content));
    const last = await latestVersion(ctx.db);
    if (last && last.content.equals(digest)) return { version: last.version, issuedAt: last.issuedAt, sha256: last.sha256.toString("hex") };
    const version = (last?.version ?? 0) + 1;
    const issuedAt = ctx.clock.now();
    const said: Document = { format: 1, version, issuedAt: issuedAt.toISOString(), ...content };
    const document = Buffer.from(JSON.stringify(said));
    await putVersion(ctx, { version, issuedAt, content: digest, sha256: sha256(document), document });
    await ctx.record(configurationIssued, "exchange-configuration", { version, sha256: sha256(document).toString("hex") });
    return { version, issuedAt, sha256: sha256(document).toString("hex") };
  });
}

const memory = perProgram(() => ({ runs: shared<Published>(), last: undefined as Published | undefined, until: 0, directory: "" }));
const coalesced = 1000;

/**
 * The newest version; a hundred gateways that ask in one second cost one look at the directory. `fresh`: looked at after this
 * call, for who has just met something the last version does not know.
 */
export async function publish(j: JobContext, o: { fresh?: boolean } = {}): Promise<Published> {
  const held = memory(j);
  const directory = await j.transaction((ctx) => directoryVersion(ctx.db), { readOnly: true });
  if (!o.fresh && held.last && held.directory === directory && performance.now() < held.until) return held.last;
  const run = async (): Promise<Published> => {
    const since = performance.now();
    held.last = await publishNow(j);
    held.until = since + coalesced;
    held.directory = directory;
    return held.last;
  };
  return o.fresh ? held.runs.fresh(run) : held.runs.any(run);
}

/** The directory has changed here: the next one who asks gets the change. */
export function directoryChanged(j: Pick<JobContext, "config">): void {
  memory(j).until = 0;
}

export async function signedHead(j: JobContext, p: Published): Promise<SignedHead> {
  const said: Head = {
    format: 1,
    instance: j.country.instance,
    version: p.version,
    issuedAt: p.issuedAt.toISOString(),
    sha256: p.sha256,
    at: j.clock.now().toISOString(),
  };
  const head = JSON.stringify(said);
  const { signature, certificate } = await signConfiguration(j, signedText(head));
  return { head, signature: Buffer.from(signature).toString("base64"), certificate };
}

/** The document of a version a gateway says it has; undefined when it was never ours. */
export const documentWithHash = (j: JobContext, sha256: Uint8Array) =>
  j.transaction((ctx) => documentBy(ctx.db, sha256), { readOnly: true });
export const readVersion = (j: JobContext, version: number) => j.transaction((ctx) => documentOf(ctx.db, version), { readOnly: true });

/** A gateway's side: a configuration is judged, then applied whole or not at all; never an older one. */
import { createHash } from "node:crypto";
import type { JobContext } from "#kernel";
import { admitMembers, verifyConfiguration } from "#trust";
import { takeHanded } from "../federation/hand-on.ts";
import { configurationReceived } from "../servers/facts.ts";
import { takeMaintenance } from "../servers/store-maintenance.ts";
import { dropServersBut, putPolicy, putServer } from "../servers/store.ts";
import { type Document, type Head, readDocument, readHead, type SignedHead, signedText } from "./head.ts";
import { documentOf, headRow, latestVersion, putHead, putVersion } from "./store.ts";
import { putContent } from "./store-content.ts";

export type Judged = { ok: true; head: Head } | { ok: false; fault: string };

/** Clocks of neighbours differ by minutes; more than that and somebody's is wrong, which has to be said. */
const skew = 10 * 60_000;

/** Is this the centre's word, and not an older one than we have heard? */
export async function judge(j: JobContext, signed: SignedHead, anchors: ReadonlySet<string>): Promise<Judged> {
  const now = j.clock.now();
  const bytes = signedText(signed.head);
  const checked = verifyConfiguration({
    bytes,
    signature: Buffer.from(signed.signature, "base64"),
    certificate: signed.certificate,
    at: now,
    anchors,
  });
  if (!checked.ok) return checked;
  const head = readHead(signed.head);
  if (!head) return { ok: false, fault: "unreadable" };
  if (head.instance !== j.country.instance) return { ok: false, fault: "another-instance" };
  if (new Date(head.at).getTime() > now.getTime() + skew) return { ok: false, fault: "clock" };
  const known = await j.transaction((ctx) => headRow(ctx.db), { readOnly: true });
  if (known && (head.version < known.version || new Date(head.at) < known.at)) return { ok: false, fault: "older" };
  return { ok: true, head };
}

/** Which version this gateway works with; 0 = none yet. */
export const appliedVersion = async (j: JobContext): Promise<number> =>
  (await j.transaction((ctx) => latestVersion(ctx.db), { readOnly: true }))?.version ?? 0;

/** The document this gateway works with: what it says already is not written again. */
async function lastApplied(j: JobContext): Promise<Document | undefined> {
  const found = await j.transaction(
    async (ctx) => {
      const last = await latestVersion(ctx.db);
      return last && documentOf(ctx.db, last.version);
    },
    { readOnly: true },
  );
  return found && (JSON.parse(found.document.toString("utf8")) as Document);
}

/** The judged head is kept, and with it the document it names when that is a new one; one transaction. */
export async function apply(
  j: JobContext,
  signed: SignedHead,
  head: Head,
  document: Buffer | undefined,
): Promise<{ ok: true } | { ok: false; fault: string }> {
  if (document) {
    if (createHash("sha256").update(document).digest("hex") !== head.sha256) return { ok: false, fault: "altered" };
  }
  const read = document && readDocument(document.toString("utf8"));
  if (document && (!read || read.version !== head.version || read.instance !== head.instance)) return { ok: false, fault: "unreadable" };
  const before = document && (await lastApplied(j));
  const kept = await j.transaction(async (ctx) => {
    const word = {
      version: head.version,
      at: new Date(head.at),
      head: signed.head,
      signature: Buffer.from(signed.signature, "base64"),
      certificate: signed.certificate,
    };
    if (!(await putHead(ctx, word))) return false;
    if (!document || !read) return true;
    await admitMembers(ctx, read.certificates);
    if (!before || JSON.stringify(before.directory) !== JSON.stringify(read.directory)) await putContent(ctx, read.directory as never);
    await dropServersBut(
      ctx.db,
      read.servers.map((one) => one.id),
    );
    for (const server of read.servers) await putServer(ctx.db, { ...server, log: server.log ?? null, since: new Date(read.issuedAt) });
    await takeMaintenance(
      ctx.db,
      read.version,
      read.servers.flatMap(({ id, maintenance: m }) =>
        m ? [{ server: id, since: new Date(m.since), until: new Date(m.until), notice: m.notice }] : [],
      ),
    );
    await takeHanded(ctx, read.partners ?? [], new Date(read.issuedAt));
    for (const { dataClass, days } of read.policy) await putPolicy(ctx.db, dataClass, days);
    const digest = Buffer.from(head.sha256, "hex");
    await putVersion(ctx, { version: head.version, issuedAt: new Date(read.issuedAt), content: digest, sha256: digest, document });
    await ctx.record(configurationReceived, "exchange-configuration", { version: head.version, sha256: head.sha256 });
    return true;
  });
  return kept ? { ok: true } : { ok: false, fault: "older" };
}

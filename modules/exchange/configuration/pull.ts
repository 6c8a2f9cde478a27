/** A gateway asks its centre: is what I have the newest? The document only comes when it is not. */
import { createHash } from "node:crypto";
import type { JobContext } from "#kernel";
import { perProgram } from "../memory/program.ts";
import { shared } from "../memory/shared.ts";
import { refreshBook } from "../servers/book.ts";
import { callCentre } from "../servers/centre.ts";
import { currentIdentity } from "../servers/identity.ts";
import { joinedRow } from "../servers/store.ts";
import type { Seen } from "../evidence/store-epochs.ts";
import { heed, ownTree } from "../evidence/witness.ts";
import { apply, appliedVersion, judge } from "./apply.ts";
import { dictionaryHeader, unpressed } from "./delta.ts";
import { readSignedHead } from "./head.ts";
import { documentOf } from "./store.ts";

export type Pulled = { ok: true; version: number; changed: boolean } | { ok: false; why: string };

const lastSeen = perProgram(() => ({ seen: undefined as Seen | undefined }));
const runs = perProgram(() => shared<Pulled>());

/** One at a time: who asks meanwhile gets the same answer. */
export const pull = (j: JobContext): Promise<Pulled> => runs(j).any(() => told(j, false));

/** For who met something it does not know: asked after this call, and the centre looks at its directory anew. */
export const pullNow = (j: JobContext): Promise<Pulled> => runs(j).fresh(() => told(j, true));

async function told(j: JobContext, fresh: boolean): Promise<Pulled> {
  const result = await once(j, fresh);
  j.metric.count("exchange_configuration_pulls_total", { outcome: result.ok ? "ok" : "failed" });
  if (!result.ok) j.log.warn({ why: result.why }, "exchange configuration not fetched");
  else if (result.changed) j.log.info({ version: result.version }, "exchange configuration applied");
  return result;
}

async function once(j: JobContext, fresh: boolean): Promise<Pulled> {
  const joined = await j.transaction((ctx) => joinedRow(ctx), { readOnly: true });
  if (!joined?.server) return { ok: false, why: "this server has not joined" };
  const identity = await currentIdentity(j, joined.server);
  if (!identity) return { ok: false, why: "this server has no certificate that is good now" };
  const as = { server: joined.server, key: identity.key };
  const { centre } = joined;
  const has = await appliedVersion(j);
  const tree = await ownTree(j, lastSeen(j).seen);
  const asked = await callCentre(j, {
    centre,
    method: "POST",
    path: "/exchange/configuration/head",
    as,
    body: JSON.stringify({ version: has, address: joined.address, fresh, tree }),
  });
  if (!asked.ok) return { ok: false, why: asked.why };
  const signed = asked.status === 200 ? readSignedHead(asked.body.toString("utf8")) : undefined;
  if (!signed) return { ok: false, why: `the centre answered ${asked.status}: ${asked.body.toString("utf8").slice(0, 200)}` };
  const judged = await judge(j, signed, new Set([joined.anchor]));
  if (!judged.ok) return { ok: false, why: `the head is refused: ${judged.fault}` };
  lastSeen(j).seen = await heed(j, tree.origin, signed.tree);
  const { head } = judged;
  let document: Buffer | undefined;
  if (head.version !== has) {
    const given = await documentFrom(j, { centre, as, version: head.version, sha256: head.sha256, has });
    if (!given.ok) return given;
    document = given.document;
  }
  const applied = await apply(j, signed, head, document);
  if (!applied.ok) return { ok: false, why: `the configuration is refused: ${applied.fault}` };
  await refreshBook(j);
  return { ok: true, version: head.version, changed: document !== undefined };
}

/** What changed since the version applied here; whole where the centre cannot say that, or what comes out is not what it signed. */
async function documentFrom(
  j: JobContext,
  o: { centre: string; as: { server: string; key: string }; version: number; sha256: string; has: number },
): Promise<{ ok: true; document: Buffer } | { ok: false; why: string }> {
  const { centre, as } = o;
  const known = o.has > 0 ? await j.transaction((ctx) => documentOf(ctx.db, o.has), { readOnly: true }) : undefined;
  const ask = (headers: Record<string, string>) =>
    callCentre(j, { centre, method: "GET", path: `/exchange/configuration/${o.version}`, as, headers });
  const whole = { "accept-encoding": "br, gzip" };
  let given = await ask(known ? { "accept-encoding": "dcz, br, gzip", "available-dictionary": dictionaryHeader(known.sha256) } : whole);
  if (known && given.ok && given.status === 200 && given.headers.get("content-encoding") === "dcz") {
    const document = unpressed(known.document, given.body);
    if (document && createHash("sha256").update(document).digest("hex") === o.sha256) return { ok: true, document };
    given = await ask(whole);
  }
  if (!given.ok) return given;
  return given.status === 200 ? { ok: true, document: given.body } : { ok: false, why: `the centre answered ${given.status}` };
}

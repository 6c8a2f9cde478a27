/** A gateway asks its centre which consents under its services were given or taken back; nothing is believed unsigned, nothing goes back. */
import { createHash } from "node:crypto";
import type { JobContext } from "#kernel";
import { verifyConfiguration } from "#trust";
import { perProgram } from "../memory/program.ts";
import { shared } from "../memory/shared.ts";
import { callCentre } from "../servers/centre.ts";
import { currentIdentity } from "../servers/identity.ts";
import { joinedRow } from "../servers/store.ts";
import { beginAnew, dropOld, heardOf, putHeard, putKnown } from "./store-known.ts";
import { type Line, readList, readSaid, readWord, type Said, signedWord, type Word } from "./word.ts";

type Pulled = { ok: true } | { ok: false; why: string };
const runs = perProgram(() => shared<Pulled>());
const last = perProgram(() => ({ at: Number.NEGATIVE_INFINITY, heard: false }));
/** Milliseconds: for consents nobody has heard of the centre is not asked more often. */
const restless = 1000;

export const pullConsents = (j: JobContext): Promise<Pulled> => runs(j).any(() => told(j));

/** For who met a consent that is not known here: asked after this call, unless that was just done. False: the centre is not heard. */
export async function pullConsentsNow(j: JobContext): Promise<boolean> {
  const held = last(j);
  if (performance.now() - held.at < restless) return held.heard;
  held.at = performance.now();
  held.heard = (await runs(j).fresh(() => told(j))).ok;
  return held.heard;
}

async function told(j: JobContext): Promise<Pulled> {
  let pulled: Pulled | "more" = "more";
  for (let page = 0; pulled === "more" && page < 1000; page++) pulled = await once(j);
  const result: Pulled = pulled === "more" ? { ok: false, why: "no end" } : pulled;
  if (!result.ok) j.log.warn({ why: result.why }, "exchange: consents not fetched");
  const heard = await j.transaction(({ db }) => heardOf(db), { readOnly: true });
  if (heard) j.metric.gauge("exchange_consents_age_seconds", Math.max(0, (j.clock.now().getTime() - heard.at.getTime()) / 1000));
  return result;
}

export type Judged = { ok: true; word: Word; lines: Line[] } | { ok: false; why: string };
const skew = 10 * 60_000;

/** Is this the centre's word to this server, and the answer to what was asked? Pure but for the clock. */
export function judgeSaid(said: Said, q: { server: string; since: string; now: Date; anchors: ReadonlySet<string> }): Judged {
  const no = (why: string): Judged => ({ ok: false, why: `what the centre says of consents is refused: ${why}` });
  const bytes = signedWord(said.word);
  const checked = verifyConfiguration({
    bytes,
    signature: Buffer.from(said.signature, "base64"),
    certificate: said.certificate,
    at: q.now,
    anchors: q.anchors,
  });
  if (!checked.ok) return no(checked.fault);
  const word = readWord(said.word);
  if (!word) return no("unreadable");
  if (word.server !== q.server || word.since !== q.since) return no("said to another");
  if (new Date(word.at).getTime() > q.now.getTime() + skew) return no("clock");
  if (createHash("sha256").update(said.list).digest("hex") !== word.sha256) return no("altered");
  const lines = readList(said.list);
  return lines ? { ok: true, word, lines } : no("unreadable");
}

async function once(j: JobContext): Promise<Pulled | "more"> {
  const { joined, heard } = await j.transaction(async (ctx) => ({ joined: await joinedRow(ctx), heard: await heardOf(ctx.db) }), {
    readOnly: true,
  });
  if (!joined?.server) return { ok: false, why: "this server has not joined" };
  const identity = await currentIdentity(j, joined.server);
  if (!identity) return { ok: false, why: "this server has no certificate that is good now" };
  const since = heard?.upto ?? "0";
  const asked = await callCentre(j, {
    centre: joined.centre,
    method: "POST",
    path: "/exchange/consents",
    as: { server: joined.server, key: identity.key },
    body: JSON.stringify({ since }),
  });
  if (!asked.ok) return { ok: false, why: asked.why };
  const said = asked.status === 200 ? readSaid(asked.body.toString("utf8")) : undefined;
  if (!said) return { ok: false, why: `the centre answered ${asked.status}` };
  const judged = judgeSaid(said, { server: joined.server, since, now: j.clock.now(), anchors: new Set([joined.anchor]) });
  if (!judged.ok) return judged;
  const { word, lines } = judged;
  if (heard && heard.scope !== word.scope && since !== "0") {
    await j.transaction(({ db }) => beginAnew(db));
    return "more";
  }
  const kept = await j.transaction(async ({ db }) => {
    // while there is more to hear, nothing is said about what has not been heard
    const at = word.more ? (heard?.at ?? new Date(0)) : new Date(word.at);
    const signature = Buffer.from(said.signature, "base64");
    if (!(await putHeard(db, { upto: word.upto, at, scope: word.scope, word: said.word, signature, certificate: said.certificate })))
      return false;
    for (const one of lines)
      await putKnown(db, {
        id: one.id,
        client: one.client,
        service: one.service,
        purpose: one.purpose,
        fields: one.fields,
        givenAt: new Date(one.given),
        until: new Date(one.until),
        withdrawnAt: one.withdrawn === null ? null : new Date(one.withdrawn),
        salt: Buffer.from(one.salt, "hex"),
        numberHash: Buffer.from(one.number, "hex"),
      });
    await dropOld(db, new Date(j.clock.now().getTime() - 86_400_000));
    return true;
  });
  if (!kept) return { ok: false, why: "older than what is known" };
  return word.more ? "more" : { ok: true };
}

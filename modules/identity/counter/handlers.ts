import { forbidden, type Context, type InputOf, type OfficialCaller, type OutputOf } from "#kernel";
import { accountByPhone, lockNumber } from "../account/store.ts";
import type * as api from "../api.ts";
import { accountFor, attachPerson, dropForSim } from "../assurance/level.ts";
import { documentMatches } from "../assurance/rules.ts";
import { proofingConcluded } from "../facts.ts";
import { limit } from "../limits/meter.ts";
import { entryOf } from "../person/entry.ts";
import { beginCode, requireCode } from "../phone/handlers.ts";
import { requirePhone, shown } from "../phone/read.ts";
import { documentMismatch, notOneself, proofingNotReady, proofingUnknown } from "../problems.ts";
import { identityToken, phoneToken, sealText, unsealText } from "../secrets.ts";
import { tokenHash } from "../session/rules.ts";
import { tellAccount, texts } from "../tell.ts";
import { findEntry } from "./jobs.ts";
import { addProofing, countMismatch, lockProofing, proofingById, setProofing, type Proofing } from "./store.ts";

const proofingSeconds = 1800;
const mismatches = 3;

function officer(ctx: Context): OfficialCaller {
  if (ctx.caller.kind !== "official") throw forbidden();
  return ctx.caller;
}

export async function startProofing(ctx: Context, input: InputOf<typeof api.startProofing>): Promise<OutputOf<typeof api.startProofing>> {
  const official = officer(ctx);
  const e164 = requirePhone(ctx, input.phone);
  await limit(ctx, "proofingOfficial", official.account);
  await limit(ctx, "proofingPerson", identityToken(ctx, input.identityNumber).toString("hex"), official.institution);
  // the counter is the way back for who is locked out elsewhere: its codes come out of the official's own budget
  const code = await beginCode(ctx, { kind: "counter", e164, counter: official.account });
  const id = ctx.ids.uuid();
  await addProofing(ctx, {
    id,
    institution: official.institution,
    official: official.account,
    challenge: tokenHash(code.challenge),
    phoneToken: phoneToken(ctx, e164),
    phone: sealText(ctx, e164, `proofing:${id}`),
    claim: sealText(ctx, input.identityNumber, `proofing-claim:${id}`),
    expiresAt: new Date(ctx.clock.now().getTime() + proofingSeconds * 1000),
  });
  await ctx.enqueue(findEntry, { proofing: id });
  return { proofing: id };
}

/** One's own proofings only: a colleague's is as unknown as another institution's. */
function requireOwn(ctx: Context, p: Proofing | undefined): Proofing {
  if (!p || p.official !== officer(ctx).account) throw proofingUnknown();
  const now = ctx.clock.now();
  const open = p.state === "waiting" || p.state === "found";
  return open && (now >= p.expiresAt || now < p.startedAt) ? { ...p, state: "expired" } : p;
}

export async function readProofing(ctx: Context, input: InputOf<typeof api.readProofing>): Promise<OutputOf<typeof api.readProofing>> {
  const p = requireOwn(ctx, await proofingById(ctx, input.proofing));
  const entry = p.state === "found" && p.person ? await entryOf(ctx, p.person) : undefined;
  return {
    proofing: p.id,
    state: p.state,
    phone: shown(ctx, unsealText(ctx, p.phone, `proofing:${p.id}`)),
    startedAt: p.startedAt.toISOString(),
    expiresAt: p.expiresAt.toISOString(),
    ...(entry && p.person
      ? {
          person: p.person,
          entry: {
            identityNumber: entry.identityNumber,
            familyName: entry.familyName,
            givenNames: entry.givenNames,
            birthDate: entry.birthDate,
            ...(entry.birthPlace ? { birthPlace: entry.birthPlace } : {}),
            ...(entry.sex ? { sex: entry.sex } : {}),
            documentKinds: [...new Set(entry.documents.map((d) => d.kind))],
          },
        }
      : {}),
  };
}

/** The document in the hand is compared by the program, the face by the official, the phone by the code. */
export async function concludeProofing(
  ctx: Context,
  input: InputOf<typeof api.concludeProofing>,
): Promise<OutputOf<typeof api.concludeProofing>> {
  const official = officer(ctx);
  const p = requireOwn(ctx, await lockProofing(ctx, input.proofing));
  if (p.state !== "found" || !p.person) throw proofingNotReady();
  if (official.person === p.person) throw notOneself();
  if (!input.samePerson) return close(ctx, p, "refused");
  const entry = await entryOf(ctx, p.person);
  if (!entry || !documentMatches(input.document, entry, ctx.clock.today())) {
    await countMismatch(ctx, p.id);
    if (p.tries + 1 >= mismatches) return close(ctx, p, "refused");
    throw documentMismatch({ keep: true, fields: [{ path: "document.number", message: documentMismatch.title }] });
  }
  const { e164 } = await requireCode(ctx, { ref: p.challenge, kind: "counter", code: input.code });
  await lockNumber(ctx, p.phoneToken);
  const { account } = await accountFor(ctx, p.phoneToken, e164);
  if (account.id === official.account) throw notOneself();
  await attachPerson(ctx, account, p.person, "counter");
  await tellAccount(ctx, { ...account, person: null }, texts.raised);
  return close(ctx, p, "proven");
}

async function close(ctx: Context, p: Proofing, outcome: "proven" | "refused"): Promise<OutputOf<typeof api.concludeProofing>> {
  await setProofing(ctx, p.id, outcome, p.person);
  await ctx.record(proofingConcluded, `person:${p.person}`, { proofing: p.id, outcome });
  return { state: outcome, level: outcome === "proven" ? "substantial" : "low" };
}

/** The same empty answer whether or not the number has an account. */
export async function reportSimChangeFor(ctx: Context, input: InputOf<typeof api.reportSimChangeFor>) {
  await limit(ctx, "proofingOfficial", officer(ctx).account);
  const account = await accountByPhone(ctx, phoneToken(ctx, requirePhone(ctx, input.phone)));
  if (account) await dropForSim(ctx, account, ctx.clock.now(), "counter");
  return {};
}

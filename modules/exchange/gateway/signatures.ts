/** What an institution's signature under a message covers, and how both sides make and check it. */
import type { JobContext } from "#kernel";
import { type Seal, sealFor, vouch, type Vouched } from "#trust";
import { toBeSigned } from "../evidence/xades.ts";
import { instanceOf, isForeign } from "../federation/names.ts";
import { perProgram } from "../memory/program.ts";
import { bookOf } from "../servers/book.ts";
import type { SignedPart } from "./flow.ts";

/** Seconds a seal or a verdict on a certificate is kept: a revocation tells within them. */
const kept = 5;

interface Kept<T> {
  value: Promise<T>;
  since: number;
}
const memory = perProgram(() => ({ seals: new Map<string, Kept<Seal>>(), vouched: new Map<string, Kept<Vouched>>() }));

function keep<T>(map: Map<string, Kept<T>>, name: string, make: () => Promise<T>): Promise<T> {
  const known = map.get(name);
  if (known && performance.now() - known.since < kept * 1000) return known.value;
  if (map.size >= 1000) map.clear();
  const one = { value: make(), since: performance.now() };
  map.set(name, one);
  one.value.catch(() => map.get(name) === one && map.delete(name));
  return one.value;
}

/** Signed now, as the institution named. */
export async function signMessage(
  j: JobContext,
  institution: { id: string; name: string },
  m: { part: string; bodyHash: Buffer | undefined },
): Promise<SignedPart> {
  const { seals } = memory(j);
  const signedAt = j.clock.now();
  let seal = await keep(seals, institution.id, () => sealFor(j, institution));
  if (seal.notAfter <= signedAt) {
    seals.delete(institution.id);
    seal = await keep(seals, institution.id, () => sealFor(j, institution));
  }
  const { serial, certificate } = seal;
  return { ...m, certificate, serial, signedAt, signature: await seal.sign(toBeSigned({ ...m, certificate, signedAt })) };
}

/** Is it that institution's, by a certificate that is good at that moment? */
export async function checkMessage(j: JobContext, m: SignedPart, institution: string, at: Date): Promise<boolean> {
  if (isForeign(institution)) return checkForeign(j, m, institution, at);
  const { vouched } = memory(j);
  const look = () => j.transaction((ctx) => vouch(ctx, { certificate: m.certificate, at }), { readOnly: true });
  let known = await keep(vouched, m.certificate, look);
  if (!known.ok || at < known.from || at > known.until) {
    vouched.delete(m.certificate);
    known = await keep(vouched, m.certificate, look);
  }
  if (!known.ok || known.institution !== institution || known.serial !== m.serial) return false;
  return Number.isFinite(m.signedAt.getTime()) && known.fits(toBeSigned(m), m.signature);
}

/** By its own instance's anchor alone: no authority of ours can certify it, and none of theirs anybody here. */
function checkForeign(j: JobContext, m: SignedPart, institution: string, at: Date): boolean {
  const seal = bookOf(j)?.partners.get(instanceOf(institution))?.sealOf(m.certificate, at);
  if (seal?.member !== institution || seal.serial !== m.serial) return false;
  return Number.isFinite(m.signedAt.getTime()) && seal.fits(toBeSigned(m), m.signature);
}

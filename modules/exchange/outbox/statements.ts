/** Statements signed as the institution that speaks, and checked as such where they arrive. */
import type { Context, JobContext } from "#kernel";
import { sealFor, vouch } from "#trust";
import { putCertificate } from "../log/store.ts";
import { learn } from "../transport/know.ts";
import { here, knownOf } from "./known.ts";
import { readStatement, type Said, statementText } from "./statement.ts";
import { owe, putStatement, type Statement, type StatementKind } from "./store-statements.ts";

export type Signed = Statement & { certificate: string; exchanges: string[] };

/** Signed outside any transaction; `keep` makes it durable inside the one that makes it true. */
export async function state(
  j: JobContext,
  s: { kind: StatementKind; institution: { id: string; name: string }; clientInstitution: string; messages: Said["messages"] },
): Promise<Signed> {
  const at = j.clock.now();
  const text = statementText({ kind: s.kind, institution: s.institution.id, at, ...knownOf(j), messages: s.messages });
  const seal = await sealFor(j, s.institution);
  return {
    id: j.ids.uuid(),
    kind: s.kind,
    institution: s.institution.id,
    clientInstitution: s.clientInstitution,
    at,
    text,
    signature: Buffer.from(await seal.sign(Buffer.from(text))),
    serial: seal.serial,
    certificate: seal.certificate,
    exchanges: s.messages.map((m) => m.exchange),
  };
}

/** `via`: the server that must be told; nobody when both sides live here. */
export async function keep(ctx: Context, s: Signed, via: string): Promise<void> {
  await putCertificate(ctx.db, s.serial, s.certificate);
  if ((await putStatement(ctx.db, s, s.exchanges)) && via !== here) await owe(ctx.db, s.id, via);
}

/** What it says, when the institution it names did sign it by a certificate that was good then. */
export async function believed(
  j: JobContext,
  s: { text: string; signature: Uint8Array; certificate: string | undefined; serial: string },
): Promise<Said | undefined> {
  const said = readStatement(s.text);
  const now = j.clock.now().getTime();
  if (!said || !s.certificate || said.at.getTime() > now + tolerance) return undefined;
  await learn(j, s.certificate);
  const known = await j.transaction((ctx) => vouch(ctx, { certificate: s.certificate!, at: said.at }), { readOnly: true });
  const fits =
    known.ok && known.institution === said.institution && known.serial === s.serial && known.fits(Buffer.from(s.text), s.signature);
  return fits ? said : undefined;
}

/** Milliseconds by which clocks of gateways may differ. */
export const tolerance = 5 * 60_000;

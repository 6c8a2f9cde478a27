/** Making what is signed: rendered, signed by the person, sealed by the institution, kept, published, told. */
import { type Context, factById, type JobContext, type Static } from "#kernel";
import { code2d, code2dKeyIdOf, keepFile, render } from "#documents";
import { officialName } from "#identity";
import { roleById } from "#registry";
import { sealKeyFor, sign, signPdf } from "#trust";
import { subjectOf } from "../cases/access.ts";
import { advance } from "../cases/moves.ts";
import { actNumber } from "../cases/number.ts";
import { type CaseRow, lockCase } from "../cases/store.ts";
import { definitionOf } from "../catalogue/definitions.ts";
import type { Procedure } from "../catalogue/procedure.ts";
import { forgetOthers } from "../desk/store.ts";
import { applicantName } from "../desk/view.ts";
import * as facts from "../facts.ts";
import type { codeKeyRevoked, issueAct, printReceipt } from "../jobs.ts";
import { notify } from "../jobs.ts";
import { officeNameFr, officeWords } from "../offices.ts";
import { receiptNumber } from "../payments/fees.ts";
import { operatorsOf } from "../payments/operators.ts";
import { keepReceiptFile, paymentsOf, type PaymentRow, receiptOf, type ReceiptRow } from "../payments/store.ts";
import { actData, initialsOf, lastDay, receiptData, refusalData, type Setting, type Signing } from "./compose.ts";
import { settingOf } from "./setting.ts";
import { type ActRow, beginAct, finishAct, keepCodeKey, publishAct, redateAct, revokeCodeKey } from "./store.ts";

interface Draft {
  row: CaseRow;
  procedure: Procedure;
  act: ActRow;
  setting: Setting;
  signing: Signing & { account: string };
  name: string;
  issuer: { fr: string; en: string };
}

export async function runIssueAct(j: JobContext, { number }: Static<(typeof issueAct)["data"]>): Promise<void> {
  const d = await j.transaction((ctx) => begin(ctx, number));
  if (!d) return;
  try {
    await make(j, d);
  } catch (error) {
    j.log.warn({ case: number, error: String(error) }, "an act could not be signed");
    if (!j.lastAttempt) throw error;
    await j.transaction((ctx) => giveUp(ctx, number, (error as { code?: string }).code ?? "unknown"));
  }
}

/** The number is fixed before anything is signed; the hour, the signer and the validity are those of this attempt. */
async function begin(ctx: Context, number: string): Promise<Draft | undefined> {
  const row = await lockCase(ctx, number);
  if (row?.state !== "signing" || !row.institution || !row.decision) return undefined;
  const procedure = await definitionOf(ctx, row);
  const kind = row.decision.outcome === "granted" ? ("act" as const) : ("letter" as const);
  const account = row.decision.signer ?? row.decision.by;
  const { validity } = procedure.output;
  const validUntil = kind === "act" && validity ? lastDay(ctx.clock.today(), validity) : null;
  const fresh = { kind, institution: row.institution, madeAt: ctx.clock.now(), validUntil, signedBy: account };
  let act: ActRow | undefined;
  for (let i = 0; i < 5 && !act; i++)
    act = await beginAct(ctx, {
      ...fresh,
      id: ctx.ids.uuid(),
      number: actNumber(ctx.ids.digits(11)),
      caseId: row.id,
      issuedAt: null,
      file: null,
      code: null,
    });
  if (!act || act.issuedAt) return undefined;
  act = { ...act, ...fresh };
  await redateAct(ctx, act);
  const role = row.decision.signerRole ? roleById(ctx, row.decision.signerRole) : undefined;
  return {
    row,
    procedure,
    act,
    setting: await settingOf(ctx, procedure, row.institution),
    signing: { account, name: (await officialName(ctx, account)) ?? "", role: role?.name.fr ?? "L’agent compétent" },
    name: applicantName(procedure, row),
    issuer: await officeWords(ctx, row.institution),
  };
}

async function make(j: JobContext, d: Draft): Promise<void> {
  const { act, setting, procedure, row } = d;
  const institution = { id: setting.office.id, name: setting.office.name };
  const seal = await sealKeyFor(j, institution);
  // 2D codes are P-256 signatures: an act sealed by an RSA key is verified by its number or its file
  const keyId = seal.key === "p256" ? code2dKeyIdOf(seal.certificate) : undefined;
  const birth = procedure.output.birth ? { ...row.answers, ...row.known }[procedure.output.birth] : undefined;
  const fields = {
    type: act.kind === "act" ? procedure.output.codeType : "refusal",
    number: row.number,
    issued: setting.today,
    name: d.name,
    ...(typeof birth === "string" && birth.length === 10 ? { birth } : {}),
    conclusion: act.kind === "letter" ? "refused" : row.decision?.conclusion === "mentions" ? "entries" : "none",
    ...(act.validUntil ? { validUntil: act.validUntil } : {}),
    check: act.number.replaceAll(" ", ""),
  } as const;
  const code =
    keyId === undefined
      ? undefined
      : await code2d(setting.origin, keyId, fields, async (bytes) => (await sign(j, { institution, bytes })).signature);
  const parts = { number: act.number, validUntil: act.validUntil, signing: d.signing, ...(code === undefined ? {} : { code }) };
  const pdf =
    act.kind === "act"
      ? await render(j, "act", actData(procedure, row, setting, parts))
      : await render(j, "refusal", refusalData(procedure, row, setting, { ...parts, name: d.name }));
  const title = act.kind === "act" ? procedure.output.title : procedure.output.letterTitle;
  const signed = await signPdf(j, {
    pdf,
    institution,
    person: { account: d.signing.account, name: d.signing.name || d.signing.account },
    reason: `${title.fr}, dossier ${row.number}`,
    location: setting.office.town,
  });
  const untilDay = seal.notAfter.toISOString().slice(0, 10);
  await j.transaction((ctx) => finish(ctx, d, { bytes: signed.pdf, at: signed.at, code, seal, keyId, untilDay }));
}

interface Made {
  bytes: Uint8Array;
  at: Date;
  code: string | undefined;
  seal: { serial: string; certificate: string };
  keyId: string | undefined;
  untilDay: string;
}

/** Kept, published and issued at one stroke: an act nobody can verify, or a case issued without its act, cannot exist. */
async function finish(ctx: Context, d: Draft, made: Made): Promise<void> {
  const row = await lockCase(ctx, d.row.number);
  if (row?.state !== "signing") return;
  const { act, procedure } = d;
  const title = act.kind === "act" ? procedure.output.title : procedure.output.letterTitle;
  const file = await keepFile(ctx, {
    bytes: made.bytes,
    mediaType: "application/pdf",
    name: `${row.procedure}-${act.number.replaceAll(" ", "")}.pdf`,
    person: row.person,
    institution: act.institution,
  });
  if (!(await finishAct(ctx, { id: act.id, issuedAt: made.at, file: file.id, code: made.code ?? null }))) return;
  if (made.keyId !== undefined)
    await keepCodeKey(ctx, {
      keyId: made.keyId,
      serial: made.seal.serial,
      certificate: made.seal.certificate,
      institution: act.institution,
      issuer: d.issuer,
      fromDay: d.setting.today,
      untilDay: made.untilDay,
    });
  await publishAct(ctx, {
    number: act.number,
    title: { fr: title.fr, en: title.en },
    institution: act.institution,
    issuedAt: made.at,
    validUntil: act.validUntil,
    holder: initialsOf(d.name),
    digest: file.sha256,
    revokedAt: null,
  });
  const after = await advance(ctx, row, procedure, "issue");
  await forgetOthers(ctx, row.id);
  await ctx.record(facts.actIssued, subjectOf(row), {
    version: after.version,
    kind: act.kind,
    act: act.number,
    digest: file.sha256,
    institution: act.institution,
  });
  await ctx.enqueue(notify, { number: row.number, what: act.kind === "act" ? "issued" : "refused" });
}

/** After the last attempt the case goes back to be signed, with a sentence: nobody waits for what will not come. */
async function giveUp(ctx: Context, number: string, code: string): Promise<void> {
  const row = await lockCase(ctx, number);
  if (row?.state !== "signing") return;
  const problem = ctx.say({
    fr: `La signature n’a pas abouti (${code}). Vous pouvez recommencer.`,
    en: `Signing did not succeed (${code}). You may try again.`,
  });
  const after = await advance(ctx, row, await definitionOf(ctx, row), "signing-failed", { signingProblem: problem });
  await ctx.record(facts.signingFailed, subjectOf(row), { version: after.version, code });
}

interface Slip {
  row: CaseRow;
  procedure: Procedure;
  setting: Setting;
  receipt: ReceiptRow;
  payment: PaymentRow;
  names: Map<string, string>;
  operator: string;
}

/** A receipt bears the institution's seal alone: nobody decides anything. */
export async function runPrintReceipt(j: JobContext, { number }: Static<(typeof printReceipt)["data"]>): Promise<void> {
  const s = await j.transaction((ctx) => slipOf(ctx, number));
  if (!s) return;
  const name = applicantName(s.procedure, s.row);
  const pdf = await render(j, "receipt", receiptData(s.procedure, s.row, s.setting, s.receipt, s.payment, s.names, name, s.operator));
  const institution = { id: s.setting.office.id, name: s.setting.office.name };
  const signed = await signPdf(j, { pdf, institution, reason: `Quittance, dossier ${number}` });
  await j.transaction(async (ctx) => {
    const again = await receiptOf(ctx, s.row.id);
    if (!again || again.file) return;
    const { institution, year, serial } = s.receipt;
    const person = s.row.person;
    const name = `quittance-${year}-${serial}.pdf`;
    const file = await keepFile(ctx, { bytes: signed.pdf, mediaType: "application/pdf", name, person, institution });
    if (!(await keepReceiptFile(ctx, s.row.id, file.id))) return;
    // verifiable by its file, like an act; its number is the institution's own series and opens nothing
    await publishAct(ctx, {
      number: `${receiptNumber(year, serial)} · ${institution}`,
      title: { fr: "Quittance", en: "Receipt" },
      institution,
      issuedAt: signed.at,
      validUntil: null,
      holder: initialsOf(applicantName(s.procedure, s.row)),
      digest: file.sha256,
      revokedAt: null,
    });
  });
}

async function slipOf(ctx: Context, number: string): Promise<Slip | undefined> {
  const row = await lockCase(ctx, number);
  const receipt = row && (await receiptOf(ctx, row.id));
  const payment = receipt && (await paymentsOf(ctx, row.id)).find((p) => p.id === receipt.payment);
  if (!row || !receipt || receipt.file || !payment) return undefined;
  const procedure = await definitionOf(ctx, row);
  const names = new Map<string, string>();
  for (const line of receipt.lines) names.set(line.payee, await officeNameFr(ctx, line.payee));
  const operator = operatorsOf(ctx).find((o) => o.code === payment.operator)?.name.fr ?? payment.operator;
  return { row, procedure, setting: await settingOf(ctx, procedure, receipt.institution), receipt, payment, names, operator };
}

/** A seal's certificate was revoked: its 2D codes are no longer to be believed, online or off. */
export async function runCodeKeyRevoked(j: JobContext, { fact }: Static<(typeof codeKeyRevoked)["data"]>): Promise<void> {
  await j.transaction(async (ctx) => {
    const serial = (await factById(ctx, fact))?.data?.serial;
    if (typeof serial === "string") await revokeCodeKey(ctx, serial);
  });
}

import { createHash } from "node:crypto";
import type { Context, InputOf, OutputOf } from "#kernel";
import { code2dKeyList, code2dKeyOf, parseCode2d, readFile, verifyCode2d } from "#documents";
import { checkPdf, legalStatus, verify } from "#trust";
import { officeFolder, ownFolder } from "../cases/access.ts";
import type * as citizen from "../cases/contracts.ts";
import { readActNumber } from "../cases/number.ts";
import type * as office from "../desk/contracts.ts";
import { dayInWords } from "../forms/view.ts";
import { officeName } from "../offices.ts";
import { receiptOf } from "../payments/store.ts";
import { documentUnknown } from "../problems.ts";
import type * as api from "./contracts.ts";
import { actOf, type CodeKeyRow, codeKey, codeKeys, type PublicAct, publicByDigest, publicByNumber } from "./store.ts";
import { checkWords, codeWords, pdfFaults, sentences } from "./words.ts";

type Result = OutputOf<typeof api.verifyNumber>;

async function fileView(ctx: Context, id: string) {
  // the owner reads her own document, or the contract records the official's read
  const file = await readFile(ctx, id, { recorded: true });
  return {
    fileName: file.name ?? "document.pdf",
    mediaType: file.mediaType,
    size: file.bytes.length,
    content: Buffer.from(file.bytes).toString("base64"),
  };
}

export async function downloadDocument(
  ctx: Context,
  { number, kind }: InputOf<typeof citizen.downloadDocument>,
): Promise<OutputOf<typeof citizen.downloadDocument>> {
  const { row } = await ownFolder(ctx, number);
  const act = kind === "receipt" ? undefined : await actOf(ctx, row.id);
  const id = kind === "receipt" ? (await receiptOf(ctx, row.id))?.file : act?.kind === kind ? act.file : undefined;
  if (!id) throw documentUnknown();
  return fileView(ctx, id);
}

export async function downloadDeskDocument(
  ctx: Context,
  { number, kind }: InputOf<typeof office.downloadDeskDocument>,
): Promise<OutputOf<typeof office.downloadDeskDocument>> {
  const { row } = await officeFolder(ctx, number);
  const act = await actOf(ctx, row.id);
  if (act?.kind !== kind || !act.file) throw documentUnknown();
  return { ...(await fileView(ctx, act.file)), person: row.person };
}

const nothing = (ctx: Context, verdict: Result["verdict"]): Result => ({
  verdict,
  sentence: ctx.say(sentences[verdict]),
  contents: [],
  checks: [],
});

function standing(ctx: Context, act: PublicAct): "valid" | "expired" | "revoked" {
  if (act.revokedAt) return "revoked";
  return act.validUntil && act.validUntil < ctx.clock.today() ? "expired" : "valid";
}

async function shown(ctx: Context, act: PublicAct, verdict: Result["verdict"]): Promise<Result> {
  return {
    ...nothing(ctx, verdict),
    number: act.number,
    title: ctx.say(act.title),
    institution: await officeName(ctx, act.institution),
    issuedAt: act.issuedAt.toISOString(),
    ...(act.validUntil ? { validUntil: act.validUntil } : {}),
    holder: act.holder,
    legalStatus: ctx.say((await legalStatus(ctx, act.institution)).text),
  };
}

export async function verifyNumber(ctx: Context, { number }: InputOf<typeof api.verifyNumber>): Promise<Result> {
  const known = readActNumber(number);
  const act = known && (await publicByNumber(ctx, known));
  return act ? shown(ctx, act, standing(ctx, act)) : nothing(ctx, "unknown");
}

export async function verifyFile(ctx: Context, { file }: InputOf<typeof api.verifyFile>): Promise<Result> {
  const bytes = Buffer.from(file, "base64");
  const act = await publicByDigest(ctx, createHash("sha256").update(bytes).digest("hex"));
  const report = await checkPdf(ctx, bytes);
  const checks = [
    { what: ctx.say(checkWords.known), passed: act !== undefined },
    ...report.signatures.map((s) => ({ what: `${ctx.say(checkWords[s.kind])}\u202f: ${s.subject}`, passed: s.ok })),
    ...report.faults.map((f) => ({ what: ctx.say(pdfFaults[f]), passed: false })),
  ];
  if (act && report.ok) return { ...(await shown(ctx, act, standing(ctx, act))), checks };
  const ours = report.signatures.some((one) => one.kind !== "other");
  // signed by one of ours once, and no longer what was signed: say so loudly
  const verdict = !ours ? "not-ours" : report.ok ? "unknown" : "altered";
  return { ...nothing(ctx, verdict), checks };
}

function listed(k: CodeKeyRow) {
  return code2dKeyOf(k.certificate, { issuer: k.issuer, from: k.fromDay, until: k.untilDay, ...(k.revokedAt ? { revoked: true } : {}) });
}

export async function readCodeKeys(ctx: Context): Promise<OutputOf<typeof api.readCodeKeys>> {
  return code2dKeyList(ctx.clock.now().toISOString(), (await codeKeys(ctx)).map(listed));
}

export async function verifyCode(ctx: Context, { payload }: InputOf<typeof api.verifyCode>): Promise<Result> {
  const text = payload.trim();
  const all = await codeKeys(ctx);
  const offline = verifyCode2d(text, code2dKeyList(ctx.clock.now().toISOString(), all.map(listed)));
  if (!offline.ok) {
    const verdict = {
      malformed: "not-ours",
      "unknown-key": "not-ours",
      "bad-signature": "altered",
      "key-not-valid-then": "altered",
      "key-revoked": "revoked",
    } as const;
    return { ...nothing(ctx, verdict[offline.reason]), checks: [{ what: ctx.say(checkWords.code), passed: false }] };
  }
  const { fields } = offline;
  const contents = [
    { label: ctx.say(codeWords.name), value: fields.name ?? "" },
    { label: ctx.say(codeWords.birth), value: fields.birth ? dayInWords(fields.birth, ctx.lang) : "" },
    { label: ctx.say(codeWords.issued), value: dayInWords(fields.issued, ctx.lang) },
    {
      label: ctx.say(codeWords.conclusion),
      value: fields.conclusion ? ctx.say(codeWords[fields.conclusion as "none"] ?? { fr: fields.conclusion, en: fields.conclusion }) : "",
    },
    { label: ctx.say(codeWords.file), value: fields.number },
  ].filter((c) => c.value !== "");
  const checks = [
    { what: ctx.say(checkWords.code), passed: true },
    { what: ctx.say(checkWords.certificate), passed: await certified(ctx, text) },
  ];
  const number = fields.check && readActNumber(fields.check);
  const act = number && (await publicByNumber(ctx, number));
  checks.push({ what: ctx.say(checkWords.known), passed: Boolean(act) });
  if (checks.some((c) => !c.passed)) return { ...nothing(ctx, act ? "revoked" : "unknown"), checks, contents };
  return act ? { ...(await shown(ctx, act, standing(ctx, act))), checks, contents } : { ...nothing(ctx, "unknown"), checks, contents };
}

/** The seal's certificate today: its chain, its dates, its revocation. */
async function certified(ctx: Context, text: string): Promise<boolean> {
  const { keyId, signedBytes, signature } = parseCode2d(text);
  const key = await codeKey(ctx, keyId);
  if (!key) return false;
  const at = new Date(`${key.untilDay}T00:00:00Z`);
  const now = ctx.clock.now();
  // a certificate that merely reached its end does not undo what it sealed while it was valid
  const { ok } = await verify(ctx, {
    bytes: signedBytes,
    signature,
    certificate: key.certificate,
    at: now < at ? now : new Date(at.getTime() - 86_400_000),
    institution: key.institution,
  });
  return ok;
}

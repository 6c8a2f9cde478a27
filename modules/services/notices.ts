/** What the applicant hears by SMS: letters of the GSM alphabet only (others double the price), no name, no result. */
import { type JobContext, type Static, type Text } from "#kernel";
import { tellPerson } from "#identity";
import { actOf } from "./acts/store.ts";
import { type CaseRow, lockCase } from "./cases/store.ts";
import { definitionOf } from "./catalogue/definitions.ts";
import type { notify } from "./jobs.ts";
import { receiptNumber } from "./payments/fees.ts";
import { receiptOf } from "./payments/store.ts";

type What = Static<(typeof notify)["data"]>["what"];

interface Said {
  title: Text;
  number: string;
  link: string;
  act?: string;
  receipt?: string;
}

export const texts: Record<What, (s: Said) => Text> = {
  evidence: (s) => ({
    fr: `Dossier ${s.number}: les registres ont répondu. Continuez votre démarche: ${s.link}`,
    en: `Case ${s.number}: the registers have answered. Go on with your request: ${s.link}`,
  }),
  submitted: (s) => ({
    fr: `Dossier ${s.number} transmis.${s.receipt ? ` Quittance ${s.receipt}.` : ""} Suivi: ${s.link}`,
    en: `Case ${s.number} handed over.${s.receipt ? ` Receipt ${s.receipt}.` : ""} Follow it: ${s.link}`,
  }),
  correction: (s) => ({
    fr: `Dossier ${s.number}: une correction est demandée. Le délai est suspendu: ${s.link}`,
    en: `Case ${s.number}: a correction is asked for. The delay is suspended: ${s.link}`,
  }),
  issued: (s) => ({
    fr: `Dossier ${s.number}: votre document est délivré. Numéro de vérification ${s.act}. ${s.link}`,
    en: `Case ${s.number}: your document is issued. Verification number ${s.act}. ${s.link}`,
  }),
  refused: (s) => ({
    fr: `Dossier ${s.number}: une décision a été prise. Lisez-la, avec ses motifs et les recours: ${s.link}`,
    en: `Case ${s.number}: a decision was taken. Read it, with its grounds and how to appeal: ${s.link}`,
  }),
  message: (s) => ({
    fr: `Dossier ${s.number}: l'institution vous a écrit: ${s.link}`,
    en: `Case ${s.number}: the institution has written to you: ${s.link}`,
  }),
  draft: (s) => ({
    fr: `Dossier ${s.number}: votre brouillon sera effacé dans deux semaines si vous ne le continuez pas: ${s.link}`,
    en: `Case ${s.number}: your draft will be erased in two weeks unless you go on with it: ${s.link}`,
  }),
  revoked: (s) => ({
    fr: `Dossier ${s.number}: le document délivré a été retiré et ne doit plus servir: ${s.link}`,
    en: `Case ${s.number}: the document issued was withdrawn and must no longer be used: ${s.link}`,
  }),
  "given-back": (s) => ({
    fr: `Dossier ${s.number}: une somme versée en trop vous a été rendue. ${s.link}`,
    en: `Case ${s.number}: an amount received in excess was given back to you. ${s.link}`,
  }),
};

export async function runNotify(j: JobContext, { number, what }: Static<(typeof notify)["data"]>): Promise<void> {
  await j.transaction(async (ctx) => {
    const row = await lockCase(ctx, number);
    if (!row) return;
    const { title } = await definitionOf(ctx, row);
    const act = what === "issued" ? await actOf(ctx, row.id) : undefined;
    const receipt = row.paidBy ? await receiptOf(ctx, row.id) : undefined;
    const text = texts[what]({
      title: { fr: title.fr, en: title.en },
      number,
      link: `${ctx.config.origin}/dossiers/${number}`,
      ...(act ? { act: act.number } : {}),
      ...(receipt ? { receipt: receiptNumber(receipt.year, receipt.serial) } : {}),
    });
    // the same news of the same state of the case goes out once, however often this job runs
    await tellPerson(ctx, row.person, text, { ref: `services:${number}:${what}:${stage(row, what)}` });
  });
}

/** Corrections and messages may come several times: each time is news. */
function stage(row: CaseRow, what: What): string {
  return what === "correction"
    ? String(row.corrections)
    : what === "message" || what === "evidence" || what === "draft"
      ? String(row.version)
      : "once";
}

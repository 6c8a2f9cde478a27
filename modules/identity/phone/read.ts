import type { Context, Text } from "#kernel";
import { phoneRefused } from "../problems.ts";
import { readPhone, showPhone } from "./rules.ts";

const why: Record<"malformed" | "foreign" | "not-mobile", Text> = {
  malformed: { fr: "Écrivez le numéro comme vous le composez.", en: "Write the number as you dial it." },
  foreign: {
    fr: "Les codes ne sont envoyés qu’aux numéros du pays. De l’étranger, utilisez une clé d’accès.",
    en: "Codes are only sent to numbers of the country. From abroad, use a passkey.",
  },
  "not-mobile": { fr: "Ce numéro n’est pas un numéro mobile.", en: "This is not a mobile number." },
};

export function requirePhone(ctx: Context, typed: string): string {
  const reading = readPhone(typed, ctx.country.phone);
  if (!reading.ok) throw phoneRefused({ detail: why[reading.why], fields: [{ path: "phone", message: why[reading.why] }] });
  return reading.e164;
}

export const shown = (ctx: Context, e164: string): string => showPhone(e164, ctx.country.phone);

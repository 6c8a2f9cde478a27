/** Telephone numbers by the country's numbering plan, which comes as a parameter: no country is known here. */
export interface PhonePlan {
  /** Country code, with or without its plus: '+226'. */
  prefix: string;
  /** Regular expression of a whole national number. */
  pattern: string;
  /** The national numbers that can receive an SMS. */
  mobile: string;
}
export type PhoneReading = { ok: true; e164: string } | { ok: false; why: "malformed" | "foreign" | "not-mobile" };

const whole = (pattern: string): RegExp => new RegExp(`^(?:${pattern.replace(/^\^|\$$/g, "")})$`);

/**
 * What people type ('70 12 34 56', '0022670123456', '+226 70-12-34-56', '226.70.12.34.56') to E.164.
 * Foreign numbers are refused: a code by SMS to any number of the world is how SMS fraud is fed; abroad, a passkey.
 */
export function readPhone(typed: string, plan: PhonePlan): PhoneReading {
  const compact = typed.normalize("NFKC").replace(/[\s().\-\u2010-\u2015/]/g, "");
  if (!/^\+?\d{4,18}$/.test(compact)) return { ok: false, why: "malformed" };
  const prefix = plan.prefix.replace(/^\+/, "");
  const national = whole(plan.pattern);
  // A national number may itself begin with 00 or like the country code: read it as national first.
  const plus = compact.startsWith("+");
  const international = plus ? compact.slice(1) : compact.startsWith("00") ? compact.slice(2) : undefined;
  let number = compact;
  if (international !== undefined && (plus || !national.test(compact))) {
    if (!international.startsWith(prefix)) return { ok: false, why: "foreign" };
    number = international.slice(prefix.length);
  } else if (!national.test(number) && number.startsWith(prefix)) number = number.slice(prefix.length);
  if (!national.test(number)) return { ok: false, why: "malformed" };
  if (!whole(plan.mobile).test(number)) return { ok: false, why: "not-mobile" };
  return { ok: true, e164: `+${prefix}${number}` };
}

/** '+226 70 12 34 56': pairs from the right, the way numbers are read aloud. */
export function showPhone(e164: string, plan: Pick<PhonePlan, "prefix">): string {
  const prefix = plan.prefix.startsWith("+") ? plan.prefix : `+${plan.prefix}`;
  const national = e164.startsWith(prefix) ? e164.slice(prefix.length) : e164.replace(/^\+/, "");
  return `${prefix} ${national.replace(/\B(?=(\d{2})+$)/g, " ")}`;
}

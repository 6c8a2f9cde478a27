// Telephone numbers as E.164, by the country's numbering plan.
export interface PhonePlan {
  /** '+' and the country code. */
  prefix: string;
  /** A national number, digits only. */
  pattern: string;
}

/** '+…' or undefined when it cannot be a number; a foreign number counts only with its country code. */
export const normalPhone = (plan: PhonePlan, raw: string): string | undefined => {
  const typed = raw.normalize("NFKC").replace(/[\s().\-‐‑–/]/gu, "");
  if (!/^\+?\d{4,18}$/.test(typed)) return undefined;
  const national = new RegExp(plan.pattern);
  const code = plan.prefix.replace(/^\+/, "");
  const international = typed.startsWith("+") ? typed.slice(1) : typed.startsWith("00") ? typed.slice(2) : undefined;
  if (international === undefined) {
    if (national.test(typed)) return `+${code}${typed}`;
    const rest = typed.startsWith(code) ? typed.slice(code.length) : "";
    return national.test(rest) ? `+${code}${rest}` : undefined;
  }
  if (international.startsWith(code)) return national.test(international.slice(code.length)) ? `+${international}` : undefined;
  // E.164: at most 15 digits, no country code begins with 0.
  return /^[1-9]\d{6,14}$/.test(international) ? `+${international}` : undefined;
};

/** For lists and logs: enough to recognise one's own number, too little to call it. */
export const maskPhone = (phone: string): string =>
  phone.replace(/^(\+\d{3})?(.*)(\d{2})$/, (_, code = "", middle: string, end: string) => `${code}${"•".repeat(middle.length)}${end}`);

/** Numbers people read aloud and type on a handset: digits only, one of them a check (ISO/IEC 7064, MOD 11,10). */

/** The check digit of MOD 11,10: finds every single wrong digit and nearly every swap of neighbours. */
export function checkDigit(digits: string): string {
  let product = 10;
  for (const d of digits) {
    let sum = (Number(d) + product) % 10;
    if (sum === 0) sum = 10;
    product = (sum * 2) % 11;
  }
  return String((11 - product) % 10);
}

const digitsOf = (text: string): string => text.replace(/[\s\u00a0\u202f.-]/gu, "");

/** 2026-4831-0927-5: the year, eight random digits, the check. A number tells nothing about how many cases there are. */
export function caseNumber(year: number, random: string): string {
  const body = `${year}${random}`;
  return `${year}-${random.slice(0, 4)}-${random.slice(4)}-${checkDigit(body)}`;
}

/** The number as stored, whatever separators were typed; undefined when it cannot be one. */
export function readCaseNumber(text: string): string | undefined {
  const d = digitsOf(text);
  if (!/^\d{13}$/.test(d) || checkDigit(d.slice(0, 12)) !== d[12]) return undefined;
  return `${d.slice(0, 4)}-${d.slice(4, 8)}-${d.slice(8, 12)}-${d[12]}`;
}

/** 4831 0927 5516: eleven random digits and the check, printed on an act. */
export function actNumber(random: string): string {
  const all = `${random}${checkDigit(random)}`;
  return `${all.slice(0, 4)} ${all.slice(4, 8)} ${all.slice(8)}`;
}

export function readActNumber(text: string): string | undefined {
  const d = digitsOf(text);
  if (!/^\d{12}$/.test(d) || checkDigit(d.slice(0, 11)) !== d[11]) return undefined;
  return `${d.slice(0, 4)} ${d.slice(4, 8)} ${d.slice(8)}`;
}

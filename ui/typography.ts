import type { Lang } from "#kernel";

const NARROW = "\u202f"; // narrow no-break space, before ; : ! ? and inside « » in French

/**
 * French typography for texts that arrive typed in a hurry (data files, officials' messages): narrow no-break
 * spaces where the language wants them, real apostrophes, « » instead of straight double quotes.
 * Addresses, times and web links are left alone: a colon is only touched when a space stands before it.
 */
export function typo(lang: Lang, text: string): string {
  if (lang !== "fr") return text;
  return text
    .replace(/(\p{L})'(?=\p{L})/gu, "$1’")
    .replace(/"([^"\n]+)"/g, "« $1 »")
    .replace(/[ \u00a0\u202f]+(?=[;:!?](?:\s|$)|»)/g, NARROW)
    .replace(/(\p{L})(?=[;!?](?:\s|$))/gu, `$1${NARROW}`)
    .replace(/«[ \u00a0\u202f]*/g, `«${NARROW}`)
    .replace(/(\d)[ ](?=(?:F(?:\s?[A-Z]{3})?\b|%|h\b|km\b|Mo\b|Ko\b))/g, `$1${NARROW}`);
}

/** Lower case without accents, for comparing what people type with what is written. */
export function fold(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{M}+/gu, "")
    .replace(/[’']/g, " ")
    .toLowerCase()
    .trim();
}

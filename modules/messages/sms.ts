// What a text costs as SMS (3GPP TS 23.038 and 23.040): one letter outside the GSM alphabet halves what fits.

const BASIC =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
// Reached by an escape: two septets each.
const EXTENDED = "^{}\\[~]|€\f";
const basic = new Set(BASIC);
const extended = new Set(EXTENDED);

export interface SmsCost {
  encoding: "gsm7" | "ucs2";
  /** Messages the sender pays for. */
  parts: number;
  /** Septets (gsm7) or 16-bit units (ucs2). */
  characters: number;
  /** Letters that made it ucs2. */
  outside: string[];
}

const septets = (character: string): number => (extended.has(character) ? 2 : 1);
const units = (character: string): number => character.length;

/** Parts filled one after the other: neither an escape pair nor a surrogate pair is ever split. */
const fill = (sizes: number[], alone: number, joined: number): { parts: number; characters: number } => {
  const characters = sizes.reduce((sum, size) => sum + size, 0);
  if (characters <= alone) return { parts: characters === 0 ? 0 : 1, characters };
  let parts = 1;
  let used = 0;
  for (const size of sizes) {
    if (used + size > joined) {
      parts += 1;
      used = 0;
    }
    used += size;
  }
  return { parts, characters };
};

export const smsCost = (text: string): SmsCost => {
  const letters = [...text];
  const outside = [...new Set(letters.filter((letter) => !basic.has(letter) && !extended.has(letter)))];
  if (outside.length === 0) return { encoding: "gsm7", ...fill(letters.map(septets), 160, 153), outside };
  return { encoding: "ucs2", ...fill(letters.map(units), 70, 67), outside };
};

const typographic: Record<string, string> = {
  "’": "'",
  "‘": "'",
  "“": '"',
  "”": '"',
  "…": "...",
  "–": "-",
  "—": "-",
  œ: "oe",
  Œ: "OE",
  "\u00A0": " ",
  "\u202F": " ",
  "\u2009": " ",
  "\u2011": "-",
};
const accents = /[âêîôûëïÿçÂÊÎÔÛËÏŸÀÈÙÌÒÁÍÓÚáíóú]/u;

/**
 * A French or English text with its typography and rare accents folded into the GSM alphabet: every reader still reads it.
 * Letters of other languages stay: ɛ is not e, and folding them would change words.
 */
export const foldFrench = (text: string): string =>
  [
    ...text
      .normalize("NFC")
      .replace(/«[\u00A0\u202F ]?/g, '"')
      .replace(/[\u00A0\u202F ]?»/g, '"'),
  ]
    .map((letter) => {
      if (basic.has(letter) || extended.has(letter)) return letter;
      const known = typographic[letter];
      if (known !== undefined) return known;
      return accents.test(letter) ? letter.normalize("NFD").replace(/\p{M}/gu, "") : letter;
    })
    .join("");

/** The cheapest honest form: as written, else folded, else the approved plain wording, whichever has fewest parts. */
export const cheapest = (text: string, lang: string, plain?: string): string => {
  const candidates = [text];
  if (lang === "fr" || lang === "en") candidates.push(foldFrench(text));
  if (plain !== undefined) candidates.push(plain, foldFrench(plain));
  return candidates.reduce((best, next) => (smsCost(next).parts < smsCost(best).parts ? next : best));
};

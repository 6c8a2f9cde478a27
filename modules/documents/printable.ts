// Text as paper can show it. Names arrive as people wrote them: the page must neither break, lie nor fail.
// Whatever no font of ours can draw is replaced by a visible mark and reported, never dropped in silence.

/** Shown in place of a character without a glyph. */
export const REPLACEMENT = "\u{FFFD}";
const MAX_MARKS = 6;
const LONG_RUN = 40;
const BREAK_EVERY = 24;

export type Coverage = ReadonlySet<number>;

/** Code points a TrueType font has glyphs for (its format 4 and 12 character maps). */
export const coverageOf = (font: Uint8Array): Set<number> => {
  const view = new DataView(font.buffer, font.byteOffset, font.byteLength);
  const covered = new Set<number>();
  const tables = view.getUint16(4);
  for (let i = 0; i < tables; i++) {
    const entry = 12 + i * 16;
    if (view.getUint32(entry) !== 0x636d6170) continue; // 'cmap'
    const cmap = view.getUint32(entry + 8);
    const subtables = view.getUint16(cmap + 2);
    for (let s = 0; s < subtables; s++) readSubtable(view, cmap + view.getUint32(cmap + 4 + s * 8 + 4), covered);
  }
  return covered;
};

const readSubtable = (view: DataView, at: number, covered: Set<number>): void => {
  const format = view.getUint16(at);
  if (format === 12) {
    const groups = view.getUint32(at + 12);
    for (let g = 0; g < groups; g++) {
      const [first, last] = [view.getUint32(at + 16 + g * 12), view.getUint32(at + 20 + g * 12)];
      for (let c = first; c <= last; c++) covered.add(c);
    }
  }
  if (format === 4) {
    const doubled = view.getUint16(at + 6);
    for (let s = 0; s < doubled; s += 2) {
      const [last, first] = [view.getUint16(at + 14 + s), view.getUint16(at + 16 + doubled + s)];
      const [delta, rangeAt] = [view.getUint16(at + 16 + 2 * doubled + s), at + 16 + 3 * doubled + s];
      const range = view.getUint16(rangeAt);
      for (let c = first; c <= last && c !== 0xffff; c++) {
        const glyph = range === 0 ? c : view.getUint16(rangeAt + range + 2 * (c - first));
        if (glyph !== 0 && ((glyph + delta) & 0xffff) !== 0) covered.add(c);
      }
    }
  }
};

const mark = /\p{M}/u;
// Joiners shape Arabic letters and belong to names; every other invisible control can only mislead the reader
// (a right-to-left override turns one number into another).
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u;
const joiners = new Set(["\u200C", "\u200D"]);

/** The printable form of `text`; characters that could not be kept are added to `replaced`. */
export const printable = (text: string, covers: Coverage, replaced: Set<string>): string => {
  let out = "";
  let marks = 0;
  const tidy = text.replace(/[\t\r\n\v\f\u0085\u2028\u2029]+/gu, " ").normalize("NFC");
  for (const character of tidy) {
    if (invisible.test(character) && !joiners.has(character)) {
      replaced.add(character);
      continue;
    }
    const isMark = mark.test(character);
    marks = isMark ? marks + 1 : 0;
    if (marks > MAX_MARKS || (isMark && !covers.has(character.codePointAt(0) ?? 0))) {
      replaced.add(character);
      continue;
    }
    if (covers.has(character.codePointAt(0) ?? 0)) {
      out += character;
      continue;
    }
    replaced.add(character);
    out += REPLACEMENT;
  }
  return breakable(out);
};

/** A run without a space would leave the page: it gets places where the line may break. */
const breakable = (text: string): string => {
  if (text.length <= LONG_RUN) return text;
  return text.replace(/[^\s-]{41,}/gu, (run) => {
    let count = 0;
    let out = "";
    for (const { segment } of new Intl.Segmenter("und", { granularity: "grapheme" }).segment(run)) {
      if (count > 0 && count % BREAK_EVERY === 0) out += "\u200B";
      out += segment;
      count += 1;
    }
    return out;
  });
};

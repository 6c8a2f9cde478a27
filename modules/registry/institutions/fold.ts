/** Search words: case, accents and punctuation do not count. */
export function fold(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/œ/g, "oe")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

/** Everything one may type to find an institution: its names, its acronym, its code (TGI-KOUDOUGOU), its town. Each word begins after a space. */
export function searchWords(parts: readonly (string | undefined)[]): string {
  const words = new Set(parts.flatMap((p) => (p ? fold(p).split(" ") : [])).filter(Boolean));
  return ` ${[...words].join(" ")}`;
}

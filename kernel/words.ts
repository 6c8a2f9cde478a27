/** Texts people read. French is complete, English is complete; any other language falls back to French, openly. */
export type Lang = string;
export type Text = { fr: string; en: string; [lang: string]: string | undefined };

/** The text in `lang`, else in French: the one fallback, stated here and nowhere else. */
export function say(text: Text, lang: Lang): string {
  return text[lang] ?? text.fr;
}

type Word = string | ((...args: never[]) => string);
type Table = Record<string, Word>;
type SameKeys<F extends Table> = { [K in keyof F]: F[K] extends string ? string : F[K] };

/** Tables of texts with the same keys in every language (checked by the compiler); a text is a string or a function. */
export function messages<F extends Table>(tables: { fr: F; en: SameKeys<F> }): (lang: Lang) => F {
  return (lang) => (lang === "en" ? (tables.en as F) : tables.fr);
}

/**
 * The first supported language of an Accept-Language header (RFC 9110, 12.5.4), French otherwise.
 * Quality values are honoured; ranges such as `fr-BF` match their primary tag.
 */
export function preferredLang(header: string | undefined, supported: readonly Lang[]): Lang {
  const wishes = (header ?? "")
    .split(",")
    .slice(0, 20)
    .map((part) => {
      const [tag = "", ...params] = part.trim().toLowerCase().split(";");
      const q = params.map((p) => /^\s*q=([\d.]+)\s*$/.exec(p)?.[1]).find(Boolean);
      return { tag: tag.split("-")[0] ?? "", q: q === undefined ? 1 : Number(q) };
    })
    .filter((wish) => wish.tag && wish.q > 0)
    .sort((a, b) => b.q - a.q);
  return wishes.find((wish) => supported.includes(wish.tag))?.tag ?? "fr";
}

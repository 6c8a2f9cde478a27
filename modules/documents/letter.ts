// Words and signs every paper shares: the State's letterhead from the country pack, and how to verify.
import { type Country, type Lang, T, messages, packSection } from "#kernel";
import type { Letterhead, Verification } from "./shapes.ts";

const Words = T.Object({ fr: T.String(), en: T.String() }, { additionalProperties: T.String() });

/** countries/<cc>/documents/emblem.json: one entry; a country without it prints its name alone. */
export const emblem = packSection(
  "documents.emblem",
  T.Array(
    T.Object({
      /** Name as official papers print it, when it is not the country's usual name. */
      state: T.Optional(Words),
      motto: T.Optional(Words),
      /** SVG text of the arms or seal. */
      arms: T.Optional(T.String({ maxLength: 200_000 })),
      source: T.String(),
      date: T.String(),
    }),
    { maxItems: 1 },
  ),
  { optional: true },
);

/** `hierarchy`: the chain of authority, top down; the last line is the institution that speaks. */
export const letterhead = (country: Country, lang: Lang, hierarchy: string[]): Letterhead => {
  const [own] = country.get(emblem);
  const inLang = (words: { fr: string; en: string; [lang: string]: string }): string => words[lang] ?? words.fr;
  return {
    state: inLang(own?.state ?? (country.name as { fr: string; en: string })),
    ...(own?.motto === undefined ? {} : { motto: inLang(own.motto) }),
    ...(own?.arms === undefined ? {} : { arms: own.arms }),
    hierarchy,
  };
};

const words = messages({
  fr: {
    heading: "Vérifier ce document",
    scan: "Scannez le code avec l’appareil photo d’un téléphone, ou entrez le numéro à cette adresse, ou déposez-y le fichier.",
    number: "Entrez le numéro à cette adresse, ou déposez-y le fichier.",
    file: "Déposez le fichier à cette adresse\u202f: ses signatures y sont contrôlées.",
    offline: "Sans réseau, le code se vérifie avec la liste publique des clés.",
    compare: "Comparez toujours le résultat avec ce papier.",
  },
  en: {
    heading: "Verify this document",
    scan: "Scan the code with a phone’s camera, or enter the number at this address, or hand in the file there.",
    number: "Enter the number at this address, or hand in the file there.",
    file: "Hand in the file at this address: its signatures are checked there.",
    offline: "Without a network, the code is checked with the public list of keys.",
    compare: "Always compare the result with this paper.",
  },
});

/** How to verify, saying only what this paper really offers. */
export const verification = (lang: Lang, o: { address: string; number?: string; code?: string }): Verification => {
  const w = words(lang);
  const how = o.code !== undefined ? w.scan : o.number !== undefined ? w.number : w.file;
  return { ...o, heading: w.heading, steps: [how, `${o.code === undefined ? "" : `${w.offline} `}${w.compare}`] };
};

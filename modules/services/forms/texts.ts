/** What a person reads beside a field that is not right. Each says what to do, not what rule was broken. */
import type { Text } from "#kernel";

const n = (value: number | string): string => String(value);

export const told = {
  required: { fr: "Répondez à cette question.", en: "Answer this question." },
  unknownField: { fr: "Ce champ n’existe pas dans ce formulaire.", en: "This field does not exist in this form." },
  lockedField: {
    fr: "Cette information vient d’un registre et ne se modifie pas ici.",
    en: "This information comes from a register and cannot be changed here.",
  },
  shape: { fr: "Cette réponse n’a pas la forme attendue.", en: "This answer does not have the expected shape." },
  control: { fr: "Retirez les caractères invisibles de cette réponse.", en: "Remove the invisible characters from this answer." },
  stacked: { fr: "Retirez les accents superposés de cette réponse.", en: "Remove the stacked accents from this answer." },
  name: {
    fr: "Écrivez un nom avec des lettres, des espaces, des traits d’union ou des apostrophes.",
    en: "Write a name with letters, spaces, hyphens or apostrophes.",
  },
  date: { fr: "Écrivez une date qui existe, par exemple 31/12/1990.", en: "Write a date that exists, for example 31/12/1990." },
  partialDate: {
    fr: "Écrivez une date, un mois et une année, ou une année seule.",
    en: "Write a date, a month and a year, or a year alone.",
  },
  time: { fr: "Écrivez une heure, par exemple 14:30.", en: "Write a time, for example 14:30." },
  instant: { fr: "Écrivez une date et une heure.", en: "Write a date and a time." },
  year: { fr: "Écrivez une année en quatre chiffres.", en: "Write a year in four digits." },
  month: { fr: "Écrivez un mois et une année, par exemple 06/2026.", en: "Write a month and a year, for example 06/2026." },
  number: { fr: "Écrivez un nombre.", en: "Write a number." },
  integer: { fr: "Écrivez un nombre entier.", en: "Write a whole number." },
  amount: { fr: "Écrivez un montant en francs, sans décimales.", en: "Write an amount in francs, without decimals." },
  phone: { fr: "Écrivez un numéro de téléphone complet.", en: "Write a complete phone number." },
  email: {
    fr: "Écrivez une adresse électronique, par exemple nom@exemple.org.",
    en: "Write an e-mail address, for example name@example.org.",
  },
  web: { fr: "Écrivez une adresse qui commence par https://.", en: "Write an address that begins with https://." },
  yesNo: { fr: "Choisissez oui ou non.", en: "Choose yes or no." },
  choice: { fr: "Choisissez une des réponses proposées.", en: "Choose one of the answers offered." },
  country: { fr: "Choisissez un pays de la liste.", en: "Choose a country from the list." },
  division: { fr: "Choisissez un lieu de la liste.", en: "Choose a place from the list." },
  institution: { fr: "Choisissez une institution de la liste.", en: "Choose an institution from the list." },
  coordinates: { fr: "Écrivez une latitude et une longitude.", en: "Write a latitude and a longitude." },
  reference: { fr: "Vérifiez ce numéro : un chiffre ne va pas.", en: "Check this number: a digit is wrong." },
  pattern: { fr: "Cette réponse n’a pas la forme demandée.", en: "This answer does not have the form asked for." },
  duration: { fr: "Écrivez une durée, par exemple 2 ans ou 18 mois.", en: "Write a duration, for example 2 years or 18 months." },
  declare: { fr: "Cochez la case pour faire cette déclaration.", en: "Tick the box to make this declaration." },
} satisfies Record<string, Text>;

export const tooLong = (max: number): Text => ({
  fr: `Écrivez au plus ${n(max)} caractères.`,
  en: `Write at most ${n(max)} characters.`,
});
export const tooSmall = (min: number | string): Text => ({ fr: `Le minimum est ${n(min)}.`, en: `The minimum is ${n(min)}.` });
export const tooBig = (max: number | string): Text => ({ fr: `Le maximum est ${n(max)}.`, en: `The maximum is ${n(max)}.` });
export const tooFew = (min: number): Text => ({ fr: `Ajoutez au moins ${n(min)} élément(s).`, en: `Add at least ${n(min)} item(s).` });
export const tooMany = (max: number): Text => ({ fr: `Gardez au plus ${n(max)} éléments.`, en: `Keep at most ${n(max)} items.` });

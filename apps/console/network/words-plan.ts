import type { Lang } from "#kernel";
import { branches } from "./words-branches.ts";
import { extension } from "./words-extension.ts";
import { inventory } from "./words-inventory.ts";

const all = {
  fr: { ...branches("fr"), ...extension("fr"), ...inventory("fr") },
  en: { ...branches("en"), ...extension("en"), ...inventory("en") },
};

/** Words of branches, orders, coverage, capacity, addresses, files, the report. */
export const words = (lang: Lang): (typeof all)["fr"] => (lang === "en" ? all.en : all.fr);

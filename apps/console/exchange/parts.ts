import type { ServiceView } from "#exchange/api";
import { T, type Html, type PageContext } from "#kernel";
import { tag } from "#ui";
import { words } from "./words.ts";

export const Identifier = T.String({ minLength: 3, maxLength: 255 });
export const serviceHref = (id: string) => `/console/echanges/service?id=${encodeURIComponent(id)}`;

export function how(p: PageContext, one: ServiceView): string {
  const w = words(p.lang);
  return one.answersInDays ? `${w[`kind-${one.kind}`]}, ${w.inDays(one.answersInDays)}` : w[`kind-${one.kind}`];
}

export const state = (p: PageContext, one: ServiceView): Html =>
  one.enabled ? tag(words(p.lang).open, "good") : tag(words(p.lang).closed, "bad");

export const percent = (p: PageContext, part: number): string =>
  new Intl.NumberFormat(p.lang === "en" ? "en-GB" : "fr-FR", { style: "percent", maximumFractionDigits: 1 }).format(part);

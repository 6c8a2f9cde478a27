// The fonts papers are set in (fonts/OFL.txt): subsets for Latin with West African letters, and Arabic.
import { readdirSync, readFileSync } from "node:fs";
import { type Coverage, coverageOf } from "./printable.ts";

const folder = new URL("./fonts/", import.meta.url);
const read = (name: string): Buffer => readFileSync(new URL(name, folder));

export const fontBlobs = (): Buffer[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".ttf"))
    .toSorted()
    .map(read);

let known: Coverage | undefined;
/** Every text style can draw these: serif styles fall back to the sans, both to the Arabic. */
export const coverage = (): Coverage => {
  known ??= coverageOf(read("NotoSans-Regular.ttf"))
    .intersection(coverageOf(read("NotoSans-SemiBold.ttf")))
    .union(coverageOf(read("NotoSansArabic-Regular.ttf")));
  return known;
};

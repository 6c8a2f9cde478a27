/** Finding a procedure as people write: without accents, with typing errors, with their own words. All in memory. */
import type { Lang } from "#kernel";
import { folded } from "../forms/plain.ts";
import type { Entry as Known, LifeEvent, Procedure } from "./procedure.ts";

interface Entry {
  slug: string;
  /** Folded words, each with what it is worth. */
  words: Map<string, number>;
}

export interface Index {
  entries: Entry[];
  synonyms: Map<string, string[]>;
}

const empty = new Set(
  "a au aux avec ce ces dans de des du d en et l la le les mon ma mes n ou par pour que qui s sa se ses son sur un une the of for to my an and or in how comment obtenir avoir faire demander get".split(
    " ",
  ),
);

export function wordsOf(text: string): string[] {
  return folded(text)
    .split(" ")
    .filter((w) => w.length > 0 && w.length <= 40 && !empty.has(w));
}

function weighed(slug: string, texts: readonly (readonly [string | undefined, number])[]): Entry {
  const words = new Map<string, number>();
  for (const [text, worth] of texts) for (const w of wordsOf(text ?? "")) words.set(w, Math.max(words.get(w) ?? 0, worth));
  return { slug, words };
}

export function buildIndex(
  procedures: readonly Procedure[],
  events: readonly LifeEvent[],
  synonyms: Readonly<Record<string, readonly string[]>>,
  known: readonly Known[] = [],
): Index {
  const eventsOf = (ids: readonly string[]) =>
    events.filter((e) => ids.includes(e.id)).flatMap((e) => Object.values(e.title).map((t) => [t, 3] as const));
  const run = procedures.map((p) =>
    weighed(p.slug, [
      ...Object.values(p.title).map((t) => [t, 10] as const),
      ...p.keywords.map((k) => [k, 8] as const),
      ...Object.values(p.output.title).map((t) => [t, 6] as const),
      ...Object.values(p.summary).map((t) => [t, 3] as const),
      ...eventsOf(p.lifeEvents),
    ]),
  );
  // what is only described ranks a little below what can be done here
  const described = known.map((k) => weighed(k.slug, [...Object.values(k.title).map((t) => [t, 9] as const), ...eventsOf(k.lifeEvents)]));
  const table = new Map<string, string[]>();
  for (const [word, others] of Object.entries(synonyms)) table.set(wordsOf(word).join(" "), others.flatMap(wordsOf));
  return { entries: [...run, ...described], synonyms: table };
}

export interface Found {
  slug: string;
  score: number;
}

/** Best first. `corrected` when nothing matched as typed and these are near matches. */
export function search(index: Index, query: string): { found: Found[]; corrected: boolean } {
  const asked = wordsOf(query.slice(0, 200)).slice(0, 12);
  if (asked.length === 0) return { found: [], corrected: false };
  const exact = rank(index, asked, asTyped);
  if (exact.length > 0) return { found: exact, corrected: false };
  const near = rank(index, asked, nearly);
  return { found: near, corrected: near.length > 0 };
}

type Match = (asked: string, word: string) => number;

function rank(index: Index, asked: readonly string[], match: Match): Found[] {
  const phrase = index.synonyms.get(asked.join(" ")) ?? [];
  const found: Found[] = [];
  for (const entry of index.entries) {
    let score = 0;
    let hits = 0;
    for (const word of asked) {
      const best = Math.max(bestIn(entry, word, match), ...(index.synonyms.get(word) ?? []).map((s) => bestIn(entry, s, match) * 0.9), 0);
      if (best > 0) hits += 1;
      score += best;
    }
    for (const word of phrase) score += bestIn(entry, word, match);
    // most of what was asked must be there: one shared word of four is a coincidence
    if (hits * 2 >= asked.length || phrase.some((w) => entry.words.has(w))) if (score > 0) found.push({ slug: entry.slug, score });
  }
  return found.sort((a, b) => b.score - a.score || a.slug.localeCompare(b.slug));
}

function bestIn(entry: Entry, asked: string, match: Match): number {
  let best = 0;
  for (const [word, worth] of entry.words) best = Math.max(best, worth * match(asked, word));
  return best;
}

/** The same word, its beginning, or its plural. */
const asTyped: Match = (asked, word) => {
  if (asked === word) return 1;
  if (asked.length >= 3 && word.startsWith(asked)) return 0.8;
  return asked.length >= 4 && (asked === `${word}s` || asked === `${word}x`) ? 0.9 : 0;
};

const nearly: Match = (asked, word) => {
  const typed = asTyped(asked, word);
  if (typed > 0) return typed;
  const length = Math.max(asked.length, word.length);
  if (length < 4) return 0;
  const errors = distance(asked, word, length >= 6 ? 2 : 1);
  if (errors !== undefined) return 0.7 - errors * 0.1;
  const alike = trigramLikeness(asked, word);
  return alike >= 0.5 ? alike * 0.5 : 0;
};

/** Edits (insert, delete, replace, swap neighbours) between two words, or undefined above `most`. */
export function distance(a: string, b: string, most: number): number | undefined {
  if (Math.abs(a.length - b.length) > most) return undefined;
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let d = Math.min((row[j] as number) + 1, (next[j - 1] as number) + 1, (row[j - 1] as number) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) d = Math.min(d, (before[j - 2] as number) + 1);
      next.push(d);
    }
    before = row;
    row = next;
  }
  const d = row[b.length] as number;
  return d <= most ? d : undefined;
}

function trigrams(word: string): Set<string> {
  const padded = `  ${word} `;
  return new Set(Array.from({ length: padded.length - 2 }, (_, i) => padded.slice(i, i + 3)));
}

/** Shared trigrams over all trigrams (Jaccard). */
export function trigramLikeness(a: string, b: string): number {
  const [x, y] = [trigrams(a), trigrams(b)];
  const shared = [...x].filter((t) => y.has(t)).length;
  return shared / (x.size + y.size - shared);
}

const collators = new Map<Lang, Intl.Collator>(); // one takes longer to make than a list to sort
/** The order when nothing is asked: by title, in the language's own order. */
export function byTitle(lang: Lang): (a: { title: string }, b: { title: string }) => number {
  const order = collators.get(lang) ?? new Intl.Collator([lang, "fr"]);
  collators.set(lang, order);
  return (a, b) => order.compare(a.title, b.title);
}

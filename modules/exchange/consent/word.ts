/** The centre's signed word to one server about the consents under its services: up to which change, as of when. Pure. */
import { T, type Static } from "#kernel";
import { readAs } from "../configuration/head.ts";

const strict = { additionalProperties: false };
const Instant = T.String({ pattern: "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$" });
const Hex = (bytes: number) => T.String({ pattern: `^[0-9a-f]{${bytes * 2}}$` });
const Count = T.String({ pattern: "^(0|[1-9]\\d{0,17})$" });

const Word = T.Object(
  {
    format: T.Literal(1),
    /** To whom it is said. */
    server: T.String({ maxLength: 255 }),
    since: Count,
    upto: Count,
    /** There is more behind `upto`. */
    more: T.Boolean(),
    /** Names the institutions it is about, and the centre's memory: when it changes the server begins anew. */
    scope: Hex(32),
    at: Instant,
    /** Of the list's exact text. */
    sha256: Hex(32),
  },
  strict,
);
export type Word = Static<typeof Word>;

const Line = T.Object(
  {
    id: T.String({ pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" }),
    client: T.String({ maxLength: 255 }),
    service: T.String({ maxLength: 255 }),
    purpose: T.String({ maxLength: 100 }),
    /** JSON pointers; null = the whole answer. */
    fields: T.Union([T.Array(T.String({ maxLength: 500 }), { maxItems: 500 }), T.Null()]),
    given: Instant,
    until: Instant,
    withdrawn: T.Union([Instant, T.Null()]),
    salt: Hex(16),
    /** HMAC-SHA-256 of the identity number under the salt. */
    number: Hex(32),
  },
  strict,
);
export type Line = Static<typeof Line>;
export const most = 500;
const List = T.Array(Line, { maxItems: most });

const Said = T.Object(
  {
    word: T.String({ maxLength: 1000 }),
    signature: T.String({ maxLength: 100 }),
    certificate: T.String({ maxLength: 20_000 }),
    list: T.String({ maxLength: 4_000_000 }),
  },
  strict,
);
export type Said = Static<typeof Said>;

/** What the signature covers: no other text of the centre begins so. */
export const signedWord = (word: string): Buffer => Buffer.from(`toguna exchange consents\n${word}`);
export const readSaid = (text: string): Said | undefined => readAs(Said, text);
export const readWord = (text: string): Word | undefined => readAs(Word, text);
export const readList = (text: string): Line[] | undefined => readAs(List, text);
export const Ask = T.Object({ since: Count }, strict);

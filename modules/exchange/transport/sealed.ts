/** What is signed, as a frame: the last one of a message, with the hash of the body before it; or its opening, before a large body. */
import { T, type Static } from "#kernel";
import { readAs } from "../configuration/head.ts";
import type { SignedPart } from "../gateway/flow.ts";
import { jsonFrame, malformed } from "./frames.ts";

const Base64 = T.String({ pattern: "^[A-Za-z0-9+/]*=*$", maxLength: 1000 });
const fields = {
  signature: Base64,
  /** PEM, leaf first */
  certificate: T.String({ maxLength: 30_000 }),
  serial: T.String({ maxLength: 100 }),
  signedAt: T.String({ maxLength: 30 }),
  /** SHA-512; absent without a body */
  body: T.Optional(Base64),
  /** of an answer: when its log row was written */
  at: T.Optional(T.String({ maxLength: 30 })),
};
const Seal = T.Object(fields, { additionalProperties: false });
/** `length`: bytes of the body to come, where they are known. */
const length = T.Optional(T.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }));
const Opening = T.Object({ ...fields, length }, { additionalProperties: false });

export type SealOf = Omit<SignedPart, "part"> & { at?: Date };

export const sealFrame = (s: SealOf): Buffer => jsonFrame("S", said(s));
export const openingFrame = (s: SealOf, length: number | undefined): Buffer =>
  jsonFrame("O", { ...said(s), ...(length === undefined ? {} : { length }) });

const said = (s: SealOf): Static<typeof Seal> => ({
  signature: Buffer.from(s.signature).toString("base64"),
  certificate: s.certificate,
  serial: s.serial,
  signedAt: s.signedAt.toISOString(),
  ...(s.bodyHash ? { body: s.bodyHash.toString("base64") } : {}),
  ...(s.at ? { at: s.at.toISOString() } : {}),
});

const dateOf = (text: string): Date => {
  const date = new Date(text);
  if (Number.isNaN(date.getTime()) || date.toISOString() !== text) throw malformed("a date");
  return date;
};

export function readOpening(bytes: Buffer): { opening: SealOf; length: number | undefined } {
  const { length, ...seal } = readAs(Opening, bytes.toString("utf8")) ?? {};
  return { opening: readSeal(Buffer.from(JSON.stringify(seal))), length };
}

export function readSeal(bytes: Buffer): SealOf {
  const read = readAs(Seal, bytes.toString("utf8"));
  if (!read) throw malformed("the seal");
  const body = read.body === undefined ? undefined : Buffer.from(read.body, "base64");
  if (body && body.length !== 64) throw malformed("the body's hash");
  return {
    signature: Buffer.from(read.signature, "base64"),
    certificate: read.certificate,
    serial: read.serial,
    signedAt: dateOf(read.signedAt),
    bodyHash: body,
    ...(read.at === undefined ? {} : { at: dateOf(read.at) }),
  };
}

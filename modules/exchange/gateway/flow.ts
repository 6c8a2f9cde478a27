/**
 * What passes between the client's side and the provider's side of an exchange, whether both live in this process or one of
 * them on another server. Sizes in bytes; hashes are SHA-512; signatures ES256 as r || s over the XAdES SignedInfo.
 */
import type { Readable } from "node:stream";
import type { JobContext } from "#kernel";
import type { Refusal } from "../errors.ts";
import type { Pieces } from "./pieces.ts";

/** Bytes hashed once, read as often as needed: small ones in memory, larger ones in a spool file. */
export interface Body {
  /** 0 = no body. */
  readonly size: number;
  readonly hash: Buffer | undefined;
  stream(): Readable;
  /** Rejects above 8 MiB: nobody holds more than that in memory. */
  whole(): Promise<Buffer>;
  /** The spool file goes; may be called twice. */
  release(): Promise<void>;
}

/** One signed message, without its body, as it is logged and as it crosses between gateways. */
export interface SignedPart {
  /** The header part (PR-REST): the exact text that is signed. */
  part: string;
  bodyHash: Buffer | undefined;
  signature: Uint8Array;
  /** PEM, leaf first. */
  certificate: string;
  serial: string;
  /** Signing time inside the signed properties, whole seconds. */
  signedAt: Date;
}

/** A large question while it arrives. What was signed so far is its opening (`openingOf`): access is decided on it. */
export interface Arriving {
  /** Bytes, where the asker said. */
  length: number | undefined;
  /** To be read once, to its end or left with `return()`. Throws when it does not come to its end. */
  pieces: AsyncGenerator<Pieces, void>;
  /** After the last of them: the client's signature under all that passed, durable on its side. `bodyHash` is that of the very pieces. */
  sealed(): Promise<SignedPart & { size: number }>;
}

export interface RequestMessage extends Omit<SignedPart, "bodyHash"> {
  /** None yet while it is `arriving`. */
  body: Body;
  arriving?: Arriving | undefined;
  /** The client's side has it in its log; rejects when it could not. Until then nothing is done about it; absent: it has. */
  logged?: Promise<void> | undefined;
  /** A pseudonym of this house: it never crosses to another gateway. */
  person: string | undefined;
  /** Keep the body of the answer, so that the same question can be answered again. */
  keep: boolean;
  /** The asker is a program that speaks for itself: the system's own errors and codings reach it unchanged. */
  verbatim: boolean;
  /** What the client's side knew of the directory; age in seconds. */
  configuration?: { version: number; age: number };
}

/** How the provider's side sealed its answer; `at`: when its log row was written. */
export type Sealed = SignedPart & { at: Date };

/**
 * The provider's answer, perhaps while it is still arriving. The receiver keeps back its last chunk until `sealed` resolves and
 * its own log is durable; when `body` throws or `sealed` rejects (with an `Unsealed`), no answer was given and the stream is reset.
 */
export type Delivered =
  | { kind: "answering"; part: string; by: "system" | "person"; body: AsyncIterable<Pieces>; sealed: Promise<Sealed> }
  | { kind: "pending"; request: string; expectedBy: Date }
  | { kind: "refused"; refusal: Refusal }
  /** `sent`: it may have reached the institution's system. `away`: its servers are in maintenance, the first to end then. */
  | { kind: "failed"; type: string; sent: boolean; away?: Away };

/** A server in maintenance. */
export interface Away {
  server: string;
  until: Date;
  notice: string | null;
}

/** `server`: the one the client insists on. */
export interface Destination {
  institution: string;
  service: string;
  server?: string;
}
export type Deliver = (j: JobContext, m: RequestMessage, to: Destination) => Promise<Delivered>;

/** Why an answer under way came to nothing: carried by the error that `body` throws and `sealed` rejects with. */
export interface Unsealed {
  unsealed: { kind: "refused"; refusal: Refusal } | { kind: "failed"; type: string };
}
export const unsealed = (why: Unsealed["unsealed"]): Error & Unsealed =>
  Object.assign(new Error(`the answer came to nothing: ${why.kind === "failed" ? why.type : why.refusal.type}`), { unsealed: why });
export const whyUnsealed = (error: unknown): Unsealed["unsealed"] | undefined => (error as Partial<Unsealed> | undefined)?.unsealed;

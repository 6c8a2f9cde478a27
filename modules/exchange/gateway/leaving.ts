/** How a question leaves the client's side: signed and logged whole before; or, when it is large, while it still arrives. */
import { createHash } from "node:crypto";
import type { JobContext } from "#kernel";
import type { RequestRow } from "../log/store.ts";
import { type Sent, send } from "./client.ts";
import type { RequestMessage } from "./flow.ts";
import { openingOf } from "./message.ts";
import type { Opened } from "./open.ts";
import type { Pieces } from "./pieces.ts";
import { signMessage } from "./signatures.ts";
import { noBody } from "./spool.ts";

/** A body on its way in: bytes where they were announced; its pieces throw a `Spoilt`. */
export interface Coming {
  length: number | undefined;
  pieces: AsyncGenerator<Pieces, void>;
  /** Nothing more of it is wanted. */
  leave(): void;
}

export interface Leaving {
  message: RequestMessage;
  /** As it is logged: the message, or its opening when it came to no more. To be asked for once nothing more leaves. */
  row(): Promise<RequestRow>;
  /** Why the asker's own body did not come to its end. */
  spoilt(): unknown;
}

/** Undefined when another run took the key meanwhile. */
export async function leave(j: JobContext, o: Opened): Promise<Leaving | undefined> {
  const about = {
    body: o.body,
    person: o.person,
    keep: o.key !== undefined,
    verbatim: o.verbatim,
    ...(o.configuration ? { configuration: o.configuration } : {}),
  };
  if (o.coming) return passing(j, o, o.coming, about);
  const sent = await send(j, o);
  if (!sent) return undefined;
  const { bodyHash: _, ...signed } = sent.signed;
  return {
    message: { ...signed, ...about, logged: sent.logged },
    row: () => sent.logged.then(() => sent.row),
    spoilt: () => undefined,
  };
}

const logged = async (sending: Promise<Sent>): Promise<Sent> => {
  const sent = await sending;
  await sent.logged;
  return sent;
};

/** Its opening leaves now; the message itself is signed and logged when the last piece has been hashed, before that piece counts. */
async function passing(
  j: JobContext,
  o: Opened,
  coming: Coming,
  about: Pick<RequestMessage, "body" | "person" | "keep" | "verbatim" | "configuration">,
): Promise<Leaving> {
  const institution = { id: o.client.institution, name: o.client.memberName.fr };
  const opening = await signMessage(j, institution, { part: openingOf(o.part, coming.length), bodyHash: undefined });
  const hash = createHash("sha512");
  let size = 0;
  let spoilt: unknown;
  let whole = false;
  let over = false;
  let sealing: Promise<Sent> | undefined;
  async function* pieces(): AsyncGenerator<Pieces, void> {
    try {
      for await (const batch of coming.pieces) {
        for (const piece of batch) {
          hash.update(piece);
          size += piece.length;
        }
        yield batch;
      }
      whole = true;
    } catch (error) {
      spoilt = error;
      throw error;
    }
  }
  const sealed = async () => {
    // nothing is signed for the message that was not read to its end
    if (over || !whole) throw new Error("it came to no end");
    o.body = { ...noBody, size, hash: hash.digest() };
    sealing = logged(send(j, o) as Promise<Sent>);
    return { ...(await sealing).signed, size };
  };
  const { bodyHash: _, ...signed } = opening;
  return {
    message: { ...signed, part: o.part, ...about, arriving: { length: coming.length, pieces: pieces(), sealed } },
    async row() {
      over = true;
      return (await (sealing ?? logged(send(j, o, { opening }) as Promise<Sent>))).row;
    },
    spoilt: () => spoilt,
  };
}

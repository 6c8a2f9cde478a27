/** Bodies are held whole until they are signed: each has a limit, and so have all of them together. */
import type { IncomingMessage } from "node:http";

export const largestBody = 8 * 1024 * 1024;

export type Read = { kind: "whole"; body: Buffer | undefined } | { kind: "too-large" } | { kind: "crowded" } | { kind: "cut" };

export interface Budget {
  held: number;
  readonly most: number;
}

/** The caller gives back what the body weighs once the exchange is over: `release`. */
export function readBody(req: IncomingMessage, budget: Budget): Promise<Read & { release(): void }> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    let size = 0;
    let done = false;
    const end = (read: Read): void => {
      if (done) return;
      done = true;
      let given = false;
      const release = () => {
        if (!given) budget.held -= size;
        given = true;
      };
      if (read.kind !== "whole") release();
      resolve({ ...read, release });
    };
    if (Number(req.headers["content-length"] ?? 0) > largestBody) return end({ kind: "too-large" });
    req.on("data", (piece: Buffer) => {
      if (done) return;
      size += piece.length;
      budget.held += piece.length;
      if (size > largestBody) end({ kind: "too-large" });
      else if (budget.held > budget.most) end({ kind: "crowded" });
      else pieces.push(piece);
    });
    req.once("end", () => end({ kind: "whole", body: size > 0 ? Buffer.concat(pieces) : undefined }));
    req.once("error", () => end({ kind: "cut" }));
    req.once("close", () => end({ kind: "cut" }));
  });
}

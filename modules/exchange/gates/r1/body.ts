/** Callers whose body is not wanted, or could not be taken in. */
import type { IncomingMessage } from "node:http";
import { refusals, type Refusal } from "../../errors.ts";
import type { Spoilt } from "../../gateway/spool.ts";

export function bodyProblem(why: Spoilt["spoilt"]): [Refusal, string] {
  if (why === "no-room") return [refusals.crowded, "The exchange has no room for this body now: ask again later."];
  if (why === "slow") return [refusals.badRequest, "The body comes too slowly."];
  return [refusals.badRequest, "The body cannot be taken."];
}

/** Bytes and milliseconds a caller may go on sending before a refusal that has been decided cuts the connection. */
const most = 4 * 1024 * 1024;
const patience = 2000;

/** Connections cut while their caller still sends lose the answer on its way; so a little more is read first, and thrown away. */
export const passedOver = (req: IncomingMessage): Promise<void> =>
  new Promise((done) => {
    if (req.complete || req.destroyed || Number(req.headers["content-length"] ?? 0) > most) return done();
    let size = 0;
    const end = () => {
      clearTimeout(timer);
      req.off("data", count);
      done();
    };
    const count = (piece: Buffer) => {
      size += piece.length;
      if (size > most) end();
    };
    const timer = setTimeout(end, patience);
    req.on("data", count);
    req.once("end", end);
    req.once("close", end);
    req.resume();
  });

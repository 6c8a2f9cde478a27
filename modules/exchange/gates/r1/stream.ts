/** An answer on its way to the caller: the signed lines in their order, the body as it comes, its end only when it is an answer. */
import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { Answer } from "../../door.ts";
import { type Answering } from "../../gateway/ask.ts";
import { whyEnded } from "../../gateway/client.ts";
import { roomIn, sizeOf, writeAll } from "../../gateway/pieces.ts";
import { onTheWire, readPart } from "../../protocol/header.ts";

/** Kept back before the first byte leaves: what comes to nothing within it is still said in words. */
const first = 64 * 1024;
/** Milliseconds a caller may take to make room for more. */
const patience = 60_000;

/** What is to be said instead, when nothing has left yet; a stream under way that comes to nothing is reset. */
export async function sendAnswering(res: ServerResponse, a: Answering): Promise<Answer | undefined> {
  const pieces: Buffer[] = [];
  let size = 0;
  try {
    for (;;) {
      const step = await a.chunks.next();
      if (step.done) {
        const body = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
        if (res.headersSent) res.end(body);
        else whole(res, a.part, body);
        return undefined;
      }
      pieces.push(...step.value);
      size += sizeOf(step.value);
      if (res.destroyed) return void (await a.chunks.return(undefined as never));
      if (size < first) continue;
      if (!res.headersSent) head(res, a.part, []);
      if (!writeAll(res, pieces.splice(0)) && !(await roomIn(res, patience))) res.destroy();
    }
  } catch (error) {
    const instead = whyEnded(error);
    if (!res.headersSent && instead) return instead;
    reset(res);
    if (!instead) throw error;
    return undefined;
  }
}

function head(res: ServerResponse, part: string, more: readonly string[]): void {
  const { first: line, headers } = readPart(part)!;
  res.writeHead(Number(line[0]), line[1], [...headers.flatMap((one) => [...onTheWire(one)]), ...more] as unknown as OutgoingHttpHeaders);
}

/** A signed answer that is all there. */
export function whole(res: ServerResponse, part: string, body: Buffer): void {
  if (res.destroyed) return;
  const status = Number(part.slice(0, part.indexOf("\r\n")));
  const bodiless = status === 204 || status === 304 || res.req.method === "HEAD";
  head(res, part, bodiless ? [] : ["Content-Length", String(body.length)]);
  res.end(bodiless ? undefined : body);
}

/** No clean end: also for a caller that takes the end of the connection for the end of the body. */
function reset(res: ServerResponse): void {
  const { socket } = res;
  if (socket && !("encrypted" in socket)) socket.resetAndDestroy();
  else res.destroy();
}

/** A server written from the outside: raw TLS, raw HTTP, frames by hand. What a hostile or broken neighbour can send. */
import { connect, type TLSSocket } from "node:tls";
import type { JobContext } from "#kernel";
import { bodyOf } from "../../modules/exchange/gateway/spool.ts";
import { openingOf } from "../../modules/exchange/gateway/message.ts";
import { signMessage } from "../../modules/exchange/gateway/signatures.ts";
import { frame } from "../../modules/exchange/transport/frames.ts";
import { openingFrame, sealFrame } from "../../modules/exchange/transport/sealed.ts";

export interface Shown {
  certificate: string;
  key: string;
}

export const dialled = (port: number, own?: Shown): Promise<TLSSocket> =>
  new Promise((done, fail) => {
    const socket = connect({
      host: "127.0.0.1",
      port,
      rejectUnauthorized: false,
      minVersion: "TLSv1.3",
      ...(own ? { cert: own.certificate, key: own.key } : {}),
    });
    socket.once("secureConnect", () => done(socket));
    socket.once("error", fail);
  });

/** Bytes behind a POST /message of that length; all that came back until the other side closed or `enough` was read. */
export async function post(
  port: number,
  own: Shown | undefined,
  bytes: Buffer,
  o: { length?: number; path?: string } = {},
): Promise<string> {
  const socket = await dialled(port, own);
  return new Promise((done) => {
    let text = "";
    const over = () => {
      clearTimeout(timer);
      socket.destroy();
      done(text);
    };
    const timer = setTimeout(over, 15_000);
    socket.on("data", (piece: Buffer) => {
      text += piece.toString("latin1");
      const head = text.indexOf("\r\n\r\n");
      const length = /content-length: (\d+)/i.exec(text)?.[1];
      if (head >= 0 && length !== undefined && text.length >= head + 4 + Number(length)) over();
    });
    socket.once("close", over);
    socket.once("error", over);
    socket.write(`POST ${o.path ?? "/message"} HTTP/1.1\r\nHost: x\r\nContent-Length: ${o.length ?? bytes.length}\r\n\r\n`);
    socket.write(bytes);
    if (o.length !== undefined && o.length > bytes.length) socket.end();
  });
}

/** What the answer says: `R server.…`, `F …`, `A`, or `closed` when nothing readable came back. */
export function said(answer: string): string {
  const at = answer.indexOf("\r\n\r\n");
  if (at < 0) return "closed";
  const body = answer.slice(at + 4);
  const type = /"type":"([^"]+)"/.exec(body)?.[1];
  return body === "" ? `status ${answer.split(" ")[1]}` : `${body[0]}${type ? ` ${type}` : ""}`;
}

export const partOf = (o: { client: string; service: string; exchange: string; method?: string }): string =>
  [
    o.method ?? "GET",
    `/r1/${o.service}?nip=1`,
    `X-Road-Client:${o.client}`,
    "Exchange-Purpose:criminal-record-extract",
    `x-road-request-id:${o.exchange}`,
    `x-road-id:ZZ-${o.exchange}`,
  ]
    .map((line) => `${line}\r\n`)
    .join("");

const released = frame("G", Buffer.alloc(0));
/** A message as an honest server would send it, signed by whichever institution `j` can sign for. */
export async function message(j: JobContext, institution: string, part: string, body?: Buffer): Promise<Buffer> {
  const signed = await signMessage(j, { id: institution, name: institution }, { part, bodyHash: bodyOf(body).hash });
  return Buffer.concat([frame("H", Buffer.from(part)), ...(body ? [frame("B", body)] : []), sealFrame(signed), released]);
}

/** A large question as an honest server sends it; `lie` bends one piece of it. */
export async function passing(
  j: JobContext,
  institution: string,
  part: string,
  body: Buffer,
  lie: { opener?: string; sealer?: string; announced?: number; signed?: Buffer; short?: boolean; unopened?: boolean } = {},
): Promise<Buffer> {
  const as = (id: string) => ({ id, name: id });
  const length = lie.announced ?? body.length;
  const opening = await signMessage(j, as(lie.opener ?? institution), { part: openingOf(part, length), bodyHash: undefined });
  const signed = await signMessage(j, as(lie.sealer ?? institution), { part, bodyHash: bodyOf(lie.signed ?? body).hash });
  return Buffer.concat([
    frame("H", Buffer.from(part)),
    openingFrame(lie.unopened ? signed : opening, length),
    frame("B", body.subarray(0, body.length / 2)),
    ...(lie.short ? [] : [frame("B", body.subarray(body.length / 2))]),
    sealFrame(signed),
    released,
  ]);
}

// One connection to the carrier: bound, watched, several units in flight, opened again when it falls.
import { connect as connectPlain, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { type BindBody, COMMAND, type Pdu, bindBody, decodeAll, encode, isResponse, responseTo } from "./pdu.ts";

export interface SessionOptions {
  host: string;
  port: number;
  tls: boolean;
  bind: BindBody;
  /** Milliseconds for an answer. */
  timeout: number;
  /** Milliseconds between two questions "are you there?". */
  enquire: number;
  /** Answers a unit the carrier sends us: the status of our response. */
  onDeliver(body: Buffer): Promise<number>;
}

export interface Session {
  /** The response to this request; rejects when the carrier is silent or the line falls. */
  request(command: number, body: Buffer): Promise<Pdu>;
  readonly closed: boolean;
  close(): void;
  onClose(fn: () => void): void;
}

interface Waiting {
  resolve: (pdu: Pdu) => void;
  reject: (error: Error) => void;
  timer: NodeJS.Timeout;
}

const open = (o: SessionOptions): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = o.tls ? connectTls({ host: o.host, port: o.port, servername: o.host }) : connectPlain({ host: o.host, port: o.port });
    const timer = setTimeout(() => socket.destroy(new Error("SMPP: no connection in time")), o.timeout);
    socket.once(o.tls ? "secureConnect" : "connect", () => {
      clearTimeout(timer);
      socket.removeListener("error", reject);
      resolve(socket);
    });
    socket.once("error", reject);
    socket.once("close", () => clearTimeout(timer));
  });

export const openSession = async (o: SessionOptions): Promise<Session> => {
  const socket = await open(o);
  socket.setNoDelay(true);
  const waiting = new Map<number, Waiting>();
  const closers: (() => void)[] = [];
  let sequence = 0;
  let closed = false;
  let rest: Buffer = Buffer.alloc(0);

  const end = (error: Error): void => {
    if (closed) return;
    closed = true;
    clearInterval(watch);
    socket.destroy();
    for (const one of waiting.values()) {
      clearTimeout(one.timer);
      one.reject(error);
    }
    waiting.clear();
    for (const fn of closers) fn();
  };
  const send = (pdu: Pdu): void => void (closed || socket.write(encode(pdu)));

  const request = (command: number, body: Buffer): Promise<Pdu> =>
    new Promise((resolve, reject) => {
      if (closed) {
        reject(new Error("SMPP: not connected"));
        return;
      }
      sequence = (sequence % 0x7fffffff) + 1;
      const own = sequence;
      const timer = setTimeout(() => {
        waiting.delete(own);
        reject(new Error("SMPP: no answer in time"));
      }, o.timeout);
      waiting.set(own, { resolve, reject, timer });
      send({ command, status: 0, sequence: own, body });
    });

  const take = async (pdu: Pdu): Promise<void> => {
    if (isResponse(pdu.command)) {
      const one = waiting.get(pdu.sequence);
      if (one === undefined) return;
      waiting.delete(pdu.sequence);
      clearTimeout(one.timer);
      one.resolve(pdu);
      return;
    }
    const answer = (status: number, body: Buffer = Buffer.alloc(0)): void =>
      send({ command: responseTo(pdu.command), status, sequence: pdu.sequence, body });
    if (pdu.command === COMMAND.deliver) answer(await o.onDeliver(pdu.body), Buffer.of(0));
    else if (pdu.command === COMMAND.enquireLink) answer(0);
    else if (pdu.command === COMMAND.unbind) {
      answer(0);
      end(new Error("SMPP: the carrier closed the session"));
    } else send({ command: COMMAND.genericNack, status: 3, sequence: pdu.sequence, body: Buffer.alloc(0) });
  };

  socket.on("data", (chunk: Buffer) => {
    try {
      const { pdus, rest: left } = decodeAll(Buffer.concat([rest, chunk]));
      rest = left;
      for (const pdu of pdus) void take(pdu).catch((error: Error) => end(error));
    } catch (error) {
      end(error as Error);
    }
  });
  socket.on("error", (error) => end(error));
  socket.on("close", () => end(new Error("SMPP: the line fell")));
  // A line that looks alive but answers nothing is worse than none.
  const watch = setInterval(() => {
    request(COMMAND.enquireLink, Buffer.alloc(0)).catch(() => end(new Error("SMPP: the carrier does not answer")));
  }, o.enquire);
  watch.unref();

  try {
    const bound = await request(COMMAND.bindTransceiver, bindBody(o.bind));
    if (bound.status !== 0) throw new Error(`SMPP: log-in refused (status ${bound.status})`);
  } catch (error) {
    end(error as Error);
    throw error;
  }
  return {
    request,
    get closed() {
      return closed;
    },
    close: () => {
      if (closed) return;
      request(COMMAND.unbind, Buffer.alloc(0)).then(
        () => end(new Error("SMPP: closed")),
        () => end(new Error("SMPP: closed")),
      );
    },
    onClose: (fn) => void closers.push(fn),
  };
};

import assert from "node:assert/strict";
import { type Server, type Socket, createServer } from "node:net";
import { after, test } from "node:test";
import fc from "fast-check";
import type { Host } from "#kernel";
import { smsConformance } from "#messages/conformance";
import type { Receipt } from "#messages/ports";
import { createSmpp, smsSmpp } from "./index.ts";
import { COMMAND, type MessageBody, type Pdu, decodeAll, encode, readMessage, responseTo, text } from "./pdu.ts";
import { partsOf, receiptIn, senderOf, validityOf } from "./words.ts";

// A carrier of the test's own: accepts log-ins with the password "pw", joins parts, sends receipts in the customary text.
const messages: MessageBody[] = [];
let status = 0;
let silent = false;
let count = 0;
const refusedReceipts: number[] = [];
const sockets = new Set<Socket>();
const empty = Buffer.alloc(0);
const receiptBody = (id: string, stat: string): Buffer => {
  const words = Buffer.from(`id:${id} sub:001 dlvrd:001 submit date:2611211000 done date:2611211001 stat:${stat} err:000 text:Votre`);
  return Buffer.concat([
    text("", 6),
    Buffer.of(1, 1),
    text("22670000011", 21),
    Buffer.of(5, 0),
    text("ETAT", 21),
    Buffer.of(4, 0, 0),
    text("", 17),
    text("", 17),
    Buffer.of(0, 0, 0, 0, words.length),
    words,
  ]);
};
const serve = (socket: Socket): void => {
  sockets.add(socket);
  socket.on("error", () => {});
  socket.on("close", () => sockets.delete(socket));
  let rest: Buffer = empty;
  const send = (pdu: Pdu): void => void socket.write(encode(pdu));
  const take = (pdu: Pdu): void => {
    const answer = (code: number, body: Buffer = empty): void =>
      send({ command: responseTo(pdu.command), status: code, sequence: pdu.sequence, body });
    if (silent) return;
    if (pdu.command === COMMAND.bindTransceiver) answer(pdu.body.includes("pw\0") ? 0 : 0x0e, text("carrier", 16));
    else if (pdu.command === COMMAND.submit) {
      const message = readMessage(pdu.body);
      if (message.to.endsWith("0000")) return answer(0x0b);
      if (status !== 0) return answer(status);
      messages.push(message);
      count += 1;
      answer(0, text(`m${count}`, 65));
      if (message.wantReceipt)
        send({ command: COMMAND.deliver, status: 0, sequence: 1000 + count, body: receiptBody(`m${count}`, "DELIVRD") });
    } else if (pdu.command === responseTo(COMMAND.deliver)) {
      if (pdu.status !== 0) refusedReceipts.push(pdu.status);
    } else answer(0);
  };
  socket.on("data", (chunk: Buffer) => {
    const decoded = decodeAll(Buffer.concat([rest, chunk]));
    rest = decoded.rest;
    for (const pdu of decoded.pdus) take(pdu);
  });
};
const listen = (port: number): Promise<Server> =>
  new Promise((resolve) => {
    const one = createServer(serve).listen(port, "127.0.0.1", () => resolve(one));
  });
let server = await listen(0);
const { port } = server.address() as { port: number };
const closeServer = (): Promise<void> => {
  for (const socket of sockets) socket.destroy();
  return new Promise((resolve) => server.close(() => resolve()));
};
const stops: (() => void)[] = [];
const now = new Date("2026-11-21T10:00:00Z");
const host = {
  clock: { now: () => now },
  log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
  onStop: (fn: () => void) => void stops.push(fn),
} as unknown as Host;
after(async () => {
  for (const stop of stops) stop();
  await closeServer();
});
const make = (o: { password?: string; timeout?: number; enquire?: number } = {}) =>
  createSmpp(host, {
    url: `smpp://etat:${o.password ?? "pw"}@127.0.0.1:${port}`,
    from: "ETAT",
    timeout: o.timeout ?? 8000,
    enquire: o.enquire ?? 30_000,
    reopen: 20,
  });
const never = new AbortController().signal;
const sms = (key: string, body = "Bonjour") => ({
  key,
  to: "+22670000011",
  text: body,
  encoding: "gsm7" as const,
  expiresAt: new Date(now.getTime() + 600_000),
});

const BASIC =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const EXTENDED = new Map([
  [0x0a, "\f"],
  [0x14, "^"],
  [0x28, "{"],
  [0x29, "}"],
  [0x2f, "\\"],
  [0x3c, "["],
  [0x3d, "~"],
  [0x3e, "]"],
  [0x40, "|"],
  [0x65, "€"],
]);
/** As a handset reads it. */
const decode = (coding: number, bytes: Buffer): string => {
  if (coding === 8) return new TextDecoder("utf-16be").decode(bytes);
  let out = "";
  for (let i = 0; i < bytes.length; i++) {
    const code = bytes[i] ?? 0;
    if (code === 0x1b) out += EXTENDED.get(bytes[(i += 1)] ?? 0) ?? "?";
    else out += BASIC[code] ?? "?";
  }
  return out;
};
const joined = (list: { esmClass: number; dataCoding: number; message: Buffer }[]): string[] => {
  const out: string[] = [];
  for (const { esmClass, dataCoding, message } of list) {
    if ((esmClass & 0x40) === 0) out.push(decode(dataCoding, message));
    else if (message[5] === 1) out.push(decode(dataCoding, message.subarray(6)));
    else out.push((out.pop() ?? "") + decode(dataCoding, message.subarray(6)));
  }
  return out;
};

const driver = make();
smsConformance(async () => ({
  driver,
  received: async () => joined(messages).map((one) => ({ to: "+22670000011", text: one })),
  refusedAddress: "+22670000000",
  away: async (down) => {
    if (down) await closeServer();
    else server = await listen(port);
  },
  dropsRepeats: false,
}));

test("any text is joined again by the handset, no part over 140 bytes on the air", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(..."aé€[ê😀ɛ \n"), maxLength: 400 }), (any) => {
      const encoding = /[ê😀ɛ]/u.test(any) ? "ucs2" : "gsm7";
      const parts = partsOf(any, encoding, 7);
      assert.deepEqual(joined(parts), [any]);
      for (const { message, esmClass } of parts) {
        const header = esmClass === 0x40 ? 6 : 0;
        const septets = message.length - header;
        assert.ok(encoding === "ucs2" ? message.length <= 140 : septets <= (header === 0 ? 160 : 153));
      }
    }),
  );
});

test("a busy carrier means later, a wrong sender or text means never", async () => {
  for (const busy of [0x58, 0x14, 0x08]) {
    status = busy;
    await assert.rejects(driver.send(sms("busy"), never), /status/);
  }
  status = 0x0a;
  assert.deepEqual(await driver.send(sms("wrong"), never), { kind: "refused", why: "account", detail: "SMPP status 0xa" });
  status = 0;
});

test("a refused log-in and a silent carrier throw", async () => {
  await assert.rejects(make({ password: "bad" }).send(sms("x"), never), /log-in refused/);
  silent = true;
  await assert.rejects(make({ timeout: 300 }).send(sms("x"), never), /no answer/);
  silent = false;
});

/** A loaded machine is slow, not wrong: waits for the thing itself, not for a time. */
const until = async (holds: () => boolean): Promise<void> => {
  for (let i = 0; i < 1500 && !holds(); i++) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.ok(holds());
};

test("a line that stops answering is dropped and opened again by whoever listens", async () => {
  const one = make({ timeout: 1000, enquire: 200 });
  const got: Receipt[] = [];
  one.listen?.(async (receipt) => void got.push(receipt));
  await one.send(sms("before"), never);
  await until(() => got.length === 1);
  const before = sockets.size;
  const lines = new Set(sockets);
  silent = true;
  await until(() => [...lines].some((line) => line.destroyed));
  silent = false;
  await until(() => sockets.size >= before && [...sockets].some((line) => !lines.has(line)));
  await one.send(sms("after"), never);
  await until(() => got.length === 2);
  assert.deepEqual(
    got.map((receipt) => receipt.status),
    ["delivered", "delivered"],
  );
});

test("a receipt we could not keep is given back to the carrier", async () => {
  const one = make();
  one.listen?.(async () => {
    throw new Error("database away");
  });
  refusedReceipts.length = 0;
  await one.send(sms("unkept"), never);
  await until(() => refusedReceipts.length > 0);
  assert.equal(refusedReceipts[0], 0x64);
});

test("receipts are read from their text or their optional parameters; half-way ones say nothing", () => {
  const receipt = (stat: string): Receipt | undefined => receiptIn(readMessage(receiptBody("A-1", stat)), now);
  assert.deepEqual(receipt("DELIVRD"), { providerId: "A-1", status: "delivered", at: now });
  assert.equal(receipt("EXPIRED")?.status, "temporary-failure");
  assert.equal(receipt("UNDELIV")?.status, "permanent-failure");
  assert.equal(receipt("ENROUTE"), undefined);
  const options = Buffer.concat([Buffer.of(0x00, 0x1e, 0, 3), Buffer.from("Z9\0"), Buffer.of(0x04, 0x27, 0, 1, 5)]);
  assert.deepEqual(receiptIn(readMessage(Buffer.concat([receiptBody("A-1", "DELIVRD"), options])), now), {
    providerId: "Z9",
    status: "permanent-failure",
    at: now,
  });
});

test("bytes of anything else never crash the reader", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        for (const pdu of decodeAll(Buffer.from(bytes)).pdus) readMessage(pdu.body);
      } catch (error) {
        assert.ok(error instanceof Error && /SMPP/.test(error.message));
      }
    }),
  );
});

test("senders and validity as the protocol writes them", () => {
  assert.deepEqual([senderOf("+22625000000").ton, senderOf("3434").ton, senderOf("ETAT").ton], [1, 3, 5]);
  assert.throws(() => senderOf("un nom trop long"));
  assert.equal(validityOf(600), "000000001000000R");
  assert.equal(validityOf(2 * 86_400 + 3661), "000002010101000R");
  assert.throws(() => smsSmpp.make({ ...host, config: { setting: () => undefined } } as unknown as Host), /smpp_url/);
});

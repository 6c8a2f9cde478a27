// The few protocol data units of SMPP 3.4 a sender needs: 16 bytes of header, then fields in a fixed order.

export const COMMAND = {
  genericNack: 0x80000000,
  submit: 0x00000004,
  deliver: 0x00000005,
  unbind: 0x00000006,
  bindTransceiver: 0x00000009,
  enquireLink: 0x00000015,
} as const;
const RESPONSE = 0x80000000;
export const responseTo = (command: number): number => (command | RESPONSE) >>> 0;
export const isResponse = (command: number): boolean => command >= RESPONSE;

export interface Pdu {
  command: number;
  status: number;
  sequence: number;
  body: Buffer;
}

const HEADER = 16;
/** Far above any unit we exchange: a larger length is a peer that speaks something else. */
const LARGEST = 64 * 1024;

export const encode = (pdu: Pdu): Buffer => {
  const head = Buffer.alloc(HEADER);
  head.writeUInt32BE(HEADER + pdu.body.length, 0);
  head.writeUInt32BE(pdu.command, 4);
  head.writeUInt32BE(pdu.status, 8);
  head.writeUInt32BE(pdu.sequence, 12);
  return Buffer.concat([head, pdu.body]);
};

/** Whole units from the front of `bytes`, and what is left of it. */
export const decodeAll = (bytes: Buffer): { pdus: Pdu[]; rest: Buffer } => {
  const pdus: Pdu[] = [];
  let rest = bytes;
  while (rest.length >= HEADER) {
    const length = rest.readUInt32BE(0);
    if (length < HEADER || length > LARGEST) throw new Error(`SMPP unit of ${length} bytes`);
    if (rest.length < length) break;
    pdus.push({
      command: rest.readUInt32BE(4),
      status: rest.readUInt32BE(8),
      sequence: rest.readUInt32BE(12),
      body: rest.subarray(HEADER, length),
    });
    rest = rest.subarray(length);
  }
  return { pdus, rest };
};

/** A C-octet string: the text and a zero, never longer than the protocol allows. */
export const text = (value: string, most: number): Buffer => {
  const bytes = Buffer.from(value, "latin1");
  if (bytes.length >= most || bytes.includes(0)) throw new Error("text does not fit its SMPP field");
  return Buffer.concat([bytes, Buffer.of(0)]);
};

/** Reads a body field by field; a body that ends too early throws. */
export const reader = (body: Buffer) => {
  let at = 0;
  const take = (length: number): Buffer => {
    if (at + length > body.length) throw new Error("SMPP body ends too early");
    at += length;
    return body.subarray(at - length, at);
  };
  return {
    byte: (): number => take(1).readUInt8(0),
    bytes: take,
    text: (): string => {
      const end = body.indexOf(0, at);
      if (end < 0) throw new Error("SMPP text without an end");
      const value = body.toString("latin1", at, end);
      at = end + 1;
      return value;
    },
    /** Optional parameters: tag, length, value. */
    options: (): Map<number, Buffer> => {
      const options = new Map<number, Buffer>();
      while (at + 4 <= body.length) {
        const head = take(4);
        options.set(head.readUInt16BE(0), take(head.readUInt16BE(2)));
      }
      return options;
    },
  };
};

export interface BindBody {
  systemId: string;
  password: string;
  systemType: string;
}
export const bindBody = (b: BindBody): Buffer =>
  Buffer.concat([text(b.systemId, 16), text(b.password, 9), text(b.systemType, 13), Buffer.of(0x34, 0, 0), text("", 41)]);

export interface SubmitBody {
  from: { ton: number; npi: number; address: string };
  /** Digits of an international number. */
  to: string;
  esmClass: number;
  dataCoding: number;
  validity: string;
  wantReceipt: boolean;
  message: Buffer;
}
export const submitBody = (s: SubmitBody): Buffer =>
  Buffer.concat([
    text("", 6),
    Buffer.of(s.from.ton, s.from.npi),
    text(s.from.address, 21),
    Buffer.of(1, 1),
    text(s.to, 21),
    Buffer.of(s.esmClass, 0, 0),
    text("", 17),
    text(s.validity, 17),
    Buffer.of(s.wantReceipt ? 1 : 0, 0, s.dataCoding, 0, s.message.length),
    s.message,
  ]);

export interface MessageBody {
  from: string;
  to: string;
  esmClass: number;
  dataCoding: number;
  wantReceipt: boolean;
  validity: string;
  message: Buffer;
  options: Map<number, Buffer>;
}
/** submit_sm and deliver_sm share one layout. */
export const readMessage = (body: Buffer): MessageBody => {
  const r = reader(body);
  r.text();
  r.bytes(2);
  const from = r.text();
  r.bytes(2);
  const to = r.text();
  const esmClass = r.byte();
  r.bytes(2);
  r.text();
  const validity = r.text();
  const wantReceipt = (r.byte() & 1) === 1;
  r.byte();
  const dataCoding = r.byte();
  r.byte();
  const message = r.bytes(r.byte());
  return { from, to, esmClass, dataCoding, wantReceipt, validity, message, options: r.options() };
};

// Text as a carrier takes it, and receipts as a carrier writes them.
import type { Receipt } from "#messages/ports";
import type { MessageBody } from "./pdu.ts";

// 3GPP TS 23.038: a letter's place is its code; the place of the escape is kept by a letter no text holds.
const BASIC =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const EXTENDED: Record<string, number> = {
  "\f": 0x0a,
  "^": 0x14,
  "{": 0x28,
  "}": 0x29,
  "\\": 0x2f,
  "[": 0x3c,
  "~": 0x3d,
  "]": 0x3e,
  "|": 0x40,
  "€": 0x65,
};
const codes = new Map<string, number[]>([...BASIC].map((letter, code) => [letter, [code]]));
for (const [letter, code] of Object.entries(EXTENDED)) codes.set(letter, [0x1b, code]);

const unitsOf = (letter: string, encoding: "gsm7" | "ucs2"): number[] => {
  if (encoding === "gsm7") return codes.get(letter) ?? [0x3f];
  return [...letter].flatMap((one) => Array.from({ length: one.length }, (_, i) => one.charCodeAt(i)));
};

export interface Part {
  esmClass: number;
  dataCoding: number;
  message: Buffer;
}

/** Parts of a text; more than one carry the header that lets the handset join them (3GPP TS 23.040, 9.2.3.24.1). */
export const partsOf = (text: string, encoding: "gsm7" | "ucs2", reference: number): Part[] => {
  const [alone, joined] = encoding === "gsm7" ? [160, 153] : [70, 67];
  const letters = [...text].map((letter) => unitsOf(letter, encoding));
  const groups: number[][] = [[]];
  const whole = letters.reduce((sum, letter) => sum + letter.length, 0) <= alone;
  for (const letter of letters) {
    const last = groups.at(-1) ?? [];
    if (whole || last.length + letter.length <= joined) last.push(...letter);
    else groups.push([...letter]);
  }
  const bytes = (units: number[]): Buffer => Buffer.from(encoding === "gsm7" ? units : units.flatMap((unit) => [unit >> 8, unit & 0xff]));
  const dataCoding = encoding === "gsm7" ? 0 : 8;
  if (groups.length === 1) return [{ esmClass: 0, dataCoding, message: bytes(groups[0] ?? []) }];
  return groups.map((units, i) => ({
    esmClass: 0x40,
    dataCoding,
    message: Buffer.concat([Buffer.of(5, 0, 3, reference & 0xff, groups.length, i + 1), bytes(units)]),
  }));
};

/** A sender's name, a short code or an international number, each with its type and plan. */
export const senderOf = (from: string): { ton: number; npi: number; address: string } => {
  if (/^\+\d{5,15}$/.test(from)) return { ton: 1, npi: 1, address: from.slice(1) };
  if (/^\d{2,8}$/.test(from)) return { ton: 3, npi: 0, address: from };
  if (/^[A-Za-z0-9 ._-]{1,11}$/.test(from)) return { ton: 5, npi: 0, address: from };
  throw new Error("a sender is +number, a short code, or a name of at most 11 letters");
};

/** Relative validity, YYMMDDhhmmss000R, at most 30 days; the carrier gives up after it. */
export const validityOf = (seconds: number): string => {
  const s = Math.max(60, Math.min(Math.floor(seconds), 30 * 86_400));
  const two = (n: number): string => String(Math.floor(n)).padStart(2, "0");
  return `0000${two(s / 86_400)}${two((s % 86_400) / 3600)}${two((s % 3600) / 60)}${two(s % 60)}000R`;
};

const RECEIPT = 0x04;
const [RECEIPTED_ID, MESSAGE_STATE] = [0x001e, 0x0427];
const byName: Record<string, Receipt["status"]> = {
  DELIVRD: "delivered",
  EXPIRED: "temporary-failure",
  UNKNOWN: "temporary-failure",
  UNDELIV: "permanent-failure",
  REJECTD: "permanent-failure",
  DELETED: "permanent-failure",
};
const byState: Record<number, Receipt["status"]> = {
  2: "delivered",
  3: "temporary-failure",
  4: "permanent-failure",
  5: "permanent-failure",
  7: "temporary-failure",
  8: "permanent-failure",
};

/** The receipt in a deliver_sm; undefined when it says nothing final (still on its way) or is no receipt. */
export const receiptIn = (m: MessageBody, at: Date): Receipt | undefined => {
  if ((m.esmClass & 0x3c) !== RECEIPT) return undefined;
  const words = m.message.toString("latin1");
  const optionalId = m.options.get(RECEIPTED_ID)?.toString("latin1").replace(/\0+$/, "");
  const providerId = optionalId ?? /\bid:(\S+)/i.exec(words)?.[1];
  const state = m.options.get(MESSAGE_STATE)?.readUInt8(0);
  const status = state === undefined ? byName[/\bstat:(\w{7})/i.exec(words)?.[1]?.toUpperCase() ?? ""] : byState[state];
  return providerId === undefined || status === undefined ? undefined : { providerId, status, at };
};

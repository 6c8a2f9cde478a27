// The outside of messages: who carries an SMS or an e-mail. drivers/sms-*, drivers/email-* fill these.
import { port } from "#kernel";
import type { ReceiptStatus } from "./rules.ts";

export interface OutgoingSms {
  /** The same key is the same message: a carrier that can tell must not send it twice. */
  key: string;
  /** E.164. */
  to: string;
  text: string;
  encoding: "gsm7" | "ucs2";
  expiresAt: Date;
}

export interface OutgoingEmail {
  key: string;
  to: string;
  subject: string;
  text: string;
}

/** Throwing means "not now": it is tried again. A refusal is final. */
export type HandOver =
  | { kind: "accepted"; providerId: string }
  | { kind: "refused"; why: "address" | "content" | "account"; detail: string };

export interface Receipt {
  providerId: string;
  status: ReceiptStatus;
  at: Date;
}

export interface InboxMessage {
  id: string;
  at: string;
  to: string;
  subject?: string;
  text: string;
}

/** What a simulator keeps so that people can look at it; a real carrier has none. */
export interface Inbox {
  /** Oldest first. */
  read(address: string): Promise<InboxMessage[]>;
  addresses(): Promise<{ address: string; messages: number; last: string }[]>;
}

export interface SmsDriver {
  readonly name: string;
  send(message: OutgoingSms, signal: AbortSignal): Promise<HandOver>;
  /** Receipts as they come; the carrier is told "received" only once the promise holds. Returns what stops it. */
  listen?(onReceipt: (receipt: Receipt) => Promise<void>): () => void;
  readonly inbox?: Inbox;
}

export interface EmailDriver {
  readonly name: string;
  send(message: OutgoingEmail, signal: AbortSignal): Promise<HandOver>;
  readonly inbox?: Inbox;
}

export const smsPort = port<SmsDriver>("messages.sms");
export const emailPort = port<EmailDriver>("messages.email");

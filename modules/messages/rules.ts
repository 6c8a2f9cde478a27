// How a message moves. Receipts come late, twice and out of order: the state only ever rises, so their order does not matter.

export const STATES = ["created", "sending", "temporary-failure", "technical-failure", "permanent-failure", "delivered"] as const;
export type MessageState = (typeof STATES)[number];
export type ReceiptStatus = "delivered" | "temporary-failure" | "permanent-failure";

/** created: ours; sending: the provider has it; the rest is how it ended. Delivered beats every failure: the phone has it. */
const rank = (state: MessageState): number => STATES.indexOf(state);

export const afterReceipt = (state: MessageState, receipt: ReceiptStatus): MessageState => (rank(receipt) > rank(state) ? receipt : state);

export const isSettled = (state: MessageState): boolean => rank(state) > rank("sending");

/** A code's text goes as soon as the carrier has it, or the message has ended: nobody can read it here afterwards. */
export const erasesBody = (state: MessageState, secret: boolean): boolean => secret && state !== "created";

/** How long bodies and numbers of ordinary messages are kept, for questions and complaints. */
export const KEEP_DAYS = 30;
/** How long the provider may try, unless the sender says. */
export const EXPIRE_SECONDS = 2 * 24 * 3600;
/** The same for a code: later it is of no use. */
export const SECRET_EXPIRE_SECONDS = 600;
/** After the expiry, receipts may still be on their way. */
export const GRACE_SECONDS = 600;

/** One HTTP call to an operator. Tells "nothing left" apart from "it may have happened": the difference is money. */

export const notSent = Symbol("not sent");

export interface Answered {
  status: number;
  text: string;
  body: Record<string, unknown>;
}

const largest = 4 << 20;
/** Errors raised while connecting: not a byte of the order has left. */
const beforeSending = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "ENETUNREACH", "EHOSTUNREACH", "UND_ERR_CONNECT_TIMEOUT"]);

export async function call(url: string, key: string, signal: AbortSignal, order?: object): Promise<Answered | typeof notSent> {
  let res: Response;
  try {
    res = await fetch(url, {
      method: order ? "POST" : "GET",
      headers: { authorization: `Bearer ${key}`, ...(order ? { "content-type": "application/json" } : {}) },
      ...(order ? { body: JSON.stringify(order) } : {}),
      redirect: "manual",
      signal: AbortSignal.any([signal, AbortSignal.timeout(15_000)]),
    });
  } catch (error) {
    const code = ((error as Error).cause as { code?: string } | undefined)?.code;
    if (code !== undefined && beforeSending.has(code)) return notSent;
    throw error;
  }
  const text = await readLimited(res);
  return { status: res.status, text, body: parse(text) };
}

async function readLimited(res: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of res.body ?? []) {
    size += piece.length;
    if (size > largest) throw new Error("the operator answers without end");
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}

/** An object sent as JSON; empty when it is anything else. */
export function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** A gateway's calls to its centre. Answers of any size or shape are judged here; nothing in them is believed unread. */
import type { JobContext } from "#kernel";
import { proofHeaders } from "./prove.ts";

export type Reply = { ok: true; status: number; body: Buffer; headers: Headers } | { ok: false; why: string };

const seconds = 20;
/** The whole directory of a country with a thousand institutions is a few megabytes. */
const largest = 64 * 1024 * 1024;

export async function callCentre(
  j: Pick<JobContext, "signal" | "clock">,
  o: {
    centre: string;
    method: "GET" | "POST";
    path: string;
    body?: string;
    headers?: Record<string, string>;
    as?: { server: string; key: string };
  },
): Promise<Reply> {
  const body = Buffer.from(o.body ?? "");
  const proof = o.as ? proofHeaders({ method: o.method, path: o.path, server: o.as.server, at: j.clock.now(), body }, o.as.key) : {};
  try {
    const response = await fetch(`${o.centre}${o.path}`, {
      method: o.method,
      headers: { ...(o.method === "POST" ? { "content-type": "application/json" } : {}), ...o.headers, ...proof },
      ...(o.method === "POST" ? { body } : {}),
      redirect: "error",
      signal: AbortSignal.any([j.signal, AbortSignal.timeout(seconds * 1000)]),
    });
    const parts: Uint8Array[] = [];
    let size = 0;
    for await (const part of response.body ?? []) {
      size += part.length;
      if (size > largest) return { ok: false, why: "the answer is too large" };
      parts.push(part);
    }
    return { ok: true, status: response.status, body: Buffer.concat(parts), headers: response.headers };
  } catch (error) {
    const cause = (error as { cause?: { code?: string; message?: string } }).cause;
    return { ok: false, why: cause?.code ?? cause?.message ?? (error as Error).message };
  }
}

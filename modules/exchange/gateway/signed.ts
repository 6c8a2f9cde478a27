/** A signed response: as the provider's side made it, as the client's side hands it over, as the log gives it back. */
import type { Context } from "#kernel";
import type { Answer } from "../door.ts";
import { keptBody } from "../log/bodies.ts";
import { certificateOf, outcomeOf } from "../log/store.ts";
import type { Sealed } from "./flow.ts";
import { headerValue, readPart } from "../protocol/header.ts";

/** A whole one. `at`: when the provider's side logged it. */
export interface SignedResponse extends Sealed {
  body: Buffer;
  by: "system" | "person";
}

export function answerFrom(r: Pick<SignedResponse, "part" | "body" | "by" | "at">, exchangeId: string, institution: string): Answer {
  const { first, headers } = readPart(r.part)!;
  return {
    outcome: "answered",
    status: Number(first[0]),
    headers: Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value])),
    body: parsed(r.body, headerValue(headers, "content-type")),
    exchangeId,
    answeredBy: { institution, kind: r.by, at: r.at },
  };
}

function parsed(body: Buffer, type: string | undefined): unknown {
  if (body.length === 0) return undefined;
  const text = body.toString("utf8");
  if (!isJson(type)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

export const isJson = (type: string | undefined): boolean => /^application\/([\w.+-]+\+)?json\s*(;|$)/i.test(type ?? "");

type Reading = Pick<Context, "db" | "secret">;

/** The provider's signed response as logged, its body included; undefined when there is none, or its body is erased. */
export async function loggedResponse(ctx: Reading, exchange: string): Promise<SignedResponse | undefined> {
  const { db } = ctx;
  const row = await outcomeOf(db, exchange, "provider");
  if (!row?.headerPart || !row.signature || !row.serial) return undefined;
  const body = row.bodyHash ? await keptBody(ctx, exchange, "response") : Buffer.alloc(0);
  if (!body) return undefined;
  return {
    part: row.headerPart,
    body,
    bodyHash: row.bodyHash ? Buffer.from(row.bodyHash) : undefined,
    signedAt: row.signedAt ?? row.at,
    signature: row.signature,
    serial: row.serial,
    certificate: await certificateOf(db, row.serial),
    at: row.at,
    by: row.by ?? "system",
  };
}

export async function signedAnswer(ctx: Reading, exchange: string, institution: string): Promise<Answer | undefined> {
  const response = await loggedResponse(ctx, exchange);
  return response && answerFrom(response, exchange, institution);
}

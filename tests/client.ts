/** A plain API client that walks the journeys over HTTP, as another program of the State would. */
import { createHmac, randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { demoPassword, demoTotpSecret } from "../apps/server/demo.ts";

export interface Client {
  token: string;
  get<T = Record<string, never>>(path: string): Promise<T>;
  post<T = Record<string, never>>(path: string, body?: object, key?: string): Promise<T>;
}

export class HttpProblem extends Error {
  status: number;
  code: string;
  constructor(status: number, text: string) {
    super(`${status} ${text.slice(0, 400)}`);
    this.status = status;
    this.code = /"code":\s*"([^"]+)"/.exec(text)?.[1] ?? "";
  }
}

async function call(
  origin: string,
  method: string,
  path: string,
  token: string | undefined,
  body: object | undefined,
  key: string | undefined,
): Promise<unknown> {
  const response = await fetch(origin + path, {
    method,
    headers: {
      accept: "application/json",
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(body ? { "content-type": "application/json" } : {}),
      ...(key ? { "idempotency-key": key } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  if (!response.ok) throw new HttpProblem(response.status, text);
  return JSON.parse(text);
}

export function client(origin: string, token = ""): Client {
  return {
    token,
    get: (path) => call(origin, "GET", path, token || undefined, undefined, undefined) as never,
    post: (path, body = {}, key = randomUUID()) => call(origin, "POST", path, token || undefined, body, key) as never,
  };
}

/** Polls until `done`; throws with what was last seen when time is over. */
export async function until<T>(what: string, read: () => Promise<T>, done: (value: T) => boolean, seconds = 30): Promise<T> {
  let last: T | undefined;
  for (let i = 0; i < seconds * 10; i++) {
    last = await read();
    if (done(last)) return last;
    await wait(100);
  }
  throw new Error(`${what}: not after ${seconds} s; last seen ${JSON.stringify(last)?.slice(0, 600)}`);
}

interface Inbox {
  messages: { text: string; at: string }[];
}

export function inbox(origin: string, phone: string): Promise<Inbox> {
  return client(origin).get(`/api/messages/demo-phones/${encodeURIComponent(phone)}`);
}

/** By telephone number and one-time code, read from the demonstration's phone. */
export async function signInCitizen(origin: string, phone: string): Promise<Client> {
  const before = (await inbox(origin, phone).catch(() => ({ messages: [] }))).messages.length;
  const open = client(origin);
  const { challenge } = await open.post<{ challenge: string }>("/api/identity/sign-in/phone", { phone });
  const { messages } = await until(
    "the code's SMS",
    () => inbox(origin, phone).catch(() => ({ messages: [] }) as Inbox),
    (i) => i.messages.length > before,
  );
  const code = /\b(\d{6})\b/.exec(messages.at(-1)?.text ?? "")?.[1];
  if (!code) throw new Error(`no code in ${messages.at(-1)?.text}`);
  const { token } = await open.post<{ token: string }>("/api/identity/sign-in/phone/verify", { challenge, code });
  return client(origin, token);
}

/** RFC 6238 with SHA-1, 30 s, six digits. */
export function totp(secret: string, at = Date.now()): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret].map((c) => alphabet.indexOf(c).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((b) => Number.parseInt(b, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const mac = createHmac("sha1", key).update(counter).digest();
  const offset = (mac[19] as number) & 15;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

const usedSteps = new Map<string, number>();

/** A code not used yet: each works once, so a second sign-in within its thirty seconds waits for the next one. */
export async function freshCode(origin: string, username: string): Promise<string> {
  const key = `${origin} ${username}`;
  const step = () => Math.floor(Date.now() / 30_000);
  const last = usedSteps.get(key) ?? 0;
  if (step() <= last) await wait((last + 1) * 30_000 - Date.now() + 300);
  usedSteps.set(key, step());
  return totp(demoTotpSecret(username));
}

export async function signInOfficial(origin: string, username: string): Promise<Client> {
  const { token } = await client(origin).post<{ token: string }>("/api/identity/sign-in/official", {
    username,
    password: demoPassword,
    code: await freshCode(origin, username),
  });
  return client(origin, token);
}

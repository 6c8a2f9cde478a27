import { createPublicKey, sign, verify, type KeyObject } from "node:crypto";
import { request as plain } from "node:http";
import { request as secured } from "node:https";
import { now } from "./clock.ts";

export interface Wire {
  /** Signed with the agent's key; the answer is believed only with the house's signature. Undefined: nothing to say. */
  ask<T>(path: string, body: object, seconds: number): Promise<T | undefined>;
  /** Our clock minus the house's, milliseconds, as last told. */
  skew(): number;
  /** The house has told its time since this program began. */
  heard(): boolean;
}
const most = 8 * 1024 * 1024;

/**
 * Outbound only. Each request carries a number one higher than the last of its path, kept over restarts by the boot count:
 * what is heard twice is refused by the house, and no clock needs to be right for that.
 */
export function wire(o: { house: string; houseKey: string; node: string; identity: KeyObject; boot: number; signal: AbortSignal }): Wire {
  const house = createPublicKey({ key: Buffer.from(o.houseKey, "base64"), format: "der", type: "spki" });
  const base = new URL(o.house);
  let number = o.boot * 2 ** 24;
  let skew = 0;
  let heard = false;
  return {
    skew: () => skew,
    heard: () => heard,
    ask: (path, body, seconds) =>
      new Promise((done, fail) => {
        const text = JSON.stringify({ ...body, node: o.node, number: ++number, now: now() });
        const signature = sign(null, Buffer.from(`${path}\n${text}`), o.identity).toString("base64url");
        const call = (base.protocol === "https:" ? secured : plain)(
          new URL(path, base),
          {
            method: "POST",
            headers: { "content-type": "application/json", "content-length": Buffer.byteLength(text), "x-signature": signature },
            timeout: seconds * 1000,
            signal: o.signal,
          },
          (response) => {
            const chunks: Buffer[] = [];
            let size = 0;
            response.on("data", (c: Buffer) => {
              chunks.push(c);
              if ((size += c.length) > most) call.destroy(new Error("the answer is too long"));
            });
            response.on("error", fail);
            response.on("end", () => {
              const answer = Buffer.concat(chunks);
              if (response.statusCode === 204) return done(undefined);
              if (response.statusCode !== 200) return fail(new Error(`the house answers ${response.statusCode}`));
              const told = Buffer.from(String(response.headers["x-signature"] ?? ""), "base64url");
              // over our own signature too: an answer belongs to one question
              if (!verify(null, Buffer.concat([Buffer.from(`${signature}\n`), answer]), house, told))
                return fail(new Error("an answer that is not signed by the house"));
              const read = JSON.parse(answer.toString("utf8")) as { house: number };
              skew = now() - read.house;
              heard = true;
              done(read as never);
            });
          },
        );
        call.on("timeout", () => call.destroy(new Error(`no answer in ${seconds} s`)));
        call.on("error", fail);
        call.end(text);
      }),
  };
}

import { provide } from "#kernel";
import { type TimeStampAuthority, timeStampPort } from "#trust/ports";

/** An answer is a token with a chain: 64 KB is generous, and a stranger's server must not fill our memory. */
const largest = 64 * 1024;

/** RFC 3161 over HTTP (section 3.4): one POST, one answer; what it says is judged by the module, not here. */
export function httpAuthority(o: { url: string; seconds: number }): TimeStampAuthority {
  return {
    async stamp(request, signal) {
      const response = await fetch(o.url, {
        method: "POST",
        headers: { "content-type": "application/timestamp-query", accept: "application/timestamp-reply" },
        body: Buffer.from(request),
        redirect: "error",
        signal: AbortSignal.any([signal, AbortSignal.timeout(o.seconds * 1000)]),
      });
      const type = response.headers.get("content-type")?.split(";")[0]?.trim();
      if (response.status !== 200 || type !== "application/timestamp-reply") {
        await response.body?.cancel();
        throw new Error(`the time-stamp authority answered ${response.status} ${type ?? "without a type"}`);
      }
      return read(response);
    },
  };
}

async function read(response: Response): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.length;
    if (size > largest) throw new Error("the time-stamp authority's answer is too large");
    parts.push(part);
  }
  return new Uint8Array(Buffer.concat(parts));
}

/** TOGUNA_TSA_URL; its root must have been admitted as an anchor (see docs/operations/keys.md). */
export const timeStampHttp = provide(timeStampPort, (host) => {
  const url = host.config.setting("tsa_url");
  if (!url || !URL.canParse(url)) throw new Error("TOGUNA_TSA_URL must be the address of a time-stamp authority");
  return httpAuthority({ url, seconds: Number(host.config.setting("tsa_timeout_seconds") ?? 10) });
});

import { request } from "node:http";
import { request as secureRequest } from "node:https";

export interface Weighed {
  url: string;
  status: number;
  /** Bytes of the body as they travel. */
  body: number;
  /** Body and headers, both ways: what the link carries above TCP. */
  wire: number;
}

export interface PageWeight {
  /** Everything a first visit fetches before the page is whole. */
  first: number;
  /** The page alone, its files already in the browser's cache. */
  later: number;
  parts: Weighed[];
}

function fetchRaw(url: URL, headers: Record<string, string>): Promise<{ weighed: Weighed; text: string; type: string }> {
  return new Promise((done, fail) => {
    const ask = (url.protocol === "https:" ? secureRequest : request)(
      url,
      { headers: { "accept-encoding": "identity", ...headers } },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("error", fail);
        answer.on("end", () => {
          const body = Buffer.concat(chunks);
          const headBytes = answer.rawHeaders.reduce((sum, part) => sum + Buffer.byteLength(part) + 2, 20);
          const sent = Object.entries(headers).reduce(
            (sum, [name, value]) => sum + name.length + value.length + 4,
            url.pathname.length + 30,
          );
          done({
            weighed: {
              url: url.pathname + url.search,
              status: answer.statusCode ?? 0,
              body: body.length,
              wire: body.length + headBytes + sent,
            },
            text: body.toString("utf8"),
            type: String(answer.headers["content-type"] ?? ""),
          });
        });
      },
    );
    ask.on("error", fail);
    ask.end();
  });
}

/**
 * What a page costs on the wire: the page and every file it names, compressed as a browser would ask. Counted on raw
 * sockets, because browsers report decoded sizes.
 */
export async function weigh(origin: string, path: string, headers: Record<string, string> = {}): Promise<PageWeight> {
  const url = new URL(path, origin);
  const asked = { accept: "text/html", "accept-language": "fr", ...headers };
  const [{ text }, compressed] = await Promise.all([
    fetchRaw(url, asked),
    fetchRaw(url, { ...asked, "accept-encoding": "gzip, deflate, br" }),
  ]);
  const names = new Set<string>();
  for (const match of text.matchAll(/<(?:link|script|img)\b[^>]*?\b(?:href|src)="([^"]+)"/g)) {
    const name = match[1] as string;
    if (!name.startsWith("data:")) names.add(name);
  }
  const files = await Promise.all(
    [...names].map(async (name) => (await fetchRaw(new URL(name, url), { ...headers, "accept-encoding": "gzip, deflate, br" })).weighed),
  );
  return {
    first: compressed.weighed.wire + files.reduce((sum, file) => sum + file.wire, 0),
    later: compressed.weighed.wire,
    parts: [compressed.weighed, ...files],
  };
}

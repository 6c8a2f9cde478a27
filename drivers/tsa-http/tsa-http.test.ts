import assert from "node:assert/strict";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after, test } from "node:test";
import { httpAuthority } from "./index.ts";

// The outside misbehaves in each way; a real authority (openssl ts) answers in the trust module's own test.
const misdeeds: Record<string, (response: ServerResponse) => void> = {
  "/good": (r) => r.writeHead(200, { "content-type": "application/timestamp-reply" }).end(Buffer.from([0x30, 0])),
  "/error": (r) => r.writeHead(500).end("down"),
  "/page": (r) => r.writeHead(200, { "content-type": "text/html" }).end("<html>"),
  "/moved": (r) => r.writeHead(302, { location: "/good" }).end(),
  "/silent": () => undefined,
  "/flood": (r) => {
    r.writeHead(200, { "content-type": "application/timestamp-reply" });
    r.end(Buffer.alloc(200_000));
  },
  "/cut": (r) => {
    r.writeHead(200, { "content-type": "application/timestamp-reply", "content-length": "100" }).write("x");
    r.destroy();
  },
};
const server = createServer((request, response) => misdeeds[request.url ?? ""]?.(response));
await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
after(() => {
  server.closeAllConnections();
  server.close();
});
const at = (path: string) =>
  httpAuthority({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, seconds: 0.3 }).stamp(
    Uint8Array.of(1),
    new AbortController().signal,
  );

test("an answer comes back as bytes", async () => assert.deepEqual([...(await at("/good"))], [0x30, 0]));

for (const path of ["/error", "/page", "/moved", "/silent", "/flood", "/cut"]) {
  test(`${path}: an error within the time given, never bytes`, async () => {
    const began = performance.now();
    await assert.rejects(at(path));
    assert.ok(performance.now() - began < 5000);
  });
}

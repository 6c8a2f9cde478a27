import assert from "node:assert/strict";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createRaw, type AddressInfo, type Socket } from "node:net";
import { after, test } from "node:test";
import { callProvider } from "./provider-call.ts";
import { bodyOf } from "./spool.ts";

const closing: (() => void)[] = [];
after(() => closing.forEach((close) => close()));
const listening = (server: { listen: Server["listen"]; address: Server["address"] }): Promise<string> =>
  new Promise((done) => server.listen(0, "127.0.0.1", () => done(`http://127.0.0.1:${(server.address() as AddressInfo).port}/x`)));
async function serving(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  closing.push(() => (server.closeAllConnections(), server.close()));
  return listening(server);
}
/** Speaks bytes, as liars do. */
async function speaking(answer: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createRaw((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("data", () => answer(socket));
  });
  closing.push(() => (sockets.forEach((s) => s.destroy()), server.close()));
  return listening(server as never);
}
const call = (url: string, more: object = {}) =>
  callProvider({
    url,
    method: "GET",
    headers: [["X-A", "1"]],
    deadlineMs: 10_000,
    limit: 1000,
    signal: new AbortController().signal,
    ...more,
  });

test("a whole answer comes back with its headers in order", async () => {
  const url = await serving((req, res) => {
    res.writeHead(
      201,
      "Made",
      [
        ["X-One", "1"],
        ["x-one", "2"],
      ].flat() as never,
    );
    res.end(`${req.method} ${req.headers["x-a"]}`);
  });
  const r = await call(url);
  assert.ok(r.kind === "response");
  assert.deepEqual([r.status, r.reason, r.body.toString()], [201, "Made", "GET 1"]);
  assert.deepEqual(r.headers.slice(0, 2), [
    ["X-One", "1"],
    ["x-one", "2"],
  ]);
});

test("the target is sent character by character", async () => {
  const url = await serving((req, res) => void res.end(req.url));
  const target = "/x/(a)!~*'?n=N'Do&m=%27%41";
  const r = await call(url.replace("/x", target));
  assert.ok(r.kind === "response" && r.body.toString() === target);
});

test("a body is sent whole", async () => {
  const url = await serving((req, res) => void req.pipe(res));
  const r = await call(url, { method: "POST", body: bodyOf(Buffer.from("abc")) });
  assert.ok(r.kind === "response" && r.body.toString() === "abc");
});

test("nobody listens: nothing was sent", async () => {
  assert.deepEqual(await call("http://127.0.0.1:9/x"), { kind: "not-sent" });
});

test("never answers, or drips: the deadline covers the last byte", async () => {
  assert.deepEqual(await call(await serving(() => undefined), { deadlineMs: 400 }), { kind: "lost", why: "timeout" });
  const drip = await serving((_, res) => {
    res.writeHead(200, { "content-length": 100 });
    const timer = setInterval(() => res.write("x"), 20);
    res.once("close", () => clearInterval(timer));
  });
  assert.deepEqual(await call(drip, { deadlineMs: 400 }), { kind: "lost", why: "timeout" });
});

test("half an answer is no answer", async () => {
  const half = await serving((_, res) => {
    res.writeHead(200, { "content-length": 10 });
    res.write("12345", () => res.destroy());
  });
  assert.deepEqual(await call(half), { kind: "lost", why: "cut" });
  const chunk = await speaking((s) => s.end("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nabcde\r\n"));
  assert.deepEqual(await call(chunk), { kind: "lost", why: "cut" });
});

test("a lying length is caught, both ways", async () => {
  const more = await speaking((s) => s.end('HTTP/1.1 200 OK\r\ncontent-length: 50\r\nconnection: close\r\n\r\n{"a":1}'));
  assert.deepEqual(await call(more), { kind: "lost", why: "cut" });
  const less = await speaking((s) => s.end("HTTP/1.1 200 OK\r\ncontent-length: 3\r\nconnection: close\r\n\r\nabcHTTP/1.1 200 OK\r\n\r\n"));
  assert.deepEqual(await call(less), { kind: "lost", why: "malformed" }, "an answer that goes on after its end is not trusted");
});

test("smuggling forms and nonsense are malformed", async () => {
  const both = await speaking((s) =>
    s.end("HTTP/1.1 200 OK\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
  );
  assert.deepEqual(await call(both), { kind: "lost", why: "malformed" });
  const noise = await speaking((s) => s.end("bonjour\r\n\r\n"));
  assert.deepEqual(await call(noise), { kind: "lost", why: "malformed" });
});

test("oversize stops early, announced or not", async () => {
  assert.deepEqual(await call(await serving((_, res) => res.end("x".repeat(2000)))), { kind: "lost", why: "tooLarge" });
  const endless = await serving((_, res) => {
    const timer = setInterval(() => res.write("x".repeat(400)), 5);
    res.once("close", () => clearInterval(timer));
  });
  assert.deepEqual(await call(endless), { kind: "lost", why: "tooLarge" });
});

test("a redirect is an answer, not an order", async () => {
  let visits = 0;
  const url = await serving((_, res) => {
    visits += 1;
    res.writeHead(302, { location: "/elsewhere" }).end();
  });
  const r = await call(url);
  assert.ok(r.kind === "response" && r.status === 302);
  assert.equal(visits, 1);
});

test("an abort ends the wait", async () => {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 50);
  assert.deepEqual(await call(await serving(() => undefined), { signal: stop.signal, deadlineMs: 10_000 }), { kind: "lost", why: "cut" });
});

test("a connection is kept and used again; one that dies under a call costs a reading call nothing, a writing one its certainty", async () => {
  let connections = 0;
  const calls: string[] = [];
  // answers the first request of a connection, breaks it at the second
  const server = createRaw((socket) => {
    connections += 1;
    let first = true;
    socket.on("error", () => undefined);
    socket.on("data", (bytes) => {
      calls.push(bytes.toString().split(" ", 1)[0]!);
      if (!first) return void socket.destroy();
      first = false;
      socket.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
    });
  });
  closing.push(() => void server.close());
  const url = await listening(server as never);
  const kind = async (more: object) => {
    const r = await call(url, more);
    return r.kind === "response" ? r.body.toString() : `${r.kind} ${r.kind === "lost" ? r.why : ""}`;
  };
  assert.equal(await kind({ reading: true }), "ok");
  assert.equal(await kind({ reading: true }), "ok", "made again on a new connection");
  assert.deepEqual([connections, calls], [2, ["GET", "GET", "GET"]]);
  assert.equal(await kind({ reading: true }), "ok", "that one was not kept");
  assert.equal(await kind({ method: "POST", body: bodyOf(Buffer.from("x")) }), "lost cut");
  assert.deepEqual([connections, calls.filter((one) => one === "POST").length], [3, 1], "and never made again");
});

test("bytes behind an answer are never the answer to the next call", async () => {
  const liar = createRaw((socket) => {
    socket.on("error", () => undefined);
    socket.on("data", () => {
      socket.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
      setTimeout(() => socket.write("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nfalse"), 20);
    });
  });
  closing.push(() => void liar.close());
  const url = await listening(liar as never);
  for (let i = 0; i < 4; i++) {
    const r = await call(url, { reading: true });
    assert.ok(r.kind === "response" && r.body.toString() === "ok", JSON.stringify(r));
    await new Promise((done) => setTimeout(done, 60));
  }
});

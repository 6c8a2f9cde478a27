/** Over real HTTP on the running program: bad input of every kind, bodies without end, clients that dribble, and the end. */
import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { request } from "node:http";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { client, HttpProblem, signInOfficial, type Client } from "../client.ts";
import { citizen, readyCase, readCase, submit, type Known } from "../journeys/api.ts";
import { people } from "../people.ts";
import { fuzz } from "./fuzz.ts";
import { program, type Program } from "./program.ts";

let p: Program;
let mariam: Client;
const { procedure, official } = people("bf");
const fails = (status: number, code: string) => (e: unknown) => e instanceof HttpProblem && e.status === status && e.code === code;

before(async () => {
  p = await program();
  await p.start();
  mariam = await citizen(p.origin, people("bf").citizen as Known);
});
after(() => p?.close());

/** One request as raw text; what came back, whole. */
function raw(text: string | Buffer): Promise<string> {
  return new Promise((done) => {
    const socket = connect(Number(new URL(p.origin).port), "127.0.0.1");
    let said = "";
    socket.on("data", (chunk) => (said += String(chunk)));
    socket.on("error", () => done(said));
    socket.on("close", () => done(said));
    socket.write(text);
    setTimeout(() => socket.destroy(), 3000);
  });
}

it("commands replayed and reordered", async () => {
  const key = "replayed-0123456789";
  const first = await mariam.post("/api/services/cases", { procedure }, key);
  assert.deepEqual(await mariam.post("/api/services/cases", { procedure }, key), first);
  await assert.rejects(mariam.post("/api/services/cases", { procedure: "other" }, key), fails(422, "kernel.idempotency-key-reused"));
  const { number } = first as unknown as { number: string };
  const problems = await Promise.all(
    ["submission", "payments", "correction"].map((what) =>
      mariam.post(`/api/services/cases/${number}/${what}`, { version: 1, answers: {}, operator: "orange-money", phone: "x" }).then(
        () => "accepted",
        (e: HttpProblem) => e.status,
      ),
    ),
  );
  for (const status of problems) assert.ok(status === 409 || status === 422, `before its time: ${problems}`);
  const ready = await readyCase(mariam, procedure, { purpose: "competition", hasOtherNames: "no", truth: "on" });
  const twice = await Promise.allSettled([submit(mariam, ready.number), submit(mariam, ready.number)]);
  assert.ok(twice.some((t) => t.status === "fulfilled"));
  assert.equal((await readCase(mariam, ready.number)).state, "payment-pending");
});

it("requests no program would send", async () => {
  const head = (line: string, more = "") => `${line}\r\nHost: x\r\nConnection: close\r\n${more}\r\n`;
  const cases: [string, RegExp][] = [
    [head("GET /api/%zz HTTP/1.1"), /^HTTP\/1.1 40[04]/],
    [head("GET /api/services/cases/..%2f..%2fetc%2fpasswd HTTP/1.1"), /^HTTP\/1.1 40[14]/],
    [head("GET /assets/../../package.json HTTP/1.1"), /^HTTP\/1.1 404/],
    [head("GET /%00 HTTP/1.1"), /^HTTP\/1.1 40[04]/],
    [head("GET /demarches?q=%00 HTTP/1.1", "Accept: text/html\r\n"), /^HTTP\/1.1 400/],
    [head("GET /api/services/catalogue?q=%00 HTTP/1.1"), /^HTTP\/1.1 400/],
    [head(`GET /${"a".repeat(20_000)} HTTP/1.1`), /^HTTP\/1.1 431/],
    [head("BREW /api/services/cases HTTP/1.1"), /^HTTP\/1.1 40[05]/],
    [head("GET / HTTP/1.1", `Cookie: ${"a=b;".repeat(1000)}\r\n`), /^HTTP\/1.1 200/],
    [head("POST /api/services/cases HTTP/1.1", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), /^HTTP\/1.1 400/],
    [head("POST /api/services/cases HTTP/1.1", "Content-Length: -1\r\n"), /^HTTP\/1.1 400/],
    ["\u0016\u0003\u0001\u0002", /^(HTTP\/1.1 400|$)/],
  ];
  for (const [text, expected] of cases) assert.match(await raw(text), expected, text.slice(0, 80));
});

it("every contract, spoilt inputs: never a fault of ours", async () => {
  const logins = ["court-clerk", "operator", "auditor", "institution-administrator"].map((r) => official(r).login);
  const tokens = [mariam.token];
  for (const login of logins) tokens.push((await signInOfficial(p.origin, login)).token);
  const seed = Number(process.env.TOGUNA_SEED ?? 7);
  const { cases } = await mariam.get<{ cases: { number: string }[] }>("/api/services/cases");
  const result = await fuzz({ origin: p.origin, tokens, each: 10, seed, known: cases.map((c) => c.number) });
  assert.deepEqual(result.wrong, [], `seed ${seed}\n${result.wrong.join("\n")}\n${p.output().slice(-3000)}`);
  assert.ok(result.contracts > 60 && result.requests > 600);
});

it("a body of 256 MB is refused and leaves no memory behind", async () => {
  const memory = () => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${p.pid()}/status`, "utf8"))?.[1]) / 1024;
  for (const chunked of [false, true]) {
    const before = memory();
    let most = 0;
    const status = await new Promise<number>((done) => {
      const size = 256 * 1024 * 1024;
      const req = request(`${p.origin}/api/services/verify/file`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "idempotency-key": "large-0123456789",
          ...(chunked ? { "transfer-encoding": "chunked" } : { "content-length": size }),
        },
      });
      let answered = 0;
      req.on("response", (r) => {
        answered = r.statusCode ?? 0;
        r.resume();
        done(answered);
      });
      req.on("error", () => done(answered));
      const block = Buffer.alloc(1 << 20, 0x61);
      let sent = 0;
      // a short breath between blocks: a client that never looks up meets a closed connection before it reads the answer
      const more = () => {
        most = Math.max(most, memory());
        if (answered || req.destroyed || sent >= size) return void req.end();
        sent += block.length;
        req.write(block, () => setTimeout(more, 5));
      };
      more();
    });
    assert.equal(status, 413);
    assert.ok(most - before < 96, `grew by ${Math.round(most - before)} MB`);
  }
});

it("clients that dribble do not keep others waiting, and are shown out", async () => {
  const sockets: Socket[] = [];
  let closed = 0;
  for (let i = 0; i < 300; i++) {
    const s = connect(Number(new URL(p.origin).port), "127.0.0.1");
    s.on("error", () => undefined);
    s.on("close", () => closed++);
    s.write("GET / HTTP/1.1\r\nHost: x\r\nX-");
    sockets.push(s);
  }
  const dribble = setInterval(() => sockets.forEach((s) => s.writable && s.write("a")), 1000);
  await wait(500);
  for (let i = 0; i < 20; i++) {
    const began = performance.now();
    assert.equal((await fetch(`${p.origin}/demarches`)).status, 200);
    assert.ok(performance.now() - began < 5000);
  }
  for (let i = 0; i < 400 && closed < 300; i++) await wait(100);
  clearInterval(dribble);
  assert.equal(closed, 300, "all of them lost their connection within 40 s");
});

it("SIGTERM ends it within ten seconds, with clients in mid-sentence, and leaves nothing behind", async () => {
  const s = connect(Number(new URL(p.origin).port), "127.0.0.1");
  s.on("error", () => undefined);
  s.write(`POST /api/services/verify/file HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{`);
  await wait(300);
  const server = p.postgresPid();
  const began = performance.now();
  await p.stop();
  assert.ok(performance.now() - began < 10_000, `${Math.round(performance.now() - began)} ms`);
  s.destroy();
  assert.ok(!existsSync(`/proc/${server}`), "PostgreSQL has ended");
  for (const left of ["toguna.pid", "postgres/postmaster.pid"]) assert.ok(!existsSync(join(p.dataDir, left)), left);
  const holders = readdirSync("/proc").filter((n) => {
    try {
      return /^\d+$/.test(n) && readFileSync(`/proc/${n}/environ`, "utf8").includes(`TOGUNA_DATA=${p.dataDir}`);
    } catch {
      return false;
    }
  });
  assert.deepEqual(holders, []);
  await assert.rejects(client(p.origin).get("/healthz"));
});

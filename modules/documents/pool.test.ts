import assert from "node:assert/strict";
import { after, test } from "node:test";
import { PoolError, createPool } from "./pool.ts";
import { samples } from "./samples.ts";

const script = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort } from "node:worker_threads";
    parentPort.on("message", (r) => {
      if (r.data === "crash") throw new Error("crash");
      if (r.data === "exit") process.exit(1);
      if (r.data === "hang") return;
      setTimeout(() => parentPort.postMessage({ id: r.id, pdf: new Uint8Array(1), replaced: [String(r.data)] }), 20);
    });`)}`,
);
const odd = createPool({ script, deadline: 2500, queue: 3, workers: 1 });
const send = (data: string): Promise<unknown> => odd.render({ template: "act", data: data as never, createdAt: 0 });
const why = async (run: Promise<unknown>): Promise<string> =>
  run.then(
    () => "ok",
    (error: unknown) => (error instanceof PoolError ? error.why : String(error)),
  );
after(() => odd.stop());

test("a thread that crashes or exits fails one document only; the next gets a new thread", async () => {
  assert.deepEqual(await Promise.all([why(send("crash")), why(send("a"))]), ["crashed", "ok"]);
  assert.deepEqual(await Promise.all([why(send("exit")), why(send("b"))]), ["crashed", "ok"]);
});

test("a document past its deadline is given up, the next is made", async () => {
  assert.deepEqual(await Promise.all([why(send("hang")), why(send("c"))]), ["deadline", "ok"]);
});

test("the queue is bounded: what does not fit is refused at once", async () => {
  const all = await Promise.all(["1", "2", "3", "4", "5", "6"].map((n) => why(send(n))));
  assert.deepEqual(all, ["ok", "ok", "ok", "ok", "busy", "busy"]);
});

test("an idle pool gives its threads back and works again after", async () => {
  const pool = createPool({ script, idle: 30 });
  const run = (): Promise<string> => why(pool.render({ template: "act", data: samples.act, createdAt: 0 }));
  assert.equal(await run(), "ok");
  for (let i = 0; i < 500 && pool.state().threads > 0; i++) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(pool.state().threads, 0);
  assert.equal(await run(), "ok");
  await pool.stop();
});

test("stopping tells whoever still waits", async () => {
  const pool = createPool({ script });
  const runs = ["hang", "x", "y"].map((data) => why(pool.render({ template: "act", data: data as never, createdAt: 0 })));
  await pool.stop();
  assert.ok((await Promise.all(runs)).every((end) => end === "stopped"));
});

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { defineModule } from "../define.ts";
import { world, type World } from "../testing/index.ts";
import { LeaseLost, reconciler, type Reconciled } from "./index.ts";
import { backOff } from "./rules.ts";
import { farSide, lab, type Desired, type Far, type Fault, type Step } from "./test-lab.ts";

const room = mkdtempSync(join(tmpdir(), "toguna-reconcile-"));
const faults: Fault[] = [];
const more: Partial<Reconciled<Desired, Far, Step>> = {};
const fileOf = (key: string) => join(room, `${key}.json`);
let file = fileOf("k0");
const ended: string[] = [];
let unseen = false;
// one module for the whole file; what it meets is changed from test to test
const base = lab(fileOf);
const things = reconciler<Desired, Far, Step>({
  ...base,
  async observe(...a) {
    if (unseen) throw new Error("out of sight");
    return lab(fileOf, { faults }).observe(...a);
  },
  apply: (...a) => lab(fileOf, { faults }).apply(...a),
  ended: async (_ctx, o) => void ended.push(`${o.label} ${o.state}`),
  probe: (point, key) => more.probe?.(point, key),
});
const labModule = defineModule({ name: "lab", floor: 0, jobs: [things.work], sweeps: [things.sweep] });
let w: World;
let count = 0;
before(async () => {
  w = await world({ modules: [labModule], startModules: false });
});
after(async () => {
  await w.close();
  rmSync(room, { recursive: true, force: true });
});

/** A key of its own and a far side of its own. */
function fresh(): string {
  faults.length = 0;
  delete more.probe;
  file = fileOf(`k${++count}`);
  return `k${count}`;
}
const far = () => farSide(file).read();
const ask = (key: string, parts: Record<string, string> | null, label = "change") =>
  w.transaction((ctx) => things.request(ctx, key, parts && { parts }, { label }));
const op = (id: string) => w.transaction(async (ctx) => (await things.operation(ctx, id))!);
const journal = (id: string) => w.transaction((ctx) => things.journal(ctx, id));
const command = (id: string, c: Parameters<typeof things.command>[2]) => w.transaction((ctx) => things.command(ctx, id, c));
const standing = async (key: string) => (await w.transaction((ctx) => things.standings(ctx, [key])))[0]!;
const pass = (seconds = 61) => w.clock.advance(seconds);
/** Time goes by until nothing is due any more. */
async function settle(turns = 8): Promise<void> {
  for (let i = 0; i < turns; i++) {
    // not by w.sweep: the session of a killed controller may hold the sweep's lock a moment longer
    await things.sweep.run(w.kernel.jobContext("lab.thing"));
    pass();
  }
}

test("desired, observed, plan, one step at a time, each with intent and receipt; asked again it is nothing", async () => {
  const key = fresh();
  const id = (await ask(key, { a: "1", b: "2" }))!;
  assert.equal((await op(id)).state, "STARTING");
  await w.settle();
  assert.deepEqual(far().parts, { a: "1", b: "2" });
  assert.equal((await op(id)).state, "COMPLETED");
  const lines = await journal(id);
  assert.deepEqual(
    lines.map((l) => [l.number, l.step, l.receipt !== null, l.attempts]),
    [
      [1, { part: "a", value: "1" }, true, 1],
      [2, { part: "b", value: "2" }, true, 1],
    ],
  );
  assert.equal((await standing(key)).status, "in-step");
  assert.equal(await ask(key, { b: "2", a: "1" }), undefined, "nothing to change");
});

test("changes of one key go one after the other; one can be undone, and only the last", async () => {
  const key = fresh();
  const first = (await ask(key, { a: "1" }, "first"))!;
  const second = (await ask(key, { a: "2", b: "1" }, "second"))!;
  await w.settle();
  assert.deepEqual([(await op(first)).state, (await op(second)).state], ["COMPLETED", "COMPLETED"]);
  assert.deepEqual((await op(second)).previous, { parts: { a: "1" } });
  await assert.rejects(command(first, "undo"), /operation-followed/);
  const undo = await command(second, "undo");
  await w.settle();
  assert.deepEqual(far().parts, { a: "1" });
  assert.equal((await op(undo)).cause, "undo");
  assert.deepEqual(ended.slice(-3), ["first COMPLETED", "second COMPLETED", "second COMPLETED"]);
  // who only looks again does not do it again; who wants something else, or takes the undoing back, does
  assert.equal((await standing(key)).takenBack, true);
  assert.equal(await ask(key, { b: "1", a: "2" }, "second, again"), undefined);
  await command(undo, "undo");
  await w.settle();
  assert.deepEqual([far().parts, (await standing(key)).takenBack], [{ a: "2", b: "1" }, false]);
  await ask(key, { a: "3" }, "third");
  await w.settle();
  assert.deepEqual([far().parts, (await standing(key)).takenBack], [{ a: "3" }, false]);
});

test("drift is found at the next look and repaired, as an operation of its own", async () => {
  const key = fresh();
  await ask(key, { a: "1" });
  await w.settle();
  farSide(file).write({ ...far(), parts: { a: "bent", z: "stranger" } });
  pass();
  await w.sweep("lab.thing");
  assert.deepEqual(far().parts, { a: "1" });
  const ops = await w.transaction((ctx) => things.operations(ctx, { key }));
  assert.deepEqual(ops.map((o) => [o.cause, o.state]), [["drift", "COMPLETED"], ["change", "COMPLETED"]]); // prettier-ignore
});

test("what may help is tried again with one key; what will not is left to people, who may retry, go back or give up", async () => {
  const key = fresh();
  await ask(key, { a: "1" });
  await w.settle();
  faults.push("fails", "lost-answer");
  const helped = (await ask(key, { a: "2" }))!;
  await settle();
  assert.equal((await op(helped)).state, "COMPLETED");
  const [line] = await journal(helped);
  assert.equal(line!.attempts >= 2, true);
  assert.deepEqual(Object.values(far().effects), [1, 1], "one effect each, whatever was tried");

  const bad = (await ask(key, { a: "3", b: "wrong" }))!;
  await settle();
  assert.deepEqual([(await op(bad)).state, (await op(bad)).problem], ["FAILED_TEMP", "no such value"]);
  assert.equal((await standing(key)).status, "waiting");
  for (const c of ["cancel", "undo"] as const) await assert.rejects(command(bad, c), /operation-state/);
  await command(bad, "retry");
  await settle(2);
  assert.equal((await op(bad)).state, "FAILED_TEMP");
  await command(bad, "rollBack");
  await settle(2);
  assert.equal((await op(bad)).state, "ROLLED_BACK");
  assert.deepEqual(far().parts, { a: "2" });
  assert.deepEqual((await journal(bad)).map((l) => l.back), [false, false, true]); // prettier-ignore

  const worse = (await ask(key, { a: "wrong" }))!;
  await settle(2);
  await command(worse, "giveUp");
  farSide(file).write({ ...far(), parts: { a: "by hand" } });
  await settle(3);
  assert.equal((await op(worse)).state, "FAILED");
  assert.deepEqual(far().parts, { a: "by hand" }, "who gave up works by hand: nothing is repaired under his fingers");
  await ask(key, { a: "4" });
  await settle(2);
  assert.deepEqual(far().parts, { a: "4" });
});

test("a command that hangs ends with its deadline, one that lies is not believed, a cancelled one stops after its step", async () => {
  const key = fresh();
  faults.push("hangs", "lies");
  const id = (await ask(key, { a: "1" }))!;
  const began = performance.now();
  await w.sweep("lab.thing");
  assert.ok(performance.now() - began < 3000, "one second was given");
  assert.match((await journal(id))[0]!.problem ?? "", /no answer in 1 s/);
  await settle();
  assert.equal((await op(id)).state, "COMPLETED");
  assert.deepEqual(far().parts, { a: "1" });

  const slow = (await ask(key, { a: "2", b: "2", c: "2" }))!;
  more.probe = async (point) => {
    if (point !== "intent") return;
    delete more.probe;
    await command(slow, "cancel");
  };
  await settle(2);
  assert.equal((await op(slow)).state, "FAILED_TEMP");
  assert.deepEqual(far().parts, { a: "2" });
  await command(slow, "rollBack");
  const early = (await ask(key, { z: "9" }))!;
  await command(early, "cancel");
  await settle(3);
  assert.equal((await op(early)).state, "ROLLED_BACK");
  assert.deepEqual(far().parts, { a: "1" });
});

test("a far side that cannot be seen is waited for, however long; then it goes on by itself", async () => {
  const key = fresh();
  const id = (await ask(key, { a: "1" }))!;
  unseen = true;
  await settle(10);
  assert.equal((await op(id)).state, "PROCESSING");
  assert.match((await standing(key)).problem ?? "", /out of sight/);
  unseen = false;
  await settle(2);
  assert.equal((await op(id)).state, "COMPLETED");
});

test("two controllers: the second takes over when the lease ends, the order of the first one is refused, nothing is done twice", async () => {
  const key = fresh();
  const id = (await ask(key, { a: "1", b: "1" }))!;
  let late: (() => void) | undefined;
  more.probe = (point) => {
    if (point !== "intent" || late) return undefined;
    return new Promise<void>((go) => (late = go)); // the first controller falls asleep with its order in hand
  };
  const sleeper = w.sweep("lab.thing");
  while (!late) await new Promise((r) => setTimeout(r, 5));
  const reopen = reconciler<Desired, Far, Step>({ ...lab(fileOf), kind: "lab.thing" });
  await reopen.sweep.run(w.kernel.jobContext("lab.thing"));
  assert.deepEqual(far().parts, {}, "held by the first: nothing happens before its lease ends");
  pass(10);
  await reopen.sweep.run(w.kernel.jobContext("lab.thing"));
  assert.deepEqual(far().parts, { a: "1", b: "1" });
  (late as () => void)();
  await sleeper;
  assert.equal(far().refusedOld, 1, "the sleeper's fence is old");
  assert.equal((await op(id)).state, "COMPLETED");
  assert.deepEqual(Object.values(far().effects), [1, 1]);
});

/** Every point at which a controller may die, in process: the lease is lost, nothing more is written. */
test("killed at any points, with any faults: in the end it is as desired, or back, each effect once", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 5 }),
      fc.array(fc.constantFrom<Fault>("fails", "lies", "lost-answer"), { maxLength: 3 }),
      fc.boolean(),
      async (deaths, injected, back) => {
        const key = fresh();
        await ask(key, { a: "1", b: "1" });
        await w.settle();
        let [seen, next] = [0, deaths.shift()];
        more.probe = (_point, at) => {
          if (at !== key || ++seen !== next) return;
          [seen, next] = [0, deaths.shift()];
          throw new LeaseLost("killed");
        };
        faults.push(...injected);
        const id = (await ask(key, back ? { a: "2", b: "wrong" } : { a: "2", c: "2" }))!;
        for (let i = 0; i < 25 && !["COMPLETED", "FAILED_TEMP"].includes((await op(id)).state); i++) {
          await w.sweep("lab.thing");
          pass();
        }
        if (back) {
          assert.equal((await op(id)).state, "FAILED_TEMP");
          await command(id, "rollBack");
          await settle(4);
          assert.equal((await op(id)).state, "ROLLED_BACK");
          assert.deepEqual(far().parts, { a: "1", b: "1" });
        } else {
          while ((await op(id)).state === "FAILED_TEMP") {
            await command(id, "retry");
            await settle(2);
          }
          assert.equal((await op(id)).state, "COMPLETED");
          assert.deepEqual(far().parts, { a: "2", c: "2" });
        }
        assert.ok(Object.values(far().effects).every((n) => n === 1), JSON.stringify(far().effects)); // prettier-ignore
        assert.ok((await journal(id)).every((l) => l.receipt !== null || back));
      },
    ),
    { numRuns: 25 },
  );
});

function killedAt(n: number, onFailure: string) {
  const runUrl = w.ownerUrl.replace(/\/\/[^@]*@/, "//toguna_run:run-time-password-of-tests@");
  return spawnSync(
    process.execPath,
    [
      "--disable-warning=ExperimentalWarning",
      new URL("./test-killed.ts", import.meta.url).pathname,
      runUrl,
      room,
      String(n),
      room,
      onFailure,
    ],
    { encoding: "utf8", timeout: 30_000 },
  );
}
/** Due for a controller whose clock is the machine's; nothing else is. */
async function due(key: string): Promise<void> {
  await w.owner("update kernel.reconciled set next_at = case when key = $1 then now() else now() + interval '10 years' end", [key]);
}

test("kill -9 of the controller's process at points of the journal: the next one resumes, or rolls back by itself", async () => {
  // leased, then (observed, intent, applied, receipt) twice, observed, ended: every kind of point once, in the second step
  const points = process.env.TOGUNA_SOAK ? Array.from({ length: 12 }, (_, i) => i + 1) : [1, 3, 4, 9];
  for (const n of points) {
    const key = fresh();
    const id = (await ask(key, { a: "1", b: "1" }))!;
    await due(key);
    const child = killedAt(n, "wait");
    assert.equal(child.signal, n <= 11 ? "SIGKILL" : null, `point ${n}: ${child.stdout}${child.stderr}`);
    w.clock.advance(100);
    await settle(3);
    assert.equal((await op(id)).state, "COMPLETED", `point ${n}`);
    assert.deepEqual(far().parts, { a: "1", b: "1" });
    assert.ok(Object.values(far().effects).every((x) => x === 1));
  }
});

test("kill -9 on the way back: the next controller goes on going back", async () => {
  const key = fresh();
  const id = (await ask(key, { a: "1", b: "wrong" }))!;
  await due(key);
  const child = killedAt(9, "roll-back"); // leased, one step whole, the second refused, then the intent of the step back
  assert.equal(child.signal, "SIGKILL", `${child.stdout}${child.stderr}`);
  assert.equal((await op(id)).state, "ROLLING_BACK");
  w.clock.advance(100);
  await settle(3);
  assert.equal((await op(id)).state, "ROLLED_BACK");
  assert.deepEqual(far().parts, {});
});

test("back-off doubles, is bounded, and spreads a crowd", () => {
  assert.deepEqual([1, 2, 3, 20].map((n) => backOff(n, 1)), [0.5, 1, 2, 60]); // prettier-ignore
  assert.equal(backOff(3, 0), 1);
});

test("many keys, several lines at once: each key by one controller at a time", async () => {
  fresh();
  const keys = Array.from({ length: 30 }, (_, i) => `many-${count}-${i}`);
  const inside = new Map<string, number>();
  more.probe = (point, key) => {
    if (!key.startsWith("many")) return;
    if (point === "leased") inside.set(key, (inside.get(key) ?? 0) + 1);
    assert.ok((inside.get(key) ?? 0) <= 1, `${key} twice at once`);
    if (point === "ended") inside.set(key, 0);
  };
  for (const key of keys) await ask(key, { [key]: "1" });
  await Promise.all([w.sweep("lab.thing"), reconcilerOnce(), reconcilerOnce()]);
  function reconcilerOnce() {
    return things.sweep.run(w.kernel.jobContext("lab.thing"));
  }
  assert.equal([...inside.keys()].length, 30);
});

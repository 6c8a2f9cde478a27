/** A far side in files, one a key, so that it outlives the controller that is killed: parts with values, done once a key, fenced. */
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { StepRefused, type Reconciled } from "./types.ts";

export interface Desired {
  parts: Record<string, string>;
}
export interface Step {
  part: string;
  value: string | null;
}
export interface Far {
  parts: Record<string, string>;
  fence: string;
  receipts: Record<string, object>;
  /** Effects of each idempotency key: never more than one. */
  effects: Record<string, number>;
  refusedOld: number;
}

export function farSide(file: string) {
  const read = (): Far =>
    existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { parts: {}, fence: "0", receipts: {}, effects: {}, refusedOld: 0 };
  const write = (far: Far) => {
    writeFileSync(`${file}.new`, JSON.stringify(far));
    renameSync(`${file}.new`, file);
  };
  return { read, write };
}

export type Fault = "fails" | "refuses" | "hangs" | "lies" | "lost-answer";

/** `faults` are taken one a step, first come first served; `wrong` refuses a value whatever is tried. */
export function lab(
  fileOf: (key: string) => string,
  o: { faults?: Fault[]; more?: Partial<Reconciled<Desired, Far, Step>> } = {},
): Reconciled<Desired, Far, Step> {
  return {
    kind: "lab.thing",
    deadline: 1,
    attempts: 3,
    async observe(_j, key) {
      const now = farSide(fileOf(key)).read();
      return Object.keys(now.parts).length ? now : null;
    },
    plan(desired, observed) {
      const [want, have] = [desired?.parts ?? {}, observed?.parts ?? {}];
      const put = Object.keys(want).toSorted().filter((p) => have[p] !== want[p]).map((part) => ({ part, value: want[part]! })); // prettier-ignore
      const gone = Object.keys(have).toSorted().filter((p) => !(p in want)).map((part) => ({ part, value: null })); // prettier-ignore
      return [...put, ...gone];
    },
    async apply(_j, key, step, order) {
      const far = farSide(fileOf(key));
      const fault = o.faults?.shift();
      if (fault === "fails") throw new Error("the far side is busy");
      if (fault === "refuses" || step.value === "wrong") throw new StepRefused("no such value");
      if (fault === "hangs") await new Promise(() => undefined);
      if (fault === "lies") return { ok: true };
      const now = far.read();
      if (order.fence < BigInt(now.fence)) {
        far.write({ ...now, refusedOld: now.refusedOld + 1 });
        throw new Error("an order of an old controller");
      }
      const before = now.receipts[order.idempotencyKey];
      if (before) return before;
      if (step.value === null) delete now.parts[step.part];
      else now.parts[step.part] = step.value;
      now.fence = order.fence.toString();
      now.effects[order.idempotencyKey] = (now.effects[order.idempotencyKey] ?? 0) + 1;
      now.receipts[order.idempotencyKey] = { done: step.part };
      far.write(now);
      if (fault === "lost-answer") throw new Error("the answer was lost");
      return { done: step.part };
    },
    ...o.more,
  };
}

/**
 * Bodies pass in buffers outside the engine's heap, each dead a moment after it was born. Left alone the engine meets them with full
 * collections of everything the program holds, one for each dozen MiB that passes; a collection of the young ones alone costs a
 * hundredth of that.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Bytes between two collections. */
const every = 2 * 1024 * 1024;
let since = 0;
let collect: ((how: { type: "minor" }) => void) | undefined;

/** Told of bytes of bodies as they pass. */
export function passed(bytes: number): void {
  since += bytes;
  if (since < every) return;
  since = 0;
  if (!collect) {
    setFlagsFromString("--expose-gc");
    collect = runInNewContext("gc") as typeof collect;
    setFlagsFromString("--no-expose-gc");
  }
  collect!({ type: "minor" });
}

/**
 * Bodies pass in buffers outside the engine's heap, each dead a moment after it was born. Left alone the engine meets them with full
 * collections of everything the program holds, one for each dozen MiB that passes; a collection of the young ones alone costs a
 * hundredth of that. What outlives it is collected when it has become too much.
 */
import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

const MiB = 1024 * 1024;
/** Bytes between two collections of the young, and between two looks at the rest. */
const every = 2 * MiB;
const look = 32 * MiB;
/** What may gather above what was there after the last full collection. */
const mayGather = 40 * MiB;

const state = { young: 0, all: 0, floor: Number.POSITIVE_INFINITY };
let gc: ((how: { type: "minor" | "major" }) => void) | undefined;

function collector(): NonNullable<typeof gc> {
  if (gc) return gc;
  setFlagsFromString("--expose-gc");
  gc = runInNewContext("gc") as NonNullable<typeof gc>;
  setFlagsFromString("--no-expose-gc");
  return gc;
}
function held(): number {
  const { used_heap_size, external_memory } = getHeapStatistics();
  return used_heap_size + external_memory;
}

/** Told of bytes of bodies as they pass. */
export function passed(bytes: number): void {
  state.young += bytes;
  if (state.young < every) return;
  state.all += state.young;
  state.young = 0;
  collector()({ type: "minor" });
  if (state.all < look) return;
  state.all = 0;
  const now = held();
  state.floor = Math.min(state.floor, now);
  if (now - state.floor < mayGather) return;
  collector()({ type: "major" });
  state.floor = held();
}

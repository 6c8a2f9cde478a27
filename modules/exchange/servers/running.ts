/** Exchanges under way in this process: what entering maintenance waits for. */
import type { JobContext } from "#kernel";
import { perProgram } from "../memory/program.ts";

const counts = perProgram(() => ({ running: 0, idle: new Set<() => void>() }));

/** Counts `run` until it has ended, however. */
export async function during<T>(j: Pick<JobContext, "config">, run: () => Promise<T>): Promise<T> {
  const held = counts(j);
  held.running += 1;
  try {
    return await run();
  } finally {
    held.running -= 1;
    if (held.running === 0) for (const told of held.idle) told();
  }
}

/** Until none is under way, at most so many milliseconds; answers how many still are. */
export async function awaited(j: Pick<JobContext, "config">, milliseconds: number): Promise<number> {
  const held = counts(j);
  if (held.running === 0 || milliseconds <= 0) return held.running;
  await new Promise<void>((done) => {
    const over = (): void => {
      clearTimeout(timer);
      held.idle.delete(over);
      done();
    };
    const timer = setTimeout(over, milliseconds);
    held.idle.add(over);
  });
  return held.running;
}

import type { Writable } from "node:stream";

/** Until the other end has taken what was written, or is gone. */
export function drained(stream: Writable): Promise<void> {
  if (stream.destroyed || !stream.writableNeedDrain) return Promise.resolve();
  return new Promise((go) => {
    const on = (): void => {
      stream.off("drain", on);
      stream.off("close", on);
      go();
    };
    stream.on("drain", on);
    stream.on("close", on);
  });
}

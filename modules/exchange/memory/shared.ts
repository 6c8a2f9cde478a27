/** Work that many ask for at once: one run at a time, and who asks while one runs may want one that began after the asking. */
export interface Shared<T> {
  /** The run under way, or a new one. */
  any(make: () => Promise<T>): Promise<T>;
  /** A run that begins after this call. */
  fresh(make: () => Promise<T>): Promise<T>;
}

export function shared<T>(): Shared<T> {
  let running: Promise<T> | undefined;
  let next: Promise<T> | undefined;
  const start = (make: () => Promise<T>): Promise<T> => {
    const run = make();
    running = run;
    const over = (): void => {
      if (running === run) running = undefined;
    };
    run.then(over, over);
    return run;
  };
  return {
    any: (make) => running ?? start(make),
    fresh(make) {
      if (!running) return start(make);
      const then = (): Promise<T> => {
        next = undefined;
        return start(make);
      };
      return (next ??= running.then(then, then));
    },
  };
}

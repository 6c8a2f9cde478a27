// Threads that set type: at most two, started when asked for, replaced when they die, ended when idle.
import { Worker } from "node:worker_threads";
import type { RenderAnswer, RenderRequest } from "./worker.ts";

export interface PoolOptions {
  /** Milliseconds for one document. */
  deadline: number;
  /** Documents that may wait. */
  queue: number;
  workers: number;
  /** Milliseconds without work after which a thread ends (the native module keeps what it took, some 65 MB). */
  idle: number;
  script: URL;
}
export type PoolFailure = "busy" | "deadline" | "crashed" | "stopped";
export class PoolError extends Error {
  readonly why: PoolFailure;
  constructor(why: PoolFailure) {
    super(`rendering: ${why}`);
    this.why = why;
  }
}

interface Task {
  request: RenderRequest;
  resolve: (answer: RenderAnswer) => void;
  reject: (error: PoolError) => void;
}
interface Thread {
  worker: Worker;
  task?: Task | undefined;
  timer?: NodeJS.Timeout | undefined;
}

export interface Pool {
  render(request: Omit<RenderRequest, "id">): Promise<RenderAnswer>;
  stop(): Promise<void>;
  /** For gauges: documents waiting, threads alive. */
  state(): { waiting: number; threads: number };
}

const defaults: PoolOptions = {
  deadline: 15_000,
  queue: 200,
  workers: 2,
  idle: 60_000,
  script: new URL("./worker.ts", import.meta.url),
};

export const createPool = (options: Partial<PoolOptions> = {}): Pool => {
  const o = { ...defaults, ...options };
  const threads = new Set<Thread>();
  const waiting: Task[] = [];
  let next = 0;

  const drop = (thread: Thread, why: PoolFailure): void => {
    if (!threads.delete(thread)) return;
    clearTimeout(thread.timer);
    thread.task?.reject(new PoolError(why));
    thread.task = undefined;
    void thread.worker.terminate();
    advance();
  };

  const rest = (thread: Thread): void => {
    thread.worker.unref(); // an idle thread keeps no process alive
    thread.timer = setTimeout(() => drop(thread, "stopped"), o.idle).unref();
  };

  const start = (): Thread => {
    const thread: Thread = { worker: new Worker(o.script) };
    thread.worker.on("message", (answer: RenderAnswer) => {
      const { task } = thread;
      if (task === undefined || answer.id !== task.request.id) return;
      clearTimeout(thread.timer);
      thread.task = undefined;
      task.resolve(answer);
      rest(thread);
      advance();
    });
    thread.worker.on("error", () => drop(thread, "crashed"));
    thread.worker.on("exit", () => drop(thread, "crashed"));
    threads.add(thread);
    return thread;
  };

  const give = (thread: Thread, task: Task): void => {
    clearTimeout(thread.timer);
    thread.task = task;
    thread.worker.ref();
    // A thread stuck inside native code cannot be interrupted: it is left behind and replaced.
    thread.timer = setTimeout(() => drop(thread, "deadline"), o.deadline);
    thread.worker.postMessage(task.request);
  };

  const advance = (): void => {
    while (waiting.length > 0) {
      const free = [...threads].find((thread) => thread.task === undefined);
      // A second thread costs memory: only a real queue is worth it.
      const more = threads.size === 0 || (threads.size < o.workers && waiting.length > 2);
      if (free === undefined && !more) return;
      const task = waiting.shift();
      if (task !== undefined) give(free ?? start(), task);
    }
  };

  return {
    render: (request) =>
      new Promise((resolve, reject) => {
        if (waiting.length >= o.queue) {
          reject(new PoolError("busy"));
          return;
        }
        next += 1;
        waiting.push({ request: { ...request, id: next }, resolve, reject });
        advance();
      }),
    stop: async () => {
      for (const task of waiting.splice(0)) task.reject(new PoolError("stopped"));
      const ending = [...threads].map((thread) => thread.worker);
      for (const thread of threads) drop(thread, "stopped");
      await Promise.all(ending.map((worker) => worker.terminate()));
    },
    state: () => ({ waiting: waiting.length, threads: threads.size }),
  };
};

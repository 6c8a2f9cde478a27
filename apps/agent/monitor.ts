import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

export interface Changes {
  /** Called at each change of a link or a route. */
  on(fn: () => void): void;
}

/** Hears of links and routes long before the next look would come: one `ip monitor`, started anew when it ends. */
export function monitor(namespace: string | undefined, signal: AbortSignal): Changes {
  const argv = [...(namespace ? ["nsenter", `--net=/run/netns/${namespace}`, "--"] : []), "ip", "-o", "monitor", "link", "route"];
  const all: (() => void)[] = [];
  let pause = 1000;
  const start = () => {
    if (signal.aborted) return;
    const child = spawn(argv[0]!, argv.slice(1), { stdio: ["ignore", "pipe", "ignore"], env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" }, signal }); // prettier-ignore
    createInterface({ input: child.stdout }).on("line", () => {
      pause = 1000;
      for (const fn of all) fn();
    });
    child.on("error", () => undefined);
    child.on("close", () => {
      setTimeout(start, pause).unref();
      pause = Math.min(60_000, pause * 2);
    });
  };
  start();
  return { on: (fn) => void all.push(fn) };
}

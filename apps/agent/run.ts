import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Result {
  code: number;
  out: string;
  err: string;
}
export class Failed extends Error {
  readonly result: Result;
  constructor(argv: readonly string[], result: Result) {
    super(`${argv[0]} ended with ${result.code}: ${(result.err || result.out).trim().slice(0, 500)}`);
    this.result = result;
  }
}
export type Run = (argv: readonly string[], o?: { seconds?: number; fine?: readonly number[]; daemon?: boolean }) => Promise<string>;

const mostOutput = 8 * 1024 * 1024;

/** Commands as lists of words, never through a shell; each with an end of its own; inside a namespace where there is one. */
export function runner(namespace: string | undefined): Run {
  const before = namespace ? ["nsenter", `--net=/run/netns/${namespace}`, "--"] : [];
  return async (argv, o = {}) => {
    const all = [...before, ...argv];
    const result = await new Promise<Result>((done, fail) => {
      const child = spawn(all[0]!, all.slice(1), {
        // a daemon that stays behind would keep the pipes open
        stdio: o.daemon ? "ignore" : ["ignore", "pipe", "pipe"],
        env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C", LOG_LEVEL: "error" },
        timeout: (o.seconds ?? 15) * 1000,
        killSignal: "SIGKILL",
      });
      let [out, err] = ["", ""];
      child.stdout?.on("data", (chunk) => (out.length < mostOutput ? (out += String(chunk)) : child.kill("SIGKILL")));
      child.stderr?.on("data", (chunk) => (err = (err + String(chunk)).slice(-4000)));
      child.on("error", fail);
      child.on(o.daemon ? "exit" : "close", (code) => done({ code: code ?? 137, out, err }));
    });
    if (result.code !== 0 && !o.fine?.includes(result.code)) throw new Failed(argv, result);
    return result.out;
  };
}

/** A file that only we can read, for as long as `use` takes: Node's standard input is a socket, which nft and ip do not take. */
export async function withFile<T>(text: string, use: (path: string) => Promise<T>): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), "toguna-agent-"));
  const path = join(dir, "text");
  try {
    writeFileSync(path, text, { mode: 0o600 });
    return await use(path);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

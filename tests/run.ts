/**
 * `npm test`: everything, on a real PostgreSQL. Types and lint first, then unit files in one process, then the files
 * that own a world (a database each), three processes at a time on two cores, since they wait more than they work.
 * `npm test -- <words>` runs only files whose path holds one.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join, normalize } from "node:path";
import { startPostgres } from "#kernel/postgres";
import { root, sources } from "./tree.ts";

const wanted = process.argv.slice(2);
const files = (await sources()).filter(
  (s) => /\.test\.(ts|mjs)$/.test(s.path) && (wanted.length === 0 || wanted.some((w) => s.path.includes(w))),
);
const byPath = new Map((await sources()).map((s) => [s.path, s]));
/** Does the file, or a helper it imports, own a database, a browser or a process? Then it gets a process of its own. */
function needsWorld(path: string, seen = new Set<string>()): boolean {
  const s = byPath.get(path);
  if (!s || seen.has(path)) return false;
  seen.add(path);
  if (/#kernel\/testing|#kernel\/postgres|playwright-core|node:child_process|stopRendering|\brender\(/.test(s.text)) return true;
  return s.imports.some((i) => i.specifier.startsWith(".") && needsWorld(normalize(join(dirname(path), i.specifier)), seen));
}
const worlds = files.filter((s) => needsWorld(s.path)).map((s) => s.path);
const units = files.filter((s) => !needsWorld(s.path)).map((s) => s.path);

const dir = mkdtempSync(join(tmpdir(), "toguna-test-"));
const cluster = await startPostgres(join(dir, "postgres"), { fast: true });
// everything temporary is made below one folder, which goes whatever happens; what Node made of a source once, the other processes take over
const env = {
  ...process.env,
  TMPDIR: dir,
  NODE_COMPILE_CACHE: join(dir, "compiled"),
  TOGUNA_TEST_CLUSTER: cluster.url,
  // what a house beside this run was told is not for the ones made here
  TOGUNA_DEMO: undefined,
  TOGUNA_DATA: undefined,
  TOGUNA_PORT: undefined,
  TOGUNA_EXCHANGE_PORT: undefined,
  TOGUNA_GATEWAY_PORT: undefined,
  NODE_OPTIONS: "",
};
const clear = async () => {
  await cluster.stop("immediate");
  rmSync(dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
};
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void clear().then(() => process.exit(1)));
let failed = 0;
try {
  if (wanted.length === 0) {
    failed += await run("types", join(root, "node_modules/.bin/tsc"), ["--noEmit", "-p", "."]);
    failed += await run("lint", join(root, "node_modules/.bin/oxlint"), ["--deny-warnings"]);
  }
  const common = [
    "--disable-warning=ExperimentalWarning",
    "--test",
    "--test-timeout=300000",
    "--test-reporter=spec",
    "--import",
    join(root, "tests/seed.ts"),
  ];
  if (units.length) failed += await run("units", process.execPath, [...common, "--test-isolation=none", ...units]);
  if (worlds.length)
    failed += await run("worlds", process.execPath, [
      ...common,
      `--test-concurrency=${Math.max(3, Math.min(5, availableParallelism() + 1))}`,
      ...worlds,
    ]);
} finally {
  await clear();
}
console.log(failed ? `\n${failed} part(s) failed.` : "\nAll parts passed.");
process.exit(failed ? 1 : 0);

function run(title: string, command: string, args: string[]): Promise<number> {
  const began = Date.now();
  console.log(`\n== ${title}`);
  return new Promise((done) => {
    const child = spawn(command, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"], env });
    child.on("exit", (code) => {
      console.log(`== ${title}: ${code === 0 ? "passed" : "FAILED"} after ${((Date.now() - began) / 1000).toFixed(1)} s`);
      done(code === 0 ? 0 : 1);
    });
  });
}

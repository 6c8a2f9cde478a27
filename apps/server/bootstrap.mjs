// The one entry of every command, plain JavaScript valid on Node 20: installs what is missing, then hands over to the
// Node 24 that npm brought, which runs the TypeScript as it is.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const [command = "help", ...rest] = process.argv.slice(2);

function install() {
  const lock = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  const mark = join(root, "node_modules/.toguna-lock");
  if (existsSync(mark) && readFileSync(mark, "utf8") === lock) return;
  const installed = join(root, "node_modules/.package-lock.json");
  if (!existsSync(installed)) {
    console.log("Installing dependencies (once)…");
    const done = spawnSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], {
      cwd: root,
      stdio: "inherit",
    });
    if (done.status !== 0) {
      console.error("Dependencies could not be installed: `npm ci --ignore-scripts` failed (see above).");
      process.exit(1);
    }
  }
  writeFileSync(mark, lock);
}

function node24() {
  const own = join(root, `node_modules/node-linux-${process.arch}/bin/node`);
  if (existsSync(own)) return own;
  if (Number(process.versions.node.split(".")[0]) >= 24) return process.execPath;
  console.error(
    `Node 24 is needed, and npm brings it for linux-x64 and linux-arm64 only (this is ${process.platform}-${process.arch}). Install Node 24 and run again.`,
  );
  process.exit(1);
}

install();
const script =
  command === "test"
    ? "tests/run.ts"
    : command === "bench"
      ? "tests/bench/run.ts"
      : command === "soak"
        ? "tests/soak/run.ts"
        : command === "golden"
          ? "tests/golden.ts"
          : "apps/server/main.ts";
const args = script === "apps/server/main.ts" ? [command, ...rest] : rest;
// MB of the engine's nursery, which counts three times: what lives shortly needs no 48, and a gateway of 250 cannot spare them
const nursery = { start: 8, gateway: 4 }[command];
const flags = ["--disable-warning=ExperimentalWarning", ...(nursery ? [`--max-semi-space-size=${nursery}`] : [])];
const child = spawn(node24(), [...flags, join(root, script), ...args], {
  cwd: root,
  stdio: "inherit",
  // glibc keeps a heap for each thread it sees: two serve as well, and hold some 15 MB less
  env: {
    MALLOC_ARENA_MAX: "2",
    ...process.env,
    ...((command === "start" || command === "gateway-invite") && process.env.TOGUNA_DEMO === undefined ? { TOGUNA_DEMO: "1" } : {}),
  },
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => process.exit(signal ? 1 : (code ?? 1)));

/** A controller of its own process that kills itself at the n-th point of the journal: `node test-killed.ts <run url> <folder> <n> <data dir>`. */
import { readConfig } from "../config.ts";
import { defineModule } from "../define.ts";
import { createKernel } from "../kernel.ts";
import { reconciler } from "./index.ts";
import { lab } from "./test-lab.ts";

const [runUrl = "", folder = "", at = "0", dataDir = "", onFailure = "wait"] = process.argv.slice(2);
let seen = 0;
const things = reconciler(
  lab((key) => `${folder}/${key}.json`, {
    more: {
      onFailure: onFailure as "wait",
      probe() {
        if (++seen === Number(at)) process.kill(process.pid, "SIGKILL");
      },
    },
  }),
);
const kernel = await createKernel({
  config: readConfig({ TOGUNA_DEMO: "1", TOGUNA_DATA: dataDir, TOGUNA_ROLE: "web", TOGUNA_LOG: "silent" }),
  modules: [defineModule({ name: "lab", floor: 0, jobs: [things.work], sweeps: [things.sweep] })],
  drivers: [],
  runUrl,
  guard: { identify: async () => ({ kind: "stranger" }) },
  master: "test",
});
await kernel.runSweep(things.sweep);
await kernel.close();
process.stdout.write(`points ${seen}\n`);
process.exit(0);

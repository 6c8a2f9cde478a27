/** `npm run bench`: every figure the design names, in one run, as a table with the target beside it, met or not. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { stopRendering } from "#documents";
import { startPostgres } from "#kernel/postgres";
import { browserMissing } from "../browser.ts";
import { liveHouse } from "../live-house.ts";
import { measureActs } from "./acts.ts";
import { beside } from "./catalogue.ts";
import { measureExchange } from "./exchange.ts";
import { fabricMissing, measureAgents, measureFabric } from "./fabric.ts";
import { measureLedger } from "./ledger.ts";
import { measureCorrelation, measureNetwork, measureSingleCuts } from "./network.ts";
import { closeBrowser, measurePages, measureSlow } from "./pages.ts";
import { measureStarts } from "./start.ts";
import { measureSubmission } from "./submission.ts";

interface Row {
  what: string;
  figure: string;
  target: string;
  met: boolean;
}
const rows: Row[] = [];
const quick = process.argv.includes("--quick");
const note = (what: string, value: number, unit: string, bound: { most?: number; least?: number }, aim?: string) => {
  const met = (bound.most === undefined || value <= bound.most) && (bound.least === undefined || value >= bound.least);
  const target = `${bound.most === undefined ? `≥ ${bound.least}` : `≤ ${bound.most}`}${aim ? ` (aim ${aim})` : ""}`;
  const figure = `${value >= 100 ? Math.round(value) : Number(value.toPrecision(3))} ${unit}`.trim();
  rows.push({ what, figure, target, met });
  console.log(`${met ? "  " : "✗ "}${what}: ${figure}, target ${target}`);
};

const dir = mkdtempSync(join(tmpdir(), "toguna-bench-pg-"));
chmodSync(dir, 0o711);
const cluster = await startPostgres(join(dir, "postgres")); // durable: fsync on
process.env.TOGUNA_TEST_CLUSTER = cluster.url;
try {
  const starts = await measureStarts();
  note("First start after installation", starts.first, "s", { most: 15 });
  note("Later starts", starts.later, "s", { most: 3 });
  note("Memory at rest, our Node processes (PSS)", starts.nodeMb, "MB", { most: 300 });
  console.log(`  PostgreSQL at rest: ${Math.round(starts.postgresMb)} MB`);

  const house = await liveHouse();
  try {
    if (browserMissing) console.log(browserMissing);
    else {
      const first = await measurePages(house, ["/demarches/casier-judiciaire-b3", "/", "/demarches", "/connexion", "/verifier"]);
      note("Citizen page, first visit, all requests", (first[0]?.bytes ?? 0) / 1000, "kB", { most: 15 }, "7");
      note("Later pages, the heaviest", Math.max(...first.slice(1).map((p) => p.bytes)) / 1000, "kB", { most: 5 });
      note("Usable on 50 kbit/s, 400 ms (procedure page, cold)", await measureSlow(house, "/demarches/casier-judiciaire-b3"), "s", {
        most: 3,
      });
      await closeBrowser();
    }
    const rounds = quick ? 1 : 5;
    const page = await beside(house, "/demarches", "text/html", rounds);
    note(
      `Catalogue page beside bare Fastify (${Math.round(page.ours)}/s of ${Math.round(page.bare)}/s, ${page.bytes} B)`,
      page.ratio,
      "",
      { least: 0.35 },
      "0.8",
    );
    const api = await beside(house, "/api/services/catalogue?q=casier", "application/json", rounds);
    note(
      `API read beside bare Fastify (${Math.round(api.ours)}/s of ${Math.round(api.bare)}/s, ${api.bytes} B)`,
      api.ratio,
      "",
      { least: 0.35 },
      "0.8",
    );
    const { open, send } = await measureSubmission(house, quick ? 3 : 10);
    note(`Cases opened, 16 clients (${open.errors} errors of ${open.count})`, open.perSecond, "/s", { least: 150 }, "1000");
    note("Cases opened, p95", open.p95, "ms", { most: 150 });
    note(`Cases sent: validated, routed, fee, fact (${send.errors} errors of ${send.count})`, send.perSecond, "/s", { least: 150 }, "1000");
    note("Cases sent, p95", send.p95, "ms", { most: 150 });
    const acts = await measureActs(house, cluster.pid, quick ? 40 : 300);
    note(`Signed acts a CPU second (set alone: ${Math.round(acts.renderPerCpuSecond)})`, acts.perCpuSecond, "/cpu-s", { least: 40 }, "100");
  } finally {
    await stopRendering();
    await house.close();
  }
  const ex = await measureExchange(cluster.pid, quick);
  const per = (b: { tenKiB: { perSecond: number } } | undefined, name: string) =>
    b ? `${name} ${Math.round(b.tenKiB.perSecond)}/s` : `${name} not installed`;
  const { ours, node } = ex;
  note(
    `Exchanges of 10 KiB each way through two servers, 20 clients (bare pairs: ${per(node, "Node")}, ${per(ex.nginx, "nginx")})`,
    ours.tenKiB.perSecond,
    "/s",
    { least: 300 },
    "1000",
  );
  note(`Exchanges, p95 (${ours.tenKiB.errors} errors of ${ours.tenKiB.count})`, ours.tenKiB.p95, "ms", { most: 150 });
  note(`Exchange, CPU of both servers and PostgreSQL (bare Node pair ${node.cpu.toFixed(2)} ms)`, ours.cpu, "ms", { most: 5 }, "2");
  note("Exchange, added to the provider's own time at 20/s, p50", ex.addedP50, "ms", { most: 10 });
  note(`1,000 clients at once, errors (of ${ex.thousand.count}; ${Math.round(ex.thousand.perSecond)}/s)`, ex.thousand.errors, "", {
    most: 0,
  });
  note("X-Road's mix of sizes at 50/s, p95", ex.mix.p95, "ms", { most: 500 });
  note("X-Road's mix, errors", ex.mix.errors, "", { most: 0 });
  const ceiling = `SHA-512 ${Math.round(ex.sha512)} MiB/s a core`;
  note(
    `Large answers beside the bare Node pair (${Math.round(ours.largeDown)} of ${Math.round(node.largeDown)} MiB/s; ${ceiling})`,
    ours.largeDown / node.largeDown,
    "",
    { least: 0.7 },
  );
  note(
    `Large questions and answers beside the bare Node pair (${Math.round(ours.largeUp)} of ${Math.round(node.largeUp)} MiB/s)`,
    ours.largeUp / node.largeUp,
    "",
    { least: 0.7 },
  );
  note("Exchange server, highest memory under all of it (PSS)", ex.memory, "MB", { most: 250 });
  const ledger = await measureLedger(quick ? 100_000 : 1_000_000);
  note(`Facts sealed (${ledger.leaves} leaves)`, ledger.sealedPerSecond, "/s", { least: 5000 }, "50000");
  note("Inclusion proof, p95", ledger.proofP95, "ms", { most: 5 });
  note("Who falls at every single cut, 10,000 sites, 12,000 links", measureSingleCuts(), "ms", { most: 1000 });
  const explained = measureCorrelation();
  note("A cut that silences thousands of 10,000 sites explained, one end seen", explained.seen, "ms", { most: 100 });
  note("The same from silence alone", explained.blind, "ms", { most: 500 });
  const plant = await measureNetwork();
  note("Availability of the country's network, 100,000 samples drawn anew", plant.simulation, "s", { most: 1 });
  note("1,000 agents reporting each 10 s, monitoring on, of one core (ours and PostgreSQL)", await measureAgents(cluster.pid), "%", {
    most: 10,
  });
  if (fabricMissing) console.log(`  The fabric with real parts is not measured: ${fabricMissing}`);
  else {
    const fabric = await measureFabric(quick ? 1 : 5);
    note("One site changed: rendered, applied, verified", fabric.change / 1000, "s", { most: 2 });
    note("A cut healed, carrier lost", fabric.carrier, "ms", { most: 200 }, "50");
    note("A cut healed, light on (BFD)", fabric.silent, "ms", { most: 300 });
  }
  note("Plan of the next kilometres, 400 sites", plant.plan, "s", { most: 1 });
  note("Map of 400 sites: the plant read and thought through", plant.map, "s", { most: 1 });
  note("A new site proposed by two disjoint ways, with cost", plant.order, "s", { most: 1 });
  note("A branch replayed, addressed, its effect simulated", plant.branch, "s", { most: 1 });
} finally {
  await cluster.stop();
  rmSync(dir, { recursive: true, force: true });
}

const table = [
  `| figure | measured | target | |`,
  "|---|---|---|---|",
  ...rows.map((r) => `| ${r.what} | ${r.figure} | ${r.target} | ${r.met ? "met" : "**falls short**"} |`),
].join("\n");
console.log(`\nNode ${process.versions.node}, ${availableParallelism()} cores, ${new Date().toISOString().slice(0, 10)}\n\n${table}`);
if (process.env.TOGUNA_BENCH_OUT) writeFileSync(process.env.TOGUNA_BENCH_OUT, `${table}\n`);
process.exit(0);

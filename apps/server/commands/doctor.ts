import { accessSync, constants, existsSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { loadCountry } from "#kernel";
import { evidenceState } from "#exchange";
import type { Config } from "#kernel/config";
import { modules } from "../house.ts";
import { findings } from "../findings.ts";
import { withProgram } from "../program.ts";
import pg from "pg";
import { doctorGateway } from "../gateway-doctor.ts";

/** `doctor`: what is well, what is not, and what to do about it. Exit status 1 when something fails. */
export async function run(config: Config): Promise<void> {
  const found = findings();
  const { check } = found;
  await check("Node", () =>
    Number(process.versions.node.split(".")[0]) >= 24 ? process.versions.node : `!${process.versions.node}, 24 is expected`,
  );
  if (config.role === "gateway") {
    await doctorGateway(config, found);
    return found.print();
  }
  await check(
    "Country pack",
    () =>
      loadCountry(
        config.country,
        modules.flatMap((m) => m.pack),
      ).name.fr,
    "See countries/README.md",
  );
  await check("Data folder", () => {
    if (!existsSync(config.dataDir)) return "!not made yet: `npm start` makes it";
    accessSync(config.dataDir, constants.R_OK | constants.W_OK);
    return config.dataDir;
  });
  await check("Free disk", () => {
    const s = statfsSync(existsSync(config.dataDir) ? config.dataDir : ".");
    const free = (s.bavail * s.bsize) / 1e9;
    return `${free < 2 ? "!" : ""}${free.toFixed(1)} GB`;
  });
  await check("Mode", () => (config.demo ? "!demonstration: known secrets, simulated outside world" : "production"));
  await check("Passphrase of the keys", () => (config.passphrase ? undefined : "!TOGUNA_KEYS_PASSPHRASE_FILE is not set"));
  if (existsSync(join(config.dataDir, "postgres")) || config.databaseUrl)
    await check(
      "Database and ledger",
      () =>
        withProgram(config, async (kernel, instance) => {
          const client = new pg.Client({ connectionString: instance.ownerUrl });
          await client.connect();
          try {
            const { rows } = await client.query<{ v: string; checksums: string; drift: number }>(
              "select current_setting('server_version') v, current_setting('data_checksums') checksums, extract(epoch from clock_timestamp() - $1::timestamptz)::int drift",
              [new Date()],
            );
            const r = rows[0];
            if (r && Math.abs(r.drift) > 5) found.note(`Database clock differs by ${r.drift} s`);
            if (r?.checksums !== "on") found.note("Data checksums are off in this database");
            const { rows: facts } = await client.query<{ waiting: number }>("select count(*)::int waiting from kernel.unsealed");
            const log = await kernel.transaction(evidenceState, { readOnly: true });
            const late = log.unstampedSince ? (Date.now() - Date.parse(log.unstampedSince)) / 60_000 : 0;
            if (late > 5) found.note(`Messages of the exchange wait ${Math.round(late)} min for a time stamp: is the authority there?`);
            return `PostgreSQL ${r?.v}, ${facts[0]?.waiting} facts wait for the sealer, ${log.leaves} leaves of exchanges, ${kernel.modules.length} modules`;
          } finally {
            await client.end();
          }
        }),
      "Is another program on this data folder? Is DATABASE_URL right?",
    );
  found.print();
}

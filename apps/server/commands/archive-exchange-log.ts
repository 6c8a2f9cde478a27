import { createHash } from "node:crypto";
import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, writeSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import pg from "pg";
import { dropArchived, nextArchive, recordArchive, youngestArchived } from "#exchange";
import type { Config } from "#kernel/config";
import { withProgram } from "../program.ts";

const day = 86_400_000;

/**
 * `archive-exchange-log <folder> --before <date>`: old rows of the message log into signed, time-stamped zip files, each naming the one
 * before. A row leaves the database once its file is on disk; killed in between, the next run has it in the next file again.
 */
export async function run(config: Config, args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { before: { type: "string" } } });
  const folder = positionals[0] && resolve(positionals[0]);
  const before = new Date(`${values.before}T00:00:00Z`);
  if (!folder || positionals.length !== 1 || !/^\d{4}-\d\d-\d\d$/.test(values.before ?? "") || Number.isNaN(before.getTime()))
    throw new Error("usage: archive-exchange-log <folder> --before YYYY-MM-DD");
  await withProgram(config, async (kernel, instance) => {
    const j = kernel.jobContext("exchange.archive");
    if (before.getTime() > j.clock.now().getTime() - youngestArchived * day)
      throw new Error(`The log of the last ${youngestArchived} days stays: answers may still be asked for again.`);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const owner = new pg.Client({ connectionString: instance.ownerUrl });
    await owner.connect();
    let [files, exchanges] = [0, 0];
    try {
      for (let { number, previous } = lastIn(folder); ; files++) {
        const made = await nextArchive(j, { before, number: ++number, ...(previous ? { previous } : {}) });
        if (!made) break;
        keep(folder, made.name, made.bytes);
        await j.transaction((ctx) => recordArchive(ctx, made, before));
        await owner.query(dropArchived, [made.exchanges, before]);
        exchanges += made.exchanges.length;
        previous = made.sha512;
      }
    } finally {
      await owner.end();
    }
    console.log(`Archived: ${exchanges} exchanges in ${files} files in ${folder}`);
  });
}

/** Whole or not there: a name appears once the bytes are on disk. */
function keep(folder: string, name: string, bytes: Buffer): void {
  const partial = join(folder, `${name}.partial`);
  const file = openSync(partial, "w", 0o600);
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
  fsyncSync(file);
  closeSync(file);
  renameSync(partial, join(folder, name));
  const directory = openSync(folder, "r");
  fsyncSync(directory);
  closeSync(directory);
}

/** The last file there is: the next one names it. */
function lastIn(folder: string): { number: number; previous?: string } {
  const last = readdirSync(folder)
    .filter((name) => /^exchange-log-\d{6}\.zip$/.test(name))
    .sort()
    .at(-1);
  if (!last) return { number: 0 };
  return {
    number: Number(last.slice(13, 19)),
    previous: createHash("sha512")
      .update(readFileSync(join(folder, last)))
      .digest("hex"),
  };
}

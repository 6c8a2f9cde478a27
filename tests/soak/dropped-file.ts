/** `npm run soak -- dropped-file [lines]`: a nightly file of 1,000,000 lines, as CSV, taken whole in bounded memory and found by number. */
import { createWriteStream, mkdtempSync, rmSync, utimesSync } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listDrops } from "#exchange/api";
import { fileService, giveRight, houseOf, manager, publishFile, question } from "../exchange/connectors.ts";

/** MB that the program may grow by while it loads. */
const most = 200;

export async function droppedFile(lines: number, said: (text: string) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "toguna-soak-drop-"));
  const w = await houseOf({ env: { TOGUNA_CONNECTOR_NUIT_FOLDER: folder, TOGUNA_CONNECTOR_NUIT_INSTITUTION: "bf-oni" } });
  try {
    await publishFile(w);
    await giveRight(w, fileService, null);
    const path = join(folder, `naissances-${w.clock.today()}.csv`);
    const out = createWriteStream(path);
    out.write("NIP;NOM;NE_LE;POIDS;SEXE\n");
    for (let i = 0; i < lines; i++) if (!out.write(`${String(i).padStart(8, "0")};Ouédraogo;28/02/1990;3,25;F\n`)) await once(out, "drain");
    out.end();
    await once(out, "finish");
    utimesSync(path, w.clock.now(), w.clock.now());
    await w.sweep("exchange.dropped-files");
    w.clock.advance(30);
    const before = process.memoryUsage().rss;
    let held = before;
    const watch = setInterval(() => (held = Math.max(held, process.memoryUsage().rss)), 100);
    const [began, cpu] = [performance.now(), process.cpuUsage()];
    await w.sweep("exchange.dropped-files");
    clearInterval(watch);
    const used = process.cpuUsage(cpu);
    const grown = Math.round((held - before) / 1024 / 1024);
    const [drop] = (await w.call(listDrops, { service: fileService }, { as: manager(w) })).drops;
    if (drop?.state !== "whole" || drop.rows !== lines) throw new Error(`not taken whole: ${JSON.stringify(drop)}`);
    const asked = performance.now();
    const answer = await question(w, fileService, { nip: String(lines - 1).padStart(8, "0") });
    const found = Math.round(performance.now() - asked);
    if (answer.outcome !== "answered" || (answer.body as { rows: unknown[] }).rows.length !== 1)
      throw new Error(`the last line is not found: ${answer.outcome}`);
    said(
      `${lines} lines in ${Math.round((performance.now() - began) / 1000)} s (${Math.round((used.user + used.system) / 1e6)} s CPU of ours), ${grown} MB more at most, one line answered in ${found} ms`,
    );
    if (grown > most) throw new Error(`the program grew by ${grown} MB, ${most} allowed`);
  } finally {
    await w.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

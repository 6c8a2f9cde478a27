/** A full disk: a clean refusal, nothing half recorded, and the service goes on by itself once there is room again. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, closeSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { client, HttpProblem } from "../client.ts";
import { crowd } from "../crowd.ts";
import { people } from "../people.ts";
import { program } from "./program.ts";

function mountable(): string | undefined {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return undefined;
  const dir = mkdtempSync(join(tmpdir(), "toguna-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=480m,mode=0711", "tmpfs", dir], { stdio: "ignore" });
    return dir;
  } catch {
    rmSync(dir, { recursive: true, force: true });
    return undefined;
  }
}

const disk = mountable();
const skip = disk ? false : "a full disk needs root on Linux and a tmpfs that may be mounted (a container: --cap-add SYS_ADMIN)";

test("a full disk", { skip, timeout: 180_000 }, async () => {
  const room = disk as string;
  chmodSync(room, 0o711);
  const p = await program({ dataDir: join(room, "data") });
  try {
    await p.start();
    const { procedure } = people("bf");
    const tokens = await crowd(p.ownerUrl(), 4000);
    const answered: string[] = [];
    const open = async () =>
      answered.push((await client(p.origin, tokens.pop() as string).post<{ number: string }>("/api/services/cases", { procedure })).number);
    await open();
    const ballast = fill(room);
    const refused: HttpProblem[] = [];
    for (let i = 0; i < 3000 && refused.length < 5; i++)
      await open().catch(async (error: unknown) => {
        if (!(error instanceof HttpProblem)) throw error;
        refused.push(error);
        await wait(100);
      });
    assert.equal(refused.length, 5, "a full disk was never felt");
    for (const r of refused) assert.match(`${r.status} ${r.code}`, /^50[37] kernel\.(unavailable|storage-full)$/, r.message);
    rmSync(ballast);
    const count = answered.length;
    for (let i = 0; i < 300 && answered.length === count; i++) await open().catch(() => wait(200));
    assert.ok(answered.length > count, `works again once there is room\n${p.output()}`);
    const cases = await p.count("select count(*)::int n from services.case_file");
    assert.equal(await p.count("select count(*)::int n from kernel.fact where type = 'services.case-started'"), cases);
    assert.ok(cases >= answered.length);
    const ledger = await p.command("verify-ledger");
    assert.equal(ledger.code, 0, ledger.text);
  } finally {
    await p.close();
    execFileSync("umount", ["-l", room], { stdio: "ignore" });
    rmSync(room, { recursive: true, force: true });
  }
});

/** A file that takes all the room that is left. */
function fill(dir: string): string {
  const name = join(dir, "ballast");
  const file = openSync(name, "w");
  const block = Buffer.alloc(1 << 20, 1);
  for (const size of [1 << 20, 4096, 1])
    try {
      while (statfsSync(dir).bavail > 0) writeSync(file, block, 0, size);
    } catch {
      // no room for a block of this size
    }
  closeSync(file);
  return name;
}

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { type Caller, Problem } from "#kernel";
import { world } from "#kernel/testing";
import { type NewFile, documents, fileInfo, fileName, keepFile, readFile, removeFile } from "./index.ts";

const w = await world({ modules: [documents] });
after(() => w.close());
const bytes = Buffer.from("%PDF-1.7 un acte");
const keep = (o: Partial<NewFile> = {}, caller?: Caller) =>
  w.transaction((ctx) => keepFile(ctx, { bytes, mediaType: "application/pdf", ...o }), caller === undefined ? {} : { caller });
const read = (id: string, caller?: Caller) =>
  w.transaction((ctx) => readFile(ctx, id, { purpose: "test.read" }), caller === undefined ? {} : { caller });
const problem = (code: string) => (error: unknown) => error instanceof Problem && error.code === code;
const files = (): string[] => {
  try {
    return readdirSync(join(w.kernel.config.dataDir, "files"), { recursive: true, withFileTypes: true })
      .filter((e) => e.isFile())
      .map((e) => join(e.parentPath, e.name));
  } catch {
    return [];
  }
};
const factsOf = async (subject: string): Promise<string[]> =>
  (await w.owner("select type from kernel.fact where subject = $1 order by seq", [subject])).rows.map((r: { type: string }) => r.type);

test("a file is kept with its hash, its owner and a fact", async () => {
  const { id, sha256, size } = await keep({ name: "../acte\n.pdf", institution: "court-a" });
  assert.equal(sha256, createHash("sha256").update(bytes).digest("hex"));
  const back = await read(id);
  assert.deepEqual([Buffer.from(back.bytes), back.name, back.size, back.institution], [bytes, "acte-.pdf", size, "court-a"]);
  assert.deepEqual(await factsOf(`file:${id}`), ["documents.file-kept"]);
});

test("row-level security: its person and its institution, nobody else", async () => {
  const mine = w.citizen();
  const { id } = await keep({ person: mine.person ?? "", institution: "court-a" }, mine);
  for (const caller of [mine, w.clerk("court-a")]) assert.equal((await read(id, caller)).size, bytes.length);
  for (const caller of [w.citizen(), w.clerk("court-b"), w.stranger]) {
    await assert.rejects(read(id, caller), problem("documents.file-unknown"));
    assert.equal(await w.transaction((ctx) => fileInfo(ctx, id), { caller }), undefined);
    await assert.rejects(
      w.transaction((ctx) => removeFile(ctx, id), { caller }),
      problem("documents.file-unknown"),
    );
  }
  await assert.rejects(keep({ person: mine.person ?? "" }, w.citizen()), /row-level security/);
});

test("reading somebody's file is recorded for her to see", async () => {
  const person = w.citizen();
  const { id } = await keep({ person: person.person ?? "", institution: "court-a" }, person);
  await read(id, w.clerk("court-a"));
  assert.deepEqual(await factsOf(`person:${person.person}`), ["kernel.personal-read"]);
  await w.transaction((ctx) => readFile(ctx, id, { recorded: true }), { caller: w.clerk("court-a") });
  assert.equal((await factsOf(`person:${person.person}`)).length, 1);
});

test("a transaction undone leaves no row; its content goes with the sweep, shared content stays", async () => {
  const other = Buffer.from("contenu abandonné");
  const { id } = await keep();
  await assert.rejects(
    w.transaction(async (ctx) => {
      await keepFile(ctx, { bytes: other, mediaType: "text/plain" });
      throw new Error("no");
    }),
  );
  const before = files().length;
  await w.sweep("documents.tidy");
  assert.equal(files().length, before, "too young to be an orphan");
  w.clock.advance(25 * 3600);
  await w.sweep("documents.tidy");
  assert.equal(files().length, before - 1);
  assert.equal((await read(id)).size, bytes.length);
});

test("a file whose time is over is removed, with a fact", async () => {
  const { id } = await keep({ bytes: Buffer.from("bref"), keepUntil: new Date(w.clock.now().getTime() + 1000) });
  w.clock.advance(26 * 3600);
  await w.sweep("documents.tidy");
  await assert.rejects(read(id), problem("documents.file-unknown"));
  assert.deepEqual(await factsOf(`file:${id}`), ["documents.file-kept", "documents.file-removed"]);
});

test("a lost content is a clean problem", async () => {
  const { id } = await keep({ bytes: Buffer.from("perdu bientôt") });
  for (const file of files()) rmSync(file);
  await assert.rejects(read(id), problem("documents.file-damaged"));
  await assert.rejects(keep({ bytes: new Uint8Array() }), problem("documents.file-empty"));
});

test("names for downloads hold no path, no header, no shell", () => {
  assert.equal(fileName("../../etc/passwd"), "etc-passwd");
  assert.equal(fileName('a"\r\nSet-Cookie: x.pdf'), "a-Set-Cookie- x.pdf");
  assert.equal(fileName("  …"), "…");
  assert.equal(fileName("///"), "document");
  assert.equal(fileName("é".repeat(500)).length, 120);
});

test("a disk that is really full: a clean problem, nothing half-done, and it works again with room", async (t) => {
  const root = join(w.kernel.config.dataDir, "files");
  mkdirSync(root, { recursive: true });
  if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=96k", "tmpfs", root]).status !== 0) {
    t.skip("needs the right to mount a small disk (root)");
    return;
  }
  try {
    const big = Buffer.alloc(200_000, 1);
    await assert.rejects(keep({ bytes: big }), problem("documents.no-space"));
    assert.deepEqual(files(), []);
    const { id } = await keep({ bytes: Buffer.from("petit") });
    assert.equal((await read(id)).size, 5);
    assert.equal((await w.owner("select count(*)::int as n from documents.file where size = 200000")).rows[0].n, 0);
  } finally {
    spawnSync("umount", [root]);
  }
});

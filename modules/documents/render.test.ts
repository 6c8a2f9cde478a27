import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { generateKeyPairSync, sign } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { inflateSync } from "node:zlib";
import fc from "fast-check";
import { Problem } from "#kernel";
import { code2d, code2dKey, code2dKeyList, render, stopRendering, verifyCode2d } from "./index.ts";
import { actWithMentions, longAct, samples } from "./samples.ts";
import { TEMPLATES, type ActData } from "./shapes.ts";

const warned: object[] = [];
const log = { debug: () => {}, info: () => {}, warn: (data: object) => void warned.push(data), error: () => {} };
const at = new Date("2026-11-21T10:00:00Z");
const host = { clock: { now: () => at, today: () => "2026-11-21" }, log };
const dir = mkdtempSync(join(tmpdir(), "documents-"));
after(async () => {
  rmSync(dir, { recursive: true });
  await stopRendering();
});

const has = (tool: string): boolean => spawnSync("which", [tool]).status === 0;
const need = (...tools: string[]): { skip: string | false } => {
  const missing = tools.filter((tool) => !has(tool));
  if (missing.length === 0 || process.env["CI"] !== undefined) return { skip: false };
  return { skip: `needs ${missing.join(", ")}: apt-get install poppler-utils zbar-tools` };
};
const save = (pdf: Uint8Array): string => {
  const file = join(dir, `${Math.abs(pdf.length * 31 + (pdf[900] ?? 0))}.pdf`);
  writeFileSync(file, pdf);
  return file;
};
const textOf = (pdf: Uint8Array): string => execFileSync("pdftotext", ["-layout", save(pdf), "-"], { encoding: "utf8", maxBuffer: 1e8 });
const pagesOf = (pdf: Uint8Array): number => Number(/Pages:\s+(\d+)/.exec(execFileSync("pdfinfo", [save(pdf)], { encoding: "utf8" }))?.[1]);
const named = (value: string): ActData => ({ ...samples.act, identity: [{ label: "Nom", value }] });

test("every template prints, declares PDF/A-2b and embeds every font", need("pdffonts", "pdfinfo"), async () => {
  for (const name of TEMPLATES) {
    const pdf = await render(host, name, samples[name] as never);
    const raw = Buffer.from(pdf).toString("latin1");
    const metadata = raw + [...raw.matchAll(/stream\n/g)].map((m) => inflated(pdf, m.index + 7)).join("");
    assert.match(metadata, /pdfaid:part>2<[\s\S]*pdfaid:conformance>B</, name);
    const fonts = execFileSync("pdffonts", [save(pdf)], { encoding: "utf8" })
      .trim()
      .split("\n")
      .slice(2);
    assert.ok(fonts.length > 0 && fonts.every((line) => /\byes yes yes\b/.test(line)), fonts.join("\n"));
    assert.equal(pagesOf(pdf), 1, name);
  }
});
const inflated = (pdf: Uint8Array, from: number): string => {
  try {
    return inflateSync(pdf.subarray(from), { finishFlush: 2 }).toString("latin1");
  } catch {
    return "";
  }
};

test("the same data at the same second give the same bytes", async () => {
  const [one, two] = [await render(host, "act", samples.act), await render(host, "act", samples.act)];
  assert.deepEqual(one, two);
});

test("markup, scripts, right-to-left and West African names print as written", need("pdftotext"), async () => {
  for (const name of ['#panic("x") *b* $x$ <script>alert(1)</script> \\', "Tɛnɛ Ŋguɩn Ɓooyi Kɔffi", "أحمد ولد محمد", "Ouédraogo"]) {
    const text = textOf(await render(host, "act", named(name)));
    // poppler gives Arabic back in its presentation forms: compatibility normalisation undoes that
    assert.ok(
      text
        .normalize("NFKC")
        .replaceAll(/[\u200e\u200f\u202a-\u202e]/g, "")
        .includes(name.normalize("NFKC")),
      `${name}\n${text}`,
    );
  }
});

test("a 10,000-character name stays on the paper, whole", need("pdftotext", "pdfinfo"), async () => {
  const pdf = await render(host, "act", named("Ɓé".repeat(5000)));
  assert.equal(textOf(pdf).match(/Ɓ/g)?.length, 5000);
  // Nothing may be drawn outside the margins: 21 mm are 59.5 points.
  const boxes = execFileSync("pdftotext", ["-bbox", save(pdf), "-"], { encoding: "utf8", maxBuffer: 1e8 });
  for (const [, left, right] of boxes.matchAll(/xMin="([\d.]+)" yMin="[\d.]+" xMax="([\d.]+)"/g)) {
    assert.ok(Number(left) > 59 && Number(right) < 595.3 - 59, `${left} ${right}`);
  }
});

test("any text at all prints", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "binary", maxLength: 40 }), async (any) => {
      const pdf = await render(host, "act", {
        ...named(any),
        title: any,
        letterhead: { ...samples.act.letterhead, hierarchy: [any, any] },
      });
      assert.equal(Buffer.from(pdf.subarray(0, 5)).toString(), "%PDF-");
    }),
    { numRuns: 60 },
  );
  assert.ok(warned.length > 0);
});

test("an act that would spill over is set tighter and stays on one page", need("pdfinfo"), async () => {
  assert.equal(pagesOf(await render(host, "act", longAct)), 1);
  assert.ok(pagesOf(await render(host, "act", actWithMentions(40))) > 2);
});

test("a long table runs over pages, numbered", need("pdftotext"), async () => {
  const text = textOf(await render(host, "act", actWithMentions(40)));
  assert.equal(text.match(/Abus de confiance/g)?.length, 40);
  assert.match(text, /4\s?\/\s?4/);
});

test("a preview says so across every page, and an act does not", need("pdftotext"), async () => {
  // -raw: -layout tears slanted words apart
  const raw = (pdf: Uint8Array): string => execFileSync("pdftotext", ["-raw", save(pdf), "-"], { encoding: "utf8" });
  const pdf = await render(host, "act", { ...actWithMentions(20), draft: "Aperçu" });
  assert.equal(raw(pdf).match(/Aperçu/g)?.length, pagesOf(pdf));
  assert.doesNotMatch(raw(await render(host, "act", samples.act)), /Aperçu/);
});

test("data that do not fit the template are a clean problem", async () => {
  await assert.rejects(
    render(host, "act", { ...samples.act, letterhead: { state: "x" } } as never),
    (error) => error instanceof Problem && error.code === "documents.unprintable",
  );
  await assert.rejects(
    render(host, "act", { ...samples.act, conclusion: { table: { columns: ["a", "b"], rows: [["1"]] } } }),
    (error) => error instanceof Problem,
  );
});

test("the printed code is read back from the page and verifies; tampered, it is refused", need("pdftoppm", "zbarimg"), async () => {
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const key = code2dKey(pair.publicKey.export({ format: "der", type: "spki" }), {
    issuer: { fr: "Tribunal", en: "Court" },
    from: "2026-01-01",
    until: "2027-12-31",
  });
  const list = code2dKeyList("2026-11-21", [key]);
  // The longest code there can be: it must still scan at 25 mm.
  for (const fields of [
    {
      type: "criminal-record-3",
      number: "TGI-KDG-2026-000123",
      issued: "2026-11-21",
      name: "OUÉDRAOGO Aminata",
      birth: "1994-03-14",
      conclusion: "none",
      check: "7K4M29QX3H",
    },
    {
      type: "t".repeat(32),
      number: "N".repeat(40),
      issued: "2026-11-21",
      name: "ɛ".repeat(48),
      birth: "1994-03-14",
      conclusion: "c".repeat(32),
      validUntil: "2027-01-01",
      check: "7".repeat(16),
    },
  ]) {
    const code = await code2d("https://services.exemple.org", key.id, fields, async (bytes) =>
      sign("sha256", bytes, { key: pair.privateKey, dsaEncoding: "ieee-p1363" }),
    );
    const pdf = await render(host, "act", { ...samples.act, verification: { ...samples.act.verification, code } });
    for (const dpi of fields.name.startsWith("O") ? ["150", "300"] : ["250"]) {
      const picture = join(dir, `page-${dpi}`);
      execFileSync("pdftoppm", ["-r", dpi, "-gray", "-png", "-singlefile", save(pdf), picture]);
      const scanned = execFileSync("zbarimg", ["-q", "--raw", `${picture}.png`], { encoding: "utf8" }).trim();
      assert.equal(scanned, code);
      const answer = verifyCode2d(scanned, list);
      assert.ok(answer.ok);
      assert.deepEqual(answer.fields, fields);
    }
    const forged = code.replace(/.(.{20})$/, (end, rest: string) => (end.startsWith("A") ? "B" : "A") + rest);
    assert.deepEqual(verifyCode2d(forged, list), { ok: false, reason: "bad-signature" });
  }
});

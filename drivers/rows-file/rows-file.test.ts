import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { faultOf, type SheetFormat } from "#exchange/ports";
import { book, rels, workbook, zip } from "./fixtures.ts";
import { filesOfFolders } from "./index.ts";

const folder = mkdtempSync(join(tmpdir(), "toguna-drop-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const never = new AbortController().signal;

const put = (name: string, data: string | Buffer) => writeFileSync(join(folder, name), data);
const seen = async (name: string) => (await filesOfFolders.files(folder)).find((f) => f.name === name)!;
async function read(name: string, format: SheetFormat): Promise<[number, ...string[]][]> {
  const lines: [number, ...string[]][] = [];
  for await (const portion of filesOfFolders.lines(folder, await seen(name), format, never))
    for (const { line, cells } of portion) lines.push([line, ...cells]);
  return lines;
}
const csv = (data: string | Buffer, more: Partial<SheetFormat> = {}) => (put("a.csv", data), read("a.csv", { format: "csv", ...more }));
const xlsx = (data: Buffer, more: Partial<SheetFormat> = {}) => (put("a.xlsx", data), read("a.xlsx", { format: "xlsx", ...more }));
const fault = async (reading: Promise<unknown>): Promise<string> => {
  try {
    await reading;
  } catch (error) {
    const found = faultOf(error);
    if (!found) throw error;
    return found.line === undefined ? found.fault : `${found.fault} ${found.line}`;
  }
  return "read";
};

test("csv: separators, quotes, line ends, blank lines, a byte order mark", async () => {
  assert.deepEqual(await csv('\ufeffnip;nom\r\n1;"Le ""grand""; ici"\r\n\r\n2;é\n3;'), [
    [1, "nip", "nom"],
    [2, "1", 'Le "grand"; ici'],
    [4, "2", "é"],
    [5, "3", ""],
  ]);
  assert.deepEqual(await csv('a,b\n"deux\nlignes",2\nx,y', { separator: "," }), [
    [1, "a", "b"],
    [2, "deux\nlignes", "2"],
    [4, "x", "y"],
  ]);
  assert.deepEqual(await csv("a\t'b\tc'", { separator: "\t", quote: "'" }), [[1, "a", "b\tc"]]);
  assert.deepEqual(await csv(Buffer.from("Ouédraogo;\x80uro", "latin1"), { encoding: "latin-1" }), [[1, "Ouédraogo", "€uro"]]);
});

test("csv: what cannot be read for certain is refused, with its line", async () => {
  assert.equal(await fault(csv('a;b\n"open;1\nx')), "quotes 2");
  assert.equal(await fault(csv('a;b\nx"y;1\nz"t;2')), "quotes 2");
  assert.equal(await fault(csv(`a;b\n"x\n${'y""\n'.repeat(300_000)}`)), "line-too-long 2");
  assert.equal(await fault(csv('a;b\nx;"y"z')), "quotes 2");
  assert.equal(await fault(csv(Buffer.from("a;\xe9", "latin1"))), "encoding");
  assert.equal(await fault(csv(`a;b\n${"x".repeat(1_100_000)}`)), "line-too-long 2");
  assert.equal(await fault(csv(`a;b\n"${"x\n".repeat(600_000)}"`)), "line-too-long 2");
  assert.equal(await fault(csv(";".repeat(600))), "too-many-columns 1");
});

test("a file that changes while it is read, is gone, is a link, a pipe or elsewhere is refused", async () => {
  const big = `${"123456789;abcdef\n".repeat(40_000)}`;
  put("growing.csv", big);
  const growing = async () => {
    let first = true;
    for await (const _ of filesOfFolders.lines(folder, await seen("growing.csv"), { format: "csv" }, never)) {
      if (first) appendFileSync(join(folder, "growing.csv"), "1;2\n");
      first = false;
    }
  };
  assert.equal(await fault(growing()), "changed");
  put("cut.csv", big);
  const before = await seen("cut.csv");
  truncateSync(join(folder, "cut.csv"), 100);
  const lines = async (name: string, at = before) => {
    for await (const _ of filesOfFolders.lines(folder, { ...at, name }, { format: "csv" }, never));
  };
  assert.equal(await fault(lines("cut.csv")), "changed");
  assert.equal(await fault(lines("nothing.csv")), "gone");
  assert.equal(await fault(lines("../a.csv")), "not-a-file");
  mkdirSync(join(folder, "below.csv"));
  symlinkSync("/etc/passwd", join(folder, "link.csv"));
  execFileSync("mkfifo", [join(folder, "pipe.csv")]);
  assert.equal(await fault(lines("link.csv")), "gone");
  assert.equal(await fault(lines("pipe.csv")), "not-a-file");
  assert.equal(await fault(lines("below.csv")), "not-a-file");
  const names = (await filesOfFolders.files(folder)).map((f) => f.name);
  assert.ok(names.includes("a.csv") && !names.some((name) => ["below.csv", "link.csv", "pipe.csv"].includes(name)));
  await assert.rejects(filesOfFolders.files(join(folder, "nowhere")));
  put("a.csv", "a;b\n");
  const stopped = async () => {
    for await (const _ of filesOfFolders.lines(folder, await seen("a.csv"), { format: "csv" }, AbortSignal.abort()));
  };
  assert.equal(await fault(stopped()), "gone");
});

test("xlsx: texts, numbers, dates, truths, formulas as values, errors as no value, gaps as empty cells", async () => {
  const rows =
    '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="inlineStr"><is><t>in</t></is></c></row>' +
    '<row r="3"><c r="A3"><v>3.2500000000000001</v></c><c r="B3" s="1"><v>33000</v></c><c r="C3" s="2"><v>33000.5</v></c>' +
    '<c r="D3" t="b"><v>1</v></c><c r="E3" t="e"><v>#N/A</v></c><c r="F3" t="str"><f>A1&amp;"x"</f><v>Ouédraogox</v></c>' +
    '<c r="G3"><v>1.2345678901234E13</v></c><c r="H3" s="1"><v>59</v></c><c r="I3" s="1"><v>60</v></c></row>';
  const styles =
    '<numFmts><numFmt numFmtId="170" formatCode="dd/mm/yyyy hh:mm"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="170"/></cellXfs>';
  assert.deepEqual(
    await xlsx(workbook(rows, { styles, strings: "<si><r><t>Oué</t></r><r><t>draogo</t></r><rPh><t>hint</t></rPh></si>" })),
    [
      [1, "Ouédraogo", "", "in"],
      [3, "3.25", "1990-05-07", "1990-05-07 12:00:00", "true", "\u001a", "Ouédraogox", "12345678901234", "1900-02-28", "\u001a"],
    ],
  );
  const in1904 = book(undefined, '<workbookPr date1904="1"/>');
  assert.deepEqual(await xlsx(workbook('<row><c s="1"><v>0</v></c></row>', { styles, workbook: in1904 })), [[1, "1904-01-01"]]);
  assert.deepEqual(await xlsx(workbook("<row><c><v>1</v></c></row>"), { sheet: "Naissances" }), [[1, "1"]]);
  assert.equal(await fault(xlsx(workbook(""), { sheet: "Autre" })), "no-sheet");
});

test("xlsx: a workbook another program wrote", { skip: openpyxl() }, async () => {
  const script =
    "import openpyxl,datetime,sys\nw=openpyxl.Workbook()\ns=w.active\ns.title='Registre'\ns.append(['nip','nom','né le','poids','vivant'])\n" +
    "for i in range(2000): s.append(['%05d'%i,'Ouédraogo & fils <%d>'%i,datetime.date(1990,1,1)+datetime.timedelta(days=i),i/4,i%2==0])\nw.save(sys.argv[1])";
  execFileSync("/usr/bin/python3", ["-c", script, join(folder, "foreign.xlsx")]);
  const lines = await read("foreign.xlsx", { format: "xlsx", sheet: "Registre" });
  assert.equal(lines.length, 2001);
  assert.deepEqual(lines[2000], [2001, "01999", "Ouédraogo & fils <1999>", "1995-06-23", "499.75", "false"]);
});

test("xlsx: hostile workbooks are refused in bounded time and memory", async () => {
  const one = '<row><c r="A1"><v>1</v></c></row>';
  const bomb = Buffer.alloc(100_000_000, " ");
  bomb.write('<worksheet xmlns="x"><sheetData>', 0);
  const withSheet = (data: string | Buffer, claims?: number) =>
    zip([
      { name: "xl/workbook.xml", data: book() },
      { name: "xl/_rels/workbook.xml.rels", data: rels() },
      { name: "xl/worksheets/sheet1.xml", data, ...(claims === undefined ? {} : { claims }) },
    ]);
  const bombs = [withSheet(bomb), withSheet(bomb, 1000)];
  const before = process.memoryUsage().rss;
  assert.equal(await fault(xlsx(bombs[0]!)), "unpacks-too-large", "a run without mark-up");
  assert.equal(await fault(xlsx(bombs[1]!)), "not-a-workbook", "a directory that lies");
  const deep = `<worksheet>${"<a>".repeat(100_000)}`;
  const cases: [string, string, Buffer][] = [
    ["a zip that is none", "not-a-workbook", Buffer.from("PK\x03\x04 and nothing else")],
    ["text", "not-a-workbook", Buffer.from("nip;nom\n1;2")],
    ["nothing at all", "not-a-workbook", Buffer.alloc(0)],
    ["an old container", "encrypted", Buffer.concat([Buffer.from("d0cf11e0a1b11ae1", "hex"), Buffer.alloc(512)])],
    ["an encrypted part", "encrypted", zip([{ name: "xl/workbook.xml", data: book(), encrypted: true }])],
    [
      "a part twice",
      "not-a-workbook",
      zip([
        { name: "xl/workbook.xml", data: book() },
        { name: "xl/workbook.xml", data: book() },
      ]),
    ],
    ["a part that climbs", "not-a-workbook", workbook(one, { more: [{ name: "../../etc/cron.d/x", data: "x" }] })],
    [
      "thousands of parts",
      "not-a-workbook",
      workbook(one, { more: Array.from({ length: 2100 }, (_, i) => ({ name: `p${i}`, data: "" })) }),
    ],
    ["a target outside", "no-sheet", workbook(one, { rels: rels("../../../etc/passwd") })],
    [
      "another document inside",
      "not-a-workbook",
      workbook("", { workbook: `<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>${book()}` }),
    ],
    ["an entity", "not-a-workbook", workbook("<row><c t='str'><v>&b;</v></c></row>")],
    ["endless nesting", "not-a-workbook", withSheet(deep)],
    ["a row twice", "not-a-workbook 1", workbook('<row r="1"><c><v>1</v></c></row><row r="1"><c><v>2</v></c></row>')],
    ["a row beyond", "not-a-workbook 0", workbook('<row r="99999999"><c><v>1</v></c></row>')],
    ["a cell twice", "not-a-workbook 1", workbook('<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>2</v></c></row>')],
    ["a column far out", "too-many-columns 1", workbook('<row r="1"><c r="XFD1"><v>1</v></c></row>')],
    ["a text that is not there", "not-a-workbook", workbook('<row r="1"><c t="s"><v>9</v></c></row>', { strings: "<si><t>a</t></si>" })],
    ["cut in the middle", "not-a-workbook", workbook(one.repeat(1)).subarray(0, 300)],
    ["no sheet at all", "no-sheet", workbook(one, { workbook: book("") })],
  ];
  for (const [name, wanted, data] of cases) assert.equal(await fault(xlsx(data)), wanted, name);
  const strings = "<si><t>abcdefghijklmnop</t></si>".repeat(1_100_000);
  assert.equal(await fault(xlsx(workbook(one, { strings }))), "unpacks-too-large", "texts without end");
  assert.ok(process.memoryUsage().rss - before < 400 * 1024 * 1024);
});

function openpyxl(): string | false {
  return spawnSync("/usr/bin/python3", ["-c", "import openpyxl"]).status === 0 || process.env.CI
    ? false
    : "apt-get install python3-openpyxl";
}

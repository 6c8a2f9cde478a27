import assert from "node:assert/strict";
import { connect, createServer, type AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { births, rowsConformance } from "#exchange/conformance";
import { addressOf } from "./address.ts";
import { type Maria, maria, missing } from "./fixtures.ts";
import { rowsFromMysql } from "./index.ts";
import { quoted } from "./quote.ts";

const skip = missing;
const driver = rowsFromMysql();
let server: Maria;
const urlOf = (o: { password?: string; port?: number } = {}) =>
  `mysql://register:${o.password ?? "secret"}@127.0.0.1:${o.port ?? server.port}/registry`;

before(async () => {
  if (skip) return;
  server = await maria();
  await server.root.query(`
    create database registry character set utf8mb4 collate utf8mb4_general_ci;
    use registry;
    create table births (nip char(3), family varchar(80), born date, weight decimal(6,3), living boolean, note text, key (nip));
    create view \`view\` as select * from births;
    create view slow as select nip, family from births where sleep(20) = 0;
    create table secrets (nip text, family text);
    create table old (nip varchar(10) character set latin1, family varchar(80) character set latin1, born date, married bit(1), age int);
    create table cafe (\`Numéro d'acte\` int, \`select\` text);
    insert into cafe values (7, 'yes');
    create table big (nip varchar(10), family varchar(250));
    insert into big select '001', repeat('y', 200) from seq_1_to_200000;
    create user register@localhost identified by 'secret', register@'127.0.0.1' identified by 'secret';`);
  for (const host of ["localhost", "127.0.0.1"])
    for (const table of ["births", "`view`", "slow", "old", "cafe", "big"])
      await server.root.query(`grant select on registry.${table} to register@'${host}'`);
  for (const b of births)
    await server.root.query("insert into births values (?, ?, ?, ?, ?, ?)", [b.nip, b.family, b.born, b.weight, b.living, b.note]);
  await server.root.query(
    "set sql_mode = ''; insert into old values ('12abc', 'Nikiéma', '0000-00-00', b'1', 12), ('Ab', 'x', '1990-01-01', b'0', 13)",
  );
});
after(async () => {
  await driver.close();
  await server?.close();
});

rowsConformance(
  "mysql",
  async () => ({
    driver,
    url: urlOf(),
    nowhere: urlOf({ port: 1 }),
    wrongPassword: urlOf({ password: "secret-but-wrong" }),
    forbidden: "secrets",
    hides: true,
  }),
  { skip },
);

const ask = (more: object) =>
  driver.find(
    {
      url: urlOf(),
      table: "births",
      columns: ["nip", "family"],
      where: [{ column: "nip", type: "text", value: "001" }],
      limit: 10,
      cellLimit: 4000,
      byteLimit: 1_000_000,
      deadlineMs: 5000,
      needsTls: false,
      ...more,
    },
    new AbortController().signal,
  );

test("old tables: latin-1, zero dates, bits; case and number-like text do not match by accident", { skip }, async () => {
  const old = { table: "old", columns: ["family", "born", "married"] };
  const nip = (value: string) => [{ column: "nip", type: "text", value }];
  assert.deepEqual(await ask({ ...old, where: nip("12abc") }), { rows: [["Nikiéma", null, "1"]] });
  assert.deepEqual(await ask({ ...old, where: nip("Ab") }), { rows: [["x", "1990-01-01", "0"]] });
  for (const value of ["ab", "AB", "12", "Ŋ", "😀"]) assert.deepEqual(await ask({ ...old, where: nip(value) }), { rows: [] }, value);
  assert.deepEqual(await ask({ ...old, where: [{ column: "age", type: "text", value: "12abc" }] }), { rows: [] });
  assert.deepEqual(await ask({ ...old, columns: ["family"], where: [{ column: "family", type: "text", value: "Nikiéma" }] }), {
    rows: [["Nikiéma"]],
  });
});

test("names with quotes, blanks and accents are names", { skip }, async () => {
  const answer = await ask({ table: "cafe", columns: ["select"], where: [{ column: "Numéro d'acte", type: "number", value: "7" }] });
  assert.deepEqual(answer, { rows: [["yes"]] });
  assert.throws(() => quoted("a\0b"), RangeError);
  assert.throws(() => quoted("x".repeat(65)), RangeError);
});

test("two hundred thousand rows stop at the bytes allowed, in bounded memory", { skip }, async () => {
  const before = process.memoryUsage().rss;
  assert.deepEqual(await ask({ table: "big", limit: 200_000 }), { trouble: "too-large", detail: "answer" });
  assert.ok(process.memoryUsage().rss - before < 80 * 1024 * 1024);
});

test("the log-in writes nothing, even where it may", { skip }, async () => {
  await server.root.query("grant all on registry.cafe to register@localhost, register@'127.0.0.1'");
  await server.root.query(
    "create function registry.wipe() returns varchar(10) modifies sql data begin delete from registry.cafe; return '001'; end; " +
      "create view registry.wiping as select registry.wipe() as nip, 'x' as family; grant select on registry.wiping to register@localhost, register@'127.0.0.1'",
  );
  assert.equal(((await ask({ table: "wiping" })) as { trouble?: string }).trouble, "unfit");
  const [rows] = await server.root.query("select * from registry.cafe");
  assert.equal((rows as unknown[]).length, 1);
});

test("a server that dies in the middle, speaks nonsense or stays silent is a trouble in time, never half an answer", { skip }, async () => {
  const cases: [string, Parameters<typeof createServer>[1]][] = [
    [
      "cut",
      (socket) => {
        const behind = connect(server.port, "127.0.0.1");
        let passed = 0;
        socket.pipe(behind);
        behind.on("data", (piece) => {
          passed += piece.length;
          if (passed > 20_000) socket.destroy();
          else socket.write(piece);
        });
        for (const s of [socket, behind]) s.on("error", () => undefined).on("close", () => (socket.destroy(), behind.destroy()));
      },
    ],
    ["unreachable", (socket) => void socket.on("error", () => undefined).end("HTTP/1.1 400 Bad Request\r\n\r\n")],
    ["timeout", (socket) => void socket.on("error", () => undefined)],
  ];
  for (const [trouble, onSocket] of cases) {
    const between = createServer(onSocket);
    await new Promise<void>((done) => between.listen(0, "127.0.0.1", done));
    const answer = await ask({
      url: urlOf({ port: (between.address() as AddressInfo).port }),
      table: "big",
      limit: 1000,
      deadlineMs: 1500,
    });
    assert.equal((answer as { trouble?: string }).trouble, trouble, JSON.stringify(answer));
    between.close();
  }
});

test(
  "an address without verified TLS is refused where TLS is needed, and an option we do not know is refused anywhere",
  { skip },
  async () => {
    const far = urlOf().replace("127.0.0.1", "192.0.2.1");
    assert.equal(((await ask({ url: far, needsTls: true })) as { trouble?: string }).trouble, "insecure");
    assert.equal(((await ask({ needsTls: true })) as { rows: unknown[] }).rows.length, 1);
    assert.equal(addressOf(`${urlOf()}?multipleStatements=true`), undefined);
    assert.equal(addressOf(`${far}?ssl-mode=VERIFY_IDENTITY`)?.safe, true);
    const [[row]] = (await server.root.query("select count(*) as n from registry.births")) as unknown as [[{ n: number }]];
    assert.equal(row.n, births.length);
  },
);

test("killed and gone, it is unreachable", { skip }, async () => {
  server.kill();
  await new Promise((done) => setTimeout(done, 100));
  assert.match(((await ask({})) as { trouble: string }).trouble, /^(cut|unreachable)$/);
  assert.equal(((await ask({})) as { trouble: string }).trouble, "unreachable");
});

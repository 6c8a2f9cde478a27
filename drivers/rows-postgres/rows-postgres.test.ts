import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import pg from "pg";
import { testCluster } from "#kernel/testing";
import { births, rowsConformance } from "#exchange/conformance";
import { addressOf } from "./address.ts";
import { rowsFromPostgres } from "./index.ts";
import { quoted } from "./quote.ts";

const name = `rows_${randomBytes(5).toString("hex")}`;
const driver = rowsFromPostgres();
let cluster = "";
let owner: pg.Client;
const urlOf = (o: { password?: string; port?: number } = {}): string => {
  const at = new URL(cluster);
  return `postgres://${name}:${o.password ?? "secret"}@127.0.0.1:${o.port ?? at.port}/${name}`;
};
const server = async (text: string) => {
  const client = new pg.Client({ connectionString: cluster });
  await client.connect();
  await client.query(text);
  await client.end();
};

before(async () => {
  cluster = await testCluster();
  await server(`create role ${name} login password 'secret'`);
  await server(`create database ${name}`);
  owner = new pg.Client({ connectionString: cluster.replace(/\/[^/]*$/, `/${name}`) });
  await owner.connect();
  await owner.query(`
    create table births (nip char(3), family varchar(80), born date, weight numeric(6,3), living boolean, note text);
    create index on births (nip);
    create view "view" as select * from births;
    create view slow as select b.nip, b.family from births b, pg_sleep(20) where b.nip is not null;
    create table secrets (nip text, family text);
    create function wipe() returns text language plpgsql volatile as $$ begin delete from public.births; return '001'; end $$;
    grant delete on births to ${name};
    create view wiping as select public.wipe() as nip, 'x'::text as family;
    create table big as select i::text as nip, repeat('y', 200) as family from generate_series(1, 200000) i;
    create view everything as select '001'::text as nip, family from big;
    create table cafe ("Numéro d'acte" int, "select" text, "a""b" text);
    insert into cafe values (7, 'yes', 'quoted');
    grant select on births, "view", slow, wiping, big, everything, cafe to ${name}`);
  for (const b of births)
    await owner.query("insert into births values ($1, $2, $3, $4, $5, $6)", [b.nip, b.family, b.born, b.weight, b.living === "1", b.note]);
});
after(async () => {
  await driver.close();
  await owner.end();
  await server(`drop database ${name} with (force)`);
  await server(`drop role ${name}`);
});

rowsConformance("postgres", async () => ({
  driver,
  url: urlOf(),
  schema: "public",
  nowhere: urlOf({ port: 1 }),
  wrongPassword: urlOf({ password: "secret-but-wrong" }),
  forbidden: "secrets",
}));

const ask = (more: object, signal = new AbortController().signal) =>
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
    signal,
  );

test("a view whose function writes is stopped by the read-only transaction", async () => {
  assert.deepEqual(await ask({ table: "wiping" }), { trouble: "unfit", detail: "25006" });
  assert.equal((await owner.query("select 1 from births")).rowCount, births.length);
});

test("names with quotes, blanks and accents are names; a parameter that is no number of an integer column is no question", async () => {
  const cafe = { table: "cafe", columns: ["select", 'a"b'] };
  assert.deepEqual(await ask({ ...cafe, where: [{ column: "Numéro d'acte", type: "number", value: "7" }] }), { rows: [["yes", "quoted"]] });
  assert.deepEqual(await ask({ ...cafe, where: [{ column: "Numéro d'acte", type: "text", value: "7; select" }] }), {
    trouble: "unfit",
    detail: "22P02",
  });
  assert.throws(() => quoted("x".repeat(64)), RangeError);
  assert.throws(() => quoted("a\0b"), RangeError);
});

test("two hundred thousand rows stop at the bytes allowed, in bounded memory", async () => {
  const before = process.memoryUsage().rss;
  assert.deepEqual(await ask({ table: "everything", limit: 200_000 }), { trouble: "too-large", detail: "answer" });
  assert.ok(process.memoryUsage().rss - before < 80 * 1024 * 1024);
});

test("a server that dies in the middle, speaks nonsense or stays silent is a trouble in time, never half an answer", async () => {
  const port = Number(new URL(cluster).port);
  const listening = async (onSocket: (socket: Socket) => void): Promise<[Server, number]> => {
    const server = createServer(onSocket);
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    return [server, (server.address() as AddressInfo).port];
  };
  const { connect } = await import("node:net");
  const cases: [string, (socket: Socket) => void][] = [
    [
      "cut",
      (socket) => {
        // a true server behind, cut off once rows begin to flow
        const behind = connect(port, "127.0.0.1");
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
    const [server, at] = await listening(onSocket);
    const answer = await ask({ url: urlOf({ port: at }), table: "everything", limit: 1000, deadlineMs: 1500 });
    assert.equal((answer as { trouble?: string }).trouble, trouble, JSON.stringify(answer));
    server.close();
  }
});

test("a connection killed while pooled is replaced, and no question is lost for it", async () => {
  await ask({});
  await owner.query("select pg_terminate_backend(pid) from pg_stat_activity where usename = $1", [name]);
  await new Promise((done) => setTimeout(done, 100));
  assert.equal(((await ask({})) as { rows: unknown[] }).rows.length, 1);
});

test("an address without verified TLS is refused where TLS is needed, and an option we do not know is refused anywhere", async () => {
  const far = urlOf().replace("127.0.0.1", "192.0.2.1");
  assert.equal(((await ask({ url: far, needsTls: true })) as { trouble?: string }).trouble, "insecure");
  assert.equal(((await ask({ needsTls: true })) as { rows: unknown[] }).rows.length, 1);
  assert.equal(addressOf(`${urlOf()}?sslmode=require`), undefined);
  assert.equal(addressOf(`${urlOf()}?options=-c%20x`), undefined);
  assert.equal(addressOf(`${urlOf()}?sslmode=verify-full&sslrootcert=/nowhere`), undefined);
  assert.deepEqual(addressOf(`${far}?sslmode=verify-full`)?.safe, true);
});

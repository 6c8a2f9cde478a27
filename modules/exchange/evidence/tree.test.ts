import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { world, type World } from "#kernel/testing";
import { registry } from "#registry";
import { trust } from "#trust";
import { testKeys } from "#trust/conformance";
import { exchange } from "../index.ts";
import { sealWaiting } from "./seal.ts";
import { writeExchange } from "./test-log.ts";

let w: World;
before(async () => {
  w = await world({ modules: [registry, trust, exchange], drivers: [testKeys], country: "bf" });
});
after(() => w.close());
const one = async <T>(text: string): Promise<T> => (await w.owner(text)).rows[0] as T;

test("every row becomes one leaf, the head is signed, nothing new makes no head", async () => {
  await writeExchange(w);
  await writeExchange(w, { refused: true });
  await w.sweep("exchange.seal-log");
  const heads = await w.owner("select size::int, signature is not null as signed from exchange.head order by size");
  assert.deepEqual(heads.rows, [{ size: 8, signed: true }]);
  assert.deepEqual(await one("select count(*)::int as n from exchange.waiting"), { n: 0 });
  await w.sweep("exchange.seal-log");
  assert.equal((await w.owner("select from exchange.head")).rowCount, 1);
  await w.sweep("exchange.stamp-log");
  console.log(
    (await w.owner("select first_leaf, next_leaf, length(hashes), stamp from exchange.batch")).rows,
    (await w.owner("select head_size, at, length(token) from exchange.stamp")).rows,
    (await w.owner("select serial, length(response) from exchange.certificate_status")).rows,
  );
  void sealWaiting;
});

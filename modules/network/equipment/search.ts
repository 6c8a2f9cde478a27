/** A sweep over addresses of the inventory, started by a person: who answers there, asked without any secret, slowly, and on from where it was. */
import { setTimeout as wait } from "node:timers/promises";
import { job, T, work, type JobContext } from "#kernel";
import { current } from "../plant/current.ts";
import { protocols } from "./driver.ts";
import { driverOf } from "./read.ts";
import { swept } from "./reach.ts";
import * as store from "./store.ts";

export const searchEquipment_ = job("network.search-equipment", T.Object({ search: T.String() }), {
  retryLimit: 20,
  retryDelay: 5,
  expire: 600,
});

/** Addresses asked at once, and milliseconds one round takes at least: 16 addresses a second. */
const together = 16;
const round = 1000;
const patience = 900;

export async function runSearch(j: JobContext, data: { search: string }): Promise<void> {
  const begun = await j.transaction(
    async (ctx) => {
      const s = await store.search(ctx, data.search);
      return s && { s, range: swept((await current(ctx)).model.plant.prefix, s.prefix) };
    },
    { readOnly: true },
  );
  if (!begun || begun.s.ended_at) return;
  const { s, range } = begun;
  // the prefix has left the inventory meanwhile
  const addresses = "addresses" in range ? range.addresses : [];
  const ways = protocols.flatMap((protocol) => {
    const driver = driverOf(j, protocol);
    return driver ? [{ protocol, driver }] : [];
  });
  for (let done = Math.min(s.done, addresses.length); ;) {
    j.signal.throwIfAborted();
    const some = addresses.slice(done, done + together);
    const began = j.clock.now().getTime();
    const list = await Promise.all(some.flatMap((address) => ways.map(({ protocol, driver }) => one(address, protocol, driver))));
    done += some.length;
    const end = done >= addresses.length;
    await j.transaction((ctx) => store.advance(ctx, s.id, done, list.flat(), end));
    if (end) return;
    await wait(Math.max(0, round - Math.max(0, j.clock.now().getTime() - began)));
  }
}

async function one(
  address: string,
  protocol: store.Found["protocol"],
  driver: NonNullable<ReturnType<typeof driverOf>>,
): Promise<store.Found[]> {
  const port = driver.usualPort;
  const seen = await driver.probe(address, port, patience).catch(() => undefined);
  return seen
    ? [{ address, protocol, port, identity: seen.identity ?? null, greeting: seen.greeting.replaceAll(/[^\x20-\x7e]/g, "").slice(0, 200) }]
    : [];
}

export const equipmentSearching = work(searchEquipment_, runSearch, { concurrency: 1 });

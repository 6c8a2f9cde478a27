import { randomInt, randomUUID } from "node:crypto";
import type { LiveHouse } from "../live-house.ts";
import { crowd } from "../crowd.ts";
import { citizen, readyCase, type Known } from "../journeys/api.ts";
import { people } from "../people.ts";
import { load } from "./catalogue.ts";
import type { LoadResult } from "./load.ts";

/** MOD 11,10 (ISO/IEC 7064), as case numbers carry it. */
function check(digits: string): string {
  let product = 10;
  for (const d of digits) {
    let sum = (Number(d) + product) % 10;
    if (sum === 0) sum = 10;
    product = (sum * 2) % 11;
  }
  return String((11 - product) % 10);
}

/**
 * Two commands at 16 clients, over HTTP, durable: opening a case (row, number, definition's version, fact), and sending it
 * (every answer validated again, the office found, the fee computed, state, fact). Cases to send are copies of one that
 * went through the registers.
 */
export async function measureSubmission(house: LiveHouse, seconds: number): Promise<{ open: LoadResult; send: LoadResult }> {
  const who = people("bf").citizen;
  const c = await citizen(house.origin, who as Known);
  const ready = await readyCase(c, people("bf").procedure, { purpose: "competition", hasOtherNames: "no", truth: "yes" });
  const year = ready.number.slice(0, 4);
  const numbers = Array.from({ length: 12_000 }, () => {
    const r = String(randomInt(100_000_000)).padStart(8, "0");
    return `${year}-${r.slice(0, 4)}-${r.slice(4)}-${check(`${year}${r}`)}`;
  });
  const columns = (
    await house.world.owner(
      "select string_agg(column_name, ',' order by ordinal_position) c from information_schema.columns where table_schema = 'services' and table_name = 'case_file' and column_name not in ('id','number')",
    )
  ).rows[0].c as string;
  await house.world.owner(
    `insert into services.case_file (id, number, ${columns}) select gen_random_uuid(), n, ${columns} from services.case_file, unnest($1::text[]) n where number = $2 on conflict do nothing`,
    [[...new Set(numbers)], ready.number],
  );
  await house.world.owner(
    `insert into services.evidence select c.id, e.requirement, e.state, e.round, e.holder, e.asked_at, e.expected_by, e.answered_at, e.answered_by, e.exchange, e.request, e.row, e.note
     from services.case_file c, services.evidence e join services.case_file o on o.id = e.case_id where o.number = $1 and c.number = any($2)`,
    [ready.number, numbers],
  );
  await house.world.owner("analyze");
  const headers = { authorization: `Bearer ${c.token}`, "content-type": "application/json" };
  const run = randomUUID();
  const open = await load({
    url: house.origin,
    method: "POST",
    clients: 16,
    seconds,
    steps: (await crowd(house.world.ownerUrl, 2000)).map((token) => ({
      path: "/api/services/cases",
      headers: { ...headers, authorization: `Bearer ${token}`, "idempotency-key": `${run}-open-{n}` },
      body: JSON.stringify({ procedure: people("bf").procedure }),
    })),
  });
  const send = await load({
    url: house.origin,
    method: "POST",
    clients: 16,
    seconds,
    requests: numbers.length,
    steps: numbers.map((n) => ({
      path: `/api/services/cases/${n}/submission`,
      headers: { ...headers, "idempotency-key": `${run}-send-{n}` },
      body: JSON.stringify({ version: ready.version }),
    })),
  });
  return { open, send };
}

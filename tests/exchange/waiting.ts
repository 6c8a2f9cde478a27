/** A house whose messages wait: hand them in, let the sweeps run, look at what became of them. */
import { setBase } from "#exchange";
import { asks, echo, type House, house, justice, type Reply } from "./port.ts";

export interface Status {
  status: string;
  type?: string;
  statements: { kind: string; text: string; signature: string; certificate: string }[];
}
export interface Waiting {
  h: House;
  /** The institution's system answers, cannot be reached, can be reached again. */
  answers(): void;
  down(): Promise<void>;
  up(): Promise<void>;
  /** One turn of each queue. */
  run(): Promise<void>;
  send(o?: { id?: string; body?: string; method?: string; headers?: Record<string, string>; path?: string }): Promise<Reply>;
  look(address: string, client?: string): Promise<Reply>;
  status(address: string): Promise<Status>;
  /** Both sides' rows of the log. */
  outcomes(address: string): Promise<unknown[]>;
}

export async function waiting(): Promise<Waiting> {
  const h = await house();
  const good = (await h.world.owner("select url from exchange.base where name = 'sandbox'")).rows[0]!.url as string;
  const point = (url: string) => h.world.transaction((ctx) => setBase(ctx, "sandbox", url));
  let count = 0;
  const look = (address: string, client = justice) => h.call(address, { headers: { "X-Road-Client": client } });
  return {
    h,
    answers: () => h.behave((_, res) => void res.writeHead(200, { "content-type": "application/json" }).end('{"ok":true}')),
    down: () => point("http://127.0.0.1:1"),
    up: () => point(good),
    async run() {
      for (const name of ["exchange.outbox", "exchange.inbox", "exchange.outbox"]) await h.world.sweep(name);
    },
    send: (o = {}) =>
      h.call(`${echo}${o.path ?? "/items"}`, {
        method: o.method ?? "POST",
        headers: {
          ...asks,
          Prefer: "respond-async",
          "X-Road-Id": o.id ?? `m-${++count}`,
          "Content-Type": "application/json",
          ...o.headers,
        },
        ...(o.method === "GET" ? {} : { body: o.body ?? "{}" }),
      }),
    look,
    status: async (address) => JSON.parse((await look(address)).text) as Status,
    outcomes: async (address) =>
      (
        await h.world.owner("select side, outcome, format, status from exchange.outcome where exchange = $1 order by side", [
          address.slice(7),
        ])
      ).rows,
  };
}

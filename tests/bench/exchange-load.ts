/** Calls to an exchange port or a bare proxy, as a process of its own. Takes a plan as JSON on its input, prints a line of JSON. */
import { Agent, request } from "node:http";

export interface ExchangePlan {
  port: number;
  path: string;
  headers: Record<string, string>;
  /** Closed loop of so many clients, or so many calls a second whatever becomes of those before (waits are not hidden). */
  load: { clients: number } | { perSecond: number };
  seconds: number;
  /** Bytes each way by share; `up: false` = only the answer is large. */
  sizes: { bytes: number; share: number }[];
  up?: boolean;
  /** Calls made before counting. */
  warm?: number;
}
export interface ExchangeLoad {
  perSecond: number;
  p50: number;
  p95: number;
  count: number;
  errors: number;
  mebibytesPerSecond: number;
  /** What the first error said. */
  first?: string;
}

const piece = Buffer.alloc(64 * 1024, "x");

export async function drive(plan: ExchangePlan): Promise<ExchangeLoad> {
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY, maxFreeSockets: 1000 });
  const times: number[] = [];
  let errors = 0;
  let first: string | undefined;
  let bytes = 0;
  let n = 0;
  const sizeOf = (): number => {
    // in turn, not by chance: every run asks the same
    let at = (n++ * 0.618_033_988_75) % 1;
    for (const one of plan.sizes) if ((at -= one.share) < 0) return one.bytes;
    return plan.sizes[0]!.bytes;
  };
  const once = async (count: boolean): Promise<void> => {
    const size = sizeOf();
    const began = performance.now();
    const r = await call(agent, plan, size);
    if (!count) return;
    times.push(performance.now() - began);
    bytes += r.received;
    if (r.status === 200 && r.received === size) return;
    errors++;
    first ??= `${r.status} ${r.said}`;
  };
  for (let i = 0; i < (plan.warm ?? 20); i += 20) await Promise.all(Array.from({ length: 20 }, () => once(false)));
  const start = performance.now();
  const until = start + plan.seconds * 1000;
  if ("clients" in plan.load)
    await Promise.all(
      Array.from({ length: plan.load.clients }, async () => {
        while (performance.now() < until) await once(true);
      }),
    );
  else {
    const all: Promise<void>[] = [];
    const every = 1000 / plan.load.perSecond;
    for (let i = 0; start + i * every < until; i++) {
      const wait = start + i * every - performance.now();
      if (wait > 0) await new Promise((r) => setTimeout(r, wait));
      all.push(once(true));
    }
    await Promise.all(all);
  }
  const seconds = (performance.now() - start) / 1000;
  agent.destroy();
  times.sort((a, b) => a - b);
  const at = (q: number) => times[Math.min(times.length - 1, Math.floor(times.length * q))] ?? 0;
  return {
    perSecond: (times.length - errors) / seconds,
    p50: at(0.5),
    p95: at(0.95),
    count: times.length,
    errors,
    mebibytesPerSecond: bytes / seconds / (1 << 20),
    ...(first === undefined ? {} : { first }),
  };
}

interface Reply {
  status: number;
  received: number;
  said: string;
}
const call = (agent: Agent, plan: ExchangePlan, size: number): Promise<Reply> =>
  new Promise((done) => {
    let said = "";
    const headers = {
      ...plan.headers,
      ...(plan.up === false ? {} : { "content-type": "application/octet-stream", "content-length": size }),
    };
    const req = request(
      { host: "127.0.0.1", port: plan.port, path: `${plan.path}/${size}`, method: plan.up === false ? "GET" : "POST", headers, agent },
      (res) => {
        let received = 0;
        res.on("data", (chunk: Buffer) => {
          received += chunk.length;
          if (res.statusCode !== 200) said = chunk.toString().slice(0, 200);
        });
        res.once("close", () => done({ status: res.complete ? (res.statusCode ?? 0) : 0, received, said }));
        res.on("error", () => undefined);
      },
    );
    req.once("error", (error) => done({ status: 0, received: 0, said: String(error) }));
    if (plan.up === false) return req.end();
    let left = size;
    const go = (): void => {
      while (left > piece.length) {
        left -= piece.length;
        if (!req.write(piece)) return void req.once("drain", go);
      }
      req.end(piece.subarray(0, left));
    };
    go();
  });

if (process.argv[2] === "run") {
  let text = "";
  for await (const chunk of process.stdin) text += String(chunk);
  console.log(JSON.stringify(await drive(JSON.parse(text) as ExchangePlan)));
  process.exit(0);
}

/** A closed-loop load generator, run as a process of its own so that its CPU is told apart. Prints one line of JSON. */
import { Agent, request } from "node:http";

export interface LoadPlan {
  url: string;
  method?: string;
  clients: number;
  /** Stop after this many seconds or requests, whichever comes first. */
  seconds: number;
  requests?: number;
  /** One a request, in turn; `{n}` in header values and bodies becomes the request's number. */
  steps: { path: string; headers?: Record<string, string>; body?: string }[];
}
export interface LoadResult {
  perSecond: number;
  p50: number;
  p95: number;
  count: number;
  errors: number;
  statuses: Record<string, number>;
}

if (process.argv[2] === "run") {
  let text = "";
  for await (const chunk of process.stdin) text += String(chunk);
  console.log(JSON.stringify(await drive(JSON.parse(text) as LoadPlan)));
  process.exit(0);
}

export async function drive(plan: LoadPlan): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: plan.clients });
  const times: number[] = [];
  const statuses: Record<string, number> = {};
  let next = 0;
  let errors = 0;
  const began = performance.now();
  const until = began + plan.seconds * 1000;
  const limit = plan.requests ?? Number.POSITIVE_INFINITY;
  await Promise.all(
    Array.from({ length: plan.clients }, async () => {
      while (performance.now() < until && next < limit) {
        const n = next++;
        const step = plan.steps[n % plan.steps.length] as LoadPlan["steps"][number];
        const at = performance.now();
        const status = await once(agent, plan, step, n);
        times.push(performance.now() - at);
        statuses[status] = (statuses[status] ?? 0) + 1;
        if (status < 200 || status >= 400) errors++;
      }
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  agent.destroy();
  times.sort((a, b) => a - b);
  const at = (q: number) => times[Math.min(times.length - 1, Math.floor(times.length * q))] ?? 0;
  return { perSecond: (times.length - errors) / seconds, p50: at(0.5), p95: at(0.95), count: times.length, errors, statuses };
}

function once(agent: Agent, plan: LoadPlan, step: LoadPlan["steps"][number], n: number): Promise<number> {
  return new Promise((done) => {
    const headers = Object.fromEntries(Object.entries(step.headers ?? {}).map(([k, v]) => [k, v.replaceAll("{n}", String(n))]));
    const body = step.body?.replaceAll("{n}", String(n));
    const req = request(
      new URL(step.path, plan.url),
      { agent, method: plan.method ?? "GET", headers: { ...headers, ...(body ? { "content-length": Buffer.byteLength(body) } : {}) } },
      (res) => {
        res.resume();
        res.on("end", () => done(res.statusCode ?? 0));
        res.on("error", () => done(0));
      },
    );
    req.on("error", () => done(0));
    req.end(body);
  });
}

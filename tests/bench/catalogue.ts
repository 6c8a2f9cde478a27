import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import Fastify from "fastify";
import type { LiveHouse } from "../live-house.ts";
import type { LoadPlan, LoadResult } from "./load.ts";

/** The loader in a process of its own. */
export function load(plan: LoadPlan): Promise<LoadResult> {
  return new Promise((done, fail) => {
    const child = spawn(
      process.execPath,
      ["--disable-warning=ExperimentalWarning", fileURLToPath(new URL("load.ts", import.meta.url)), "run"],
      {
        stdio: ["pipe", "pipe", "inherit"],
      },
    );
    let text = "";
    child.stdout.on("data", (chunk) => (text += String(chunk)));
    child.on("exit", () => {
      try {
        done(JSON.parse(text) as LoadResult);
      } catch (error) {
        fail(error as Error);
      }
    });
    child.stdin.end(JSON.stringify(plan));
  });
}

export interface Ratio {
  ours: number;
  bare: number;
  ratio: number;
  bytes: number;
}

/** Our answer beside a bare Fastify answer of the same bytes, in alternating rounds of one run; medians. */
export async function beside(house: LiveHouse, path: string, accept: string, rounds = 5): Promise<Ratio> {
  const sample = await fetch(house.origin + path, { headers: { accept } });
  if (!sample.ok) throw new Error(`${path} answered ${sample.status}`);
  const body = Buffer.from(await sample.arrayBuffer());
  const bare = Fastify();
  bare.get("/", (_request, reply) => reply.type(sample.headers.get("content-type") ?? "text/plain").send(body));
  const bareUrl = await bare.listen({ port: 0, host: "127.0.0.1" });
  const one = async (url: string, at: string) =>
    (await load({ url, clients: 16, seconds: 3, steps: [{ path: at, headers: { accept } }] })).perSecond;
  const ours: number[] = [];
  const theirs: number[] = [];
  await one(house.origin, path); // warm
  for (let i = 0; i < rounds; i++) {
    theirs.push(await one(bareUrl, "/"));
    ours.push(await one(house.origin, path));
  }
  await bare.close();
  const mid = (list: number[]) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0;
  return { ours: mid(ours), bare: mid(theirs), ratio: mid(ours) / mid(theirs), bytes: body.length };
}

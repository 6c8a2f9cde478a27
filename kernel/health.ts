import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyInstance } from "fastify";
import type { Kernel } from "./kernel.ts";
import { notFound } from "./problem.ts";

/** Figures of the inside: for this machine, or for whoever holds the token; a demonstration shows them to all. */
export function mayReadMetrics(
  policy: { production: boolean; token: string | undefined },
  asked: { authorization: string | undefined; ip: string },
): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  // compared by digest: neither the token's length nor its first wrong letter shows in the time it takes
  const told = policy.token && asked.authorization && timingSafeEqual(digest(`Bearer ${policy.token}`), digest(asked.authorization));
  return Boolean(told) || !policy.production || /^(::1|(::ffff:)?127\.)/.test(asked.ip);
}

export function mountHealth(server: FastifyInstance, kernel: Kernel, documents: { openapi: () => object }): void {
  const open = { config: { kind: "health" } };
  server.get("/healthz", open, async () => ({ status: "ok" }));
  server.get("/readyz", open, async (_request, reply) => {
    try {
      await kernel.database.pool.query("select 1");
      return { status: "ready" };
    } catch {
      return reply.status(503).send({ status: "database unreachable" });
    }
  });
  const token = kernel.config.setting("metrics_token");
  server.get("/metrics", open, async (request, reply) => {
    const { authorization } = request.headers;
    if (!mayReadMetrics({ production: kernel.config.production, token }, { authorization, ip: request.ip })) throw notFound();
    for (const q of await kernel.queue.depth().catch(() => [])) kernel.metrics.gauge("jobs_waiting", q.waiting, { queue: q.name });
    return reply.type(kernel.metrics.registry.contentType).send(await kernel.metrics.registry.metrics());
  });
  let openapi: object | undefined;
  server.get("/api/openapi.json", open, async () => (openapi ??= documents.openapi()));
}

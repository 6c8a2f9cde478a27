import { createServer } from "node:http";
import { gatewayHealth } from "#exchange";
import type { Kernel } from "#kernel/kernel";

export interface AdminPort {
  url: string;
  stop(): Promise<void>;
}

/** Health in JSON and figures for Prometheus, for this machine only: no page, no session, nothing of any message. */
export async function openAdmin(kernel: Kernel, port: number): Promise<AdminPort> {
  const server = createServer((req, res) => {
    const send = (status: number, type: string, body: string): void =>
      void res.writeHead(status, { "content-type": type, "cache-control": "no-store" }).end(body);
    const path = (req.url ?? "").split("?", 1)[0];
    const answer = async (): Promise<void> => {
      if (req.method !== "GET") return send(405, "text/plain", "GET only\n");
      if (path === "/metrics") return send(200, kernel.metrics.registry.contentType, await kernel.metrics.registry.metrics());
      if (path !== "/healthz") return send(404, "text/plain", "/healthz and /metrics\n");
      const health = await gatewayHealth(kernel.jobContext("exchange.health"));
      return send(health.state === "well" ? 200 : 503, "application/json", `${JSON.stringify(health, null, 1)}\n`);
    };
    answer().catch((error: unknown) =>
      send(503, "application/json", `${JSON.stringify({ state: "unwell", why: String(error).slice(0, 200) })}\n`),
    );
  });
  await new Promise<void>((done, fail) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      // beside another gateway of a demonstration any port will do: it is printed
      if (error.code === "EADDRINUSE" && kernel.config.demo) server.listen(0, "127.0.0.1", () => done());
      else fail(error);
    });
    server.listen(port, "127.0.0.1", () => done());
  });
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

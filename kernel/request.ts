import type { FastifyRequest } from "fastify";
import type { Kernel } from "./kernel.ts";
import { forbidden } from "./problem.ts";

/** `{name}` of contracts and pages becomes `:name` of the router. */
export function fastifyPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ":$1");
}

/** A cookie alone never carries a command from elsewhere: the browser must say it comes from our own pages. */
export function sameOrigin(request: FastifyRequest, kernel: Kernel): void {
  const site = header(request, "sec-fetch-site");
  const origin = header(request, "origin");
  if (site === "same-origin" || origin === kernel.config.origin) return;
  throw forbidden({ detail: { fr: "Demande venue d’un autre site.", en: "Request from another site." } });
}

export function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

import { readFileSync } from "node:fs";
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import multipart from "@fastify/multipart";
import { cookieNames, readCookies } from "./cookies.ts";
import { isContract, pathNames, type Contract } from "./contract.ts";
import type { Gate } from "./define.ts";
import { fromText } from "./dispatch.ts";
import { refuseNul } from "./forms.ts";
import type { Kernel } from "./kernel.ts";
import type { App } from "./page.ts";
import { Problem, internalError, malformed, methodNotAllowed, notFound, problemBody, tooLarge, unsupportedMedia } from "./problem.ts";
import { refusal, type Caller } from "./who.ts";
import { preferredLang, type Lang } from "./words.ts";
import { fastifyPath, header, sameOrigin } from "./request.ts";
import { mountPages } from "./web.ts";
import { mountHealth } from "./health.ts";

declare module "fastify" {
  interface FastifyRequest {
    caller: Caller;
    lang: Lang;
    session: string | undefined;
    cookies: Record<string, string>;
  }
}

const languages = ["fr", "en"];
/** Clients that dribble their headers lose the connection after 15 to 20 s. */
const patience = { headersTimeout: 15_000, connectionsCheckingInterval: 5_000 };

/** The only file that builds the HTTP server. Contracts under /api answer JSON, pages answer HTML, gates speak their own. */
export async function createHttp(kernel: Kernel, apps: readonly App[], documents: { openapi: () => object }): Promise<FastifyInstance> {
  const { config } = kernel;
  const https = config.origin.startsWith("https://");
  const names = cookieNames(https);
  const server = Fastify({
    logger: false,
    trustProxy: config.trustedProxy ?? false,
    bodyLimit: 64 * 1024,
    requestTimeout: 120_000, // 500 KB at 50 kbit/s take 80 s; headers have 15
    connectionTimeout: 120_000,
    keepAliveTimeout: 10_000,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 16_384 }, // lengths are the contracts' business
    // what the router itself cannot read, before any hook has run
    frameworkErrors: (_error: unknown, request: FastifyRequest, reply: FastifyReply) => {
      const lang = preferredLang(request.headers["accept-language"], languages);
      return reply
        .status(400)
        .type("application/problem+json")
        .send(problemBody(malformed(), lang, request.id));
    },
    genReqId: () => kernel.host.ids.uuid(),
    ...(config.tls
      ? { https: { ...patience, cert: readFileSync(config.tls.cert), key: readFileSync(config.tls.key) } }
      : { http: patience }),
  } as object) as unknown as FastifyInstance;
  await server.register(multipart, { limits: { files: 5, fields: 200, parts: 205, headerPairs: 50, fileSize: 10 * 1024 * 1024 } });
  server.decorateRequest("caller", undefined as never);
  server.decorateRequest("lang", "fr");
  server.decorateRequest("session", undefined);
  server.decorateRequest("cookies", undefined as never);
  server.setValidatorCompiler(() => () => true);

  server.addHook("onRequest", async (request, reply) => {
    request.cookies = readCookies(request.headers.cookie);
    const asked = (request.query as Record<string, unknown>).lang;
    const chosen = typeof asked === "string" ? asked : request.cookies[names.lang];
    request.lang = chosen && languages.includes(chosen) ? chosen : preferredLang(request.headers["accept-language"], languages);
    const bearer = /^Bearer ([\w-]{20,200})$/.exec(request.headers.authorization ?? "")?.[1];
    request.session = bearer ?? request.cookies[names.session];
    reply.headers(securityHeaders(https));
    if (request.url.includes("%00")) {
      request.caller = { kind: "stranger" };
      throw malformed(); // no text of ours holds NUL, and PostgreSQL takes none
    }
    const needs = (request.routeOptions.config as { who?: import("./who.ts").Who }).who;
    if (!needs) return;
    request.caller = request.session ? await kernel.identify(request.session, request.ip) : { kind: "stranger" };
    const refused = refusal(needs, request.caller);
    if (refused) throw refused;
  });
  server.addHook("onResponse", async (request, reply) => {
    kernel.metrics.observe("http_seconds", reply.elapsedTime / 1000, {
      route: request.routeOptions.url ?? "none",
      status: String(reply.statusCode),
    });
  });

  for (const m of kernel.modules) {
    for (const { contract } of m.handlers) mountContract(server, kernel, contract);
    for (const g of m.gates) mountGate(server, kernel, g);
  }
  const renderFailure = await mountPages(server, kernel, apps, names);
  mountHealth(server, kernel, documents);

  server.setNotFoundHandler(async (request, reply) => {
    request.caller ??= { kind: "stranger" };
    const p = allowedElsewhere(server, request) ? methodNotAllowed() : notFound();
    return send(request, reply, p);
  });
  server.setErrorHandler(async (error, request, reply) => {
    const p = asProblem(error);
    if (p.status >= 500) kernel.log.error({ request: request.id, route: request.routeOptions.url, error: describe(error) }, p.code);
    return send(request, reply, p);
  });

  async function send(request: FastifyRequest, reply: FastifyReply, p: Problem): Promise<unknown> {
    if (p.more.retryAfter !== undefined) reply.header("retry-after", String(p.more.retryAfter));
    if (!isApi(request)) {
      const page = await renderFailure(request, reply, p);
      if (page !== undefined) return page;
    }
    return reply
      .status(p.status)
      .type("application/problem+json")
      .send(problemBody(p, request.lang ?? "fr", request.id));
  }
  return server;
}

function isApi(request: FastifyRequest): boolean {
  if (request.url.startsWith("/api/")) return true;
  const kind = (request.routeOptions.config as { kind?: string } | undefined)?.kind;
  if (kind === "gate") return true;
  return kind === undefined && !(request.headers.accept ?? "").includes("text/html");
}

/** Library errors become ours; what nobody foresaw is `kernel.internal` and keeps its cause for the log. */
function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const e = error as { code?: string; statusCode?: number };
  if (e.code === "FST_ERR_CTP_BODY_TOO_LARGE" || e.code === "FST_REQ_FILE_TOO_LARGE" || e.statusCode === 413)
    return tooLarge({ cause: error });
  if (e.code === "FST_ERR_CTP_INVALID_MEDIA_TYPE") return unsupportedMedia({ cause: error });
  if (e.statusCode === 400 || e.code?.startsWith("FST_ERR_CTP") || e.code === "FST_ERR_BAD_URL") return malformed({ cause: error });
  return internalError({ cause: error });
}

function describe(error: unknown): string {
  const e = error as Error & { cause?: unknown };
  const cause = e?.cause instanceof Error ? `\n  cause: ${e.cause.stack ?? e.cause.message}` : "";
  return `${e?.stack ?? String(error)}${cause}`;
}

function securityHeaders(https: boolean): Record<string, string> {
  return {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(self), geolocation=(), microphone=()",
    "x-frame-options": "DENY",
    ...(https ? { "strict-transport-security": "max-age=31536000; includeSubDomains" } : {}),
  };
}

function allowedElsewhere(server: FastifyInstance, request: FastifyRequest): boolean {
  const url = request.url.split("?")[0] as string;
  return (["GET", "POST", "PUT", "PATCH", "DELETE"] as const).some((method) => {
    if (method === request.method) return false;
    const found = server.findRoute({ method, url } as never) as { params?: unknown } | null;
    return Boolean(found);
  });
}

function mountContract(server: FastifyInstance, kernel: Kernel, contract: Contract): void {
  if (!isContract(contract) || contract.who.kind === "internal") return;
  const inPath = new Set(pathNames(contract.path));
  server.route({
    method: contract.method,
    url: fastifyPath(contract.path),
    bodyLimit: contract.limit,
    config: { kind: "contract", who: contract.who },
    schema: { response: { 200: contract.output } },
    async handler(request, reply) {
      const params = request.params as Record<string, string>;
      let input: unknown;
      if (contract.method === "GET" || contract.method === "DELETE") {
        const { lang: _lang, ...query } = request.query as Record<string, unknown>;
        input = fromText(contract.input, { ...(contract.input.properties.lang ? (request.query as object) : query), ...params });
      } else {
        const body = request.body ?? {};
        if (typeof body !== "object" || Array.isArray(body)) throw malformed();
        refuseNul(body);
        for (const name of Object.keys(body)) if (inPath.has(name)) throw malformed();
        const fromPath = fromText(contract.input, params) as object;
        input = { ...body, ...fromPath };
      }
      const key = header(request, "idempotency-key");
      if (request.session && contract.method !== "GET" && !request.headers.authorization) sameOrigin(request, kernel);
      const output = await kernel.call(contract, input as never, {
        caller: request.caller,
        lang: request.lang,
        ip: request.ip,
        requestId: request.id,
        ...(key ? { key } : {}),
      });
      if (contract.personal || request.session) reply.header("cache-control", "private, no-store");
      if (contract.deprecated) reply.header("deprecation", "true");
      return reply.status(contract.status as 200).send(output);
    },
  });
}

function mountGate(server: FastifyInstance, kernel: Kernel, gate: Gate): void {
  // bodies reach gates as bytes: a plugin scope of its own, without the JSON parser
  void server.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    if (gate.node) scope.addContentTypeParser("*", (_request, _payload, done) => done(null));
    else scope.addContentTypeParser("*", { parseAs: "buffer", bodyLimit: gate.limit }, (_request, body, done) => done(null, body));
    scope.route({
      method: gate.method === "ALL" ? ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] : gate.method,
      url: fastifyPath(gate.path),
      bodyLimit: gate.limit,
      config: { kind: "gate", who: gate.who },
      async handler(request, reply) {
        const g = {
          ...kernel.jobContext(`${gate.id.split(".")[0]}.gate`),
          caller: request.caller,
          lang: request.lang,
          transaction: (fn: never, t = {}) =>
            kernel.transaction(fn, { caller: request.caller, ip: request.ip, requestId: request.id, lang: request.lang, ...t }),
        } as unknown as import("./context.ts").GateContext;
        if (gate.node) {
          reply.hijack();
          for (const [name, value] of Object.entries(reply.getHeaders()))
            if (value !== undefined) reply.raw.setHeader(name, value as string);
          return gate.node(g, request.raw, reply.raw);
        }
        const answer = await gate.handle?.(g, {
          method: request.method,
          path: request.url.split("?")[0] as string,
          params: request.params as Record<string, string>,
          query: request.query as Record<string, string | string[]>,
          headers: request.headers as Record<string, string | string[] | undefined>,
          body: (request.body as Buffer | undefined) ?? new Uint8Array(),
          ip: request.ip,
        });
        if (!answer) throw notFound();
        return reply
          .status(answer.status)
          .headers(answer.headers ?? {})
          .send(typeof answer.body === "string" ? answer.body : Buffer.from(answer.body ?? new Uint8Array()));
      },
    });
  });
}

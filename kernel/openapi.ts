import { pathNames, type Contract } from "./contract.ts";
import type { Module } from "./define.ts";
import { describeWho } from "./who.ts";

/** OpenAPI 3.1 from the contracts themselves: their schemas are JSON Schema already. */
export function openapi(modules: readonly Module[], origin: string): object {
  const paths: Record<string, Record<string, object>> = {};
  const contracts = modules.flatMap((m) => m.handlers.map((h) => ({ module: m.name, contract: h.contract })));
  contracts.sort((a, b) => a.contract.path.localeCompare(b.contract.path) || a.contract.method.localeCompare(b.contract.method));
  for (const { module, contract } of contracts) {
    if (contract.who.kind === "internal") continue;
    (paths[contract.path] ??= {})[contract.method.toLowerCase()] = operation(module, contract);
  }
  return {
    openapi: "3.1.0",
    info: { title: "Toguna", version: "0.1.0", license: { name: "Apache-2.0", identifier: "Apache-2.0" } },
    servers: [{ url: origin }],
    paths,
    components: {
      securitySchemes: { session: { type: "http", scheme: "bearer" } },
      schemas: {
        Problem: {
          type: "object",
          required: ["type", "title", "status", "code"],
          properties: {
            type: { type: "string" },
            title: { type: "string" },
            status: { type: "integer" },
            code: { type: "string" },
            actor: { enum: ["caller", "official", "operator", "time"] },
            detail: { type: "string" },
            instance: { type: "string" },
            fields: { type: "array", items: { type: "object", properties: { path: { type: "string" }, message: { type: "string" } } } },
          },
        },
      },
    },
  };
}

function operation(module: string, c: Contract): object {
  const inPath = new Set(pathNames(c.path));
  const properties = Object.entries(c.input.properties);
  const required = new Set(c.input.required ?? []);
  const query = c.method === "GET" || c.method === "DELETE";
  const parameters = [
    ...properties.filter(([name]) => inPath.has(name)).map(([name, schema]) => ({ name, in: "path", required: true, schema })),
    ...(query
      ? properties
          .filter(([name]) => !inPath.has(name))
          .map(([name, schema]) => ({ name, in: "query", required: required.has(name), schema }))
      : []),
    ...(c.once ? [{ name: "Idempotency-Key", in: "header", required: true, schema: { type: "string" } }] : []),
  ];
  const body = properties.filter(([name]) => !inPath.has(name));
  return {
    operationId: c.id,
    tags: [module],
    summary: c.summary,
    description: `Who may: ${describeWho(c.who)}.${c.personal ? ` Each read is recorded and shown to the person (purpose ${c.personal.purpose}).` : ""}`,
    ...(c.deprecated ? { deprecated: true } : {}),
    security: c.who.kind === "anyone" ? [] : [{ session: [] }],
    parameters,
    ...(query || !body.length
      ? {}
      : {
          requestBody: {
            required: true,
            content: {
              "application/json": {
                schema: {
                  type: "object",
                  additionalProperties: false,
                  required: body.map(([name]) => name).filter((name) => required.has(name)),
                  properties: Object.fromEntries(body),
                },
              },
            },
          },
        }),
    responses: {
      [String(c.status)]: { description: "Done", content: { "application/json": { schema: c.output } } },
      default: {
        description: "A problem (RFC 9457)",
        content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
      },
    },
  };
}

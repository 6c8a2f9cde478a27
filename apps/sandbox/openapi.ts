/** What the registers offer, as OpenAPI 3.1: one path a register, its keys as parameters. */
import type { Register } from "./registers/search.ts";

export function openapi(registers: Iterable<Register>, url: string): object {
  const paths: Record<string, unknown> = {};
  for (const r of registers)
    paths[`/registers/${r.owner}/${r.register}`] = {
      get: {
        operationId: `${r.owner}.${r.register}.search`,
        summary: `Rows of ${r.register} kept by ${r.owner}; every condition must hold, at least one is needed`,
        parameters: r.keys.map((name) => ({
          name,
          in: "query",
          required: false,
          schema: { type: "string" },
        })),
        responses: {
          200: {
            description: "None, one, or namesakes",
            content: {
              "application/json": {
                schema: {
                  type: "object",
                  required: ["rows"],
                  properties: { rows: { type: "array", items: { type: "object" } } },
                },
              },
            },
          },
          400: { description: "No condition, or one this register does not know" },
        },
      },
    };
  return {
    openapi: "3.1.0",
    info: {
      title: "Registers of the demonstration",
      version: "1",
      description: "Simulated: invented persons, served from the country pack.",
    },
    servers: [{ url }],
    paths,
  };
}

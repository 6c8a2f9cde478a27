/** A service as the directory describes it, in OpenAPI's words: its endpoints, the parameters it understands, the fields it may answer. */
import type { Service } from "../../directory/store.ts";

interface Shape {
  type: string;
  title?: string;
  format?: string;
  enum?: string[];
  properties?: Record<string, Shape>;
  items?: Shape;
}

export function describe(s: Pick<Service, "id" | "title" | "endpoints" | "query" | "fields">): object {
  const parameters = s.query.map((q) => ({ name: q.name, in: "query", description: q.label.en, schema: { type: "string" } }));
  const answer = { type: "object", properties: { rows: { type: "array", items: row(s.fields) } } };
  const responses = { 200: { description: s.title.en, content: { "application/json": { schema: answer } } } };
  const paths: Record<string, Record<string, object>> = {};
  for (const { method, path } of s.endpoints) {
    // `*` of our globs is one segment that the caller chooses
    let n = 0;
    const named: object[] = [];
    const template = path.replace(/\*+/g, () => {
      named.push({ name: `part${++n}`, in: "path", required: true, schema: { type: "string" } });
      return `{part${n}}`;
    });
    (paths[template] ??= {})[method.toLowerCase()] = { summary: s.title.en, parameters: [...named, ...parameters], responses };
  }
  return {
    openapi: "3.0.3",
    info: { title: s.title.en, version: "1", description: s.title.fr },
    // where the system really listens is nobody's business
    servers: [{ url: `/r1/${s.id}` }],
    paths,
  };
}

function row(fields: Service["fields"]): Shape {
  const root: Shape = { type: "object", properties: {} };
  for (const f of fields) {
    const steps = f.name.split(".");
    let at = root;
    for (const step of steps.slice(0, -1)) at = (at.properties ??= {})[step] ??= { type: "object", properties: {} };
    (at.properties ??= {})[steps.at(-1)!] = {
      ...(f.type === "date"
        ? { type: "string", format: "date" }
        : { type: f.type === "number" || f.type === "boolean" ? f.type : "string" }),
      ...(f.options ? { enum: f.options.map((o) => o.value) } : {}),
      title: f.label.en,
    };
  }
  return root;
}

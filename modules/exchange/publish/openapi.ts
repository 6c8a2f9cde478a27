/**
 * What an OpenAPI document (3.0.x, 3.1.x) says of a service: endpoints, query parameters, fields of its JSON answers. Only
 * what the exchange needs is read; a reference that leads out of the document is never followed. Pure.
 */
import { own, isFields, type Node, readDocument, text, type DocumentFault } from "./document.ts";
import { fieldsOf } from "./schema.ts";
import type { FieldSpec } from "../pack.ts";

export interface Endpoint {
  method: string;
  /** Glob below the service: a template's variable becomes `*`, one segment. */
  path: string;
}
export interface Described {
  title: string;
  version: string;
  endpoints: Endpoint[];
  query: { name: string; label: { fr: string; en: string } }[];
  fields: FieldSpec[];
  /** The first address named by the document; relative ones start with a slash. */
  server: string | undefined;
  /** What was there and could not be taken over. */
  left: { what: "external-reference" | "path" | "too-many-fields"; where: string }[];
}
export type OpenApiFault = DocumentFault | "not-openapi" | "version" | "no-path" | "too-many-paths";

const methods = ["get", "head", "post", "put", "patch", "delete", "options", "trace"] as const;
const mostEndpoints = 300;
const mostQuery = 100;
const mostFields = 300;

export function describeOpenApi(source: string): { ok: true; described: Described } | { ok: false; fault: OpenApiFault } {
  const read = readDocument(source);
  if (!read.ok) return read;
  const root = read.value;
  const version = text(own(root, "openapi"));
  const paths = own(root, "paths");
  if (version === undefined || !isFields(paths)) return { ok: false, fault: "not-openapi" };
  if (!/^3\.[01]\.\d+$/.test(version)) return { ok: false, fault: "version" };

  const left: Described["left"] = [];
  const outside = (where: string) => left.push({ what: "external-reference", where: where.slice(0, 200) });
  const resolve = resolver(root, outside);
  const endpoints = new Map<string, Endpoint>();
  const query = new Map<string, Described["query"][number]>();
  const fields = new Map<string, FieldSpec>();
  for (const [template, item] of Object.entries(paths)) {
    const path = globOf(template);
    if (path === undefined) {
      left.push({ what: "path", where: template.slice(0, 200) });
      continue;
    }
    const shared = resolve(item);
    for (const method of methods) {
      const operation = own(shared, method);
      if (!isFields(operation)) continue;
      endpoints.set(`${method} ${path}`, { method: method.toUpperCase(), path });
      if (endpoints.size > mostEndpoints) return { ok: false, fault: "too-many-paths" };
      for (const parameter of [...list(own(shared, "parameters")), ...list(own(operation, "parameters"))].map(resolve)) {
        const name = text(own(parameter, "name"));
        if (own(parameter, "in") !== "query" || !name || !/^[A-Za-z0-9._~$[\]-]{1,80}$/.test(name) || query.size >= mostQuery) continue;
        query.set(name, { name, label: label(text(own(parameter, "description")) ?? name) });
      }
      for (const schema of answersOf(operation, resolve))
        for (const field of fieldsOf(schema, resolve)) {
          const pointer = field.pointer!;
          if (fields.size < mostFields || fields.has(pointer)) fields.set(pointer, fields.get(pointer) ?? field);
          else if (left.at(-1)?.what !== "too-many-fields") left.push({ what: "too-many-fields", where: template.slice(0, 200) });
        }
    }
  }
  if (endpoints.size === 0) return { ok: false, fault: "no-path" };
  const info = own(root, "info");
  const server = text(own(resolve(list(own(root, "servers"))[0]), "url"));
  return {
    ok: true,
    described: {
      title: (text(own(info, "title")) ?? "").slice(0, 120),
      version: (text(own(info, "version")) ?? "").slice(0, 40),
      endpoints: [...endpoints.values()],
      query: [...query.values()],
      fields: [...fields.values()],
      server,
      left: left.slice(0, 50),
    },
  };
}

const list = (node: Node | undefined): Node[] => (Array.isArray(node) ? node : []);
const label = (words: string) => {
  const short = words.trim().split(/\r?\n/, 1)[0]!.slice(0, 120);
  return { fr: short, en: short };
};

/** A template's `{variable}` is one segment, `*`; what could be read in two ways is no path. */
function globOf(template: string): string | undefined {
  const path = template.replace(/\{[^{}/]+\}/g, "*");
  if (!/^\/[A-Za-z0-9\-._~!$&'()+,;=:@/*]*$/.test(path) || /\/\/|(^|\/)\.\.?(\/|$)|\*\*/.test(path)) return undefined;
  return path.length > 1 ? path.replace(/\/$/, "") : path;
}

/** Schemas of JSON answers of success. */
function answersOf(operation: Node, resolve: Resolve): Node[] {
  const responses = own(operation, "responses");
  if (!isFields(responses)) return [];
  return Object.entries(responses)
    .filter(([status]) => /^2(\d\d|XX)$/i.test(status))
    .flatMap(([, response]) => {
      const content = own(resolve(response), "content");
      return isFields(content) ? Object.entries(content).filter(([type]) => /^application\/([a-z.+-]+\+)?json\b/i.test(type)) : [];
    })
    .map(([, media]) => own(resolve(media), "schema"))
    .filter((schema): schema is Node => schema !== undefined);
}

export type Resolve = (node: Node | undefined) => Node | undefined;

/** Follows `#/…` references within the document, a few steps; anything else is left where it is. */
function resolver(root: Node, outside: (where: string) => void): Resolve {
  return (node) => {
    let at = node;
    for (let steps = 0; steps < 20; steps++) {
      const ref = text(own(at, "$ref"));
      if (ref === undefined) return at;
      if (!ref.startsWith("#/")) {
        outside(ref);
        return undefined;
      }
      at = ref
        .slice(2)
        .split("/")
        .map((token) => decoded(token).replaceAll("~1", "/").replaceAll("~0", "~"))
        .reduce<Node | undefined>((here, token) => (Array.isArray(here) ? here[Number(token)] : own(here, token)), root);
    }
    return undefined;
  };
}

function decoded(token: string): string {
  try {
    return decodeURIComponent(token);
  } catch {
    return token;
  }
}

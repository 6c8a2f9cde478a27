import { elementSchemas } from "#network/api";
import type { Form } from "#kernel";

/** What a form may hold of an element: worked out from the element's own schema, so that no field is forgotten. */
export type Kind = keyof typeof elementSchemas;
export interface FieldOf {
  name: string;
  required: boolean;
  type: "text" | "number" | "choice" | "yes" | "list";
  choices?: readonly string[];
  most?: number;
  /** The kind its value names, or kinds. */
  refers?: readonly Kind[];
}
interface Property {
  type?: string;
  enum?: string[];
  maxLength?: number;
  items?: { type?: string };
}
const refers: Record<string, readonly Kind[]> = {
  a: ["node"],
  b: ["node"],
  node: ["node"],
  room: ["room"],
  rack: ["rack"],
  device: ["device"],
  cable: ["cable"],
  into_cable: ["cable"],
  span: ["cable", "circuit"],
  vlan: ["vlan"],
  ducts: ["duct"],
};

/** A line of points is nothing to type: it comes by file. */
export function fieldsOf(kind: Kind): FieldOf[] {
  const schema = elementSchemas[kind] as unknown as { properties: Record<string, Property>; required?: string[] };
  const { illustrative, ...rest } = schema.properties;
  return Object.entries({ ...rest, ...(illustrative ? { illustrative } : {}) }).flatMap(([name, p]): FieldOf[] => {
    if (name === "id" || name === "path") return [];
    const required = (schema.required ?? []).includes(name) && name !== "illustrative" && name !== "ducts";
    const base = { name, required, ...(refers[name] ? { refers: refers[name] } : {}) };
    if (p.enum) return [{ ...base, type: "choice", choices: p.enum }];
    if (p.type === "boolean") return [{ ...base, type: "yes" }];
    if (p.type === "number" || p.type === "integer") return [{ ...base, type: "number" }];
    if (p.type === "array") return [{ ...base, type: "list" }];
    return [{ ...base, type: "text", most: p.maxLength ?? 120 }];
  });
}

/** Every name any element's form may send. */
export const formNames = [...new Set((Object.keys(elementSchemas) as Kind[]).flatMap((k) => fieldsOf(k).map((f) => `f-${f.name}`)))];

/** As typed. What is no number stays as it is, and is refused where numbers are judged. */
export function typed(kind: Kind, form: Form): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const f of fieldsOf(kind)) {
    const raw = form[`f-${f.name}`];
    const text = typeof raw === "string" ? raw.trim() : "";
    if (f.type === "yes") out[f.name] = text === "yes";
    else if (f.type === "list") out[f.name] = text.split(/[\s,;]+/u).filter(Boolean);
    else if (text === "") continue;
    else if (f.type === "number")
      out[f.name] = /^-?\d+(?:[.,]\d+)?$/u.test(text.replaceAll(/[\s\u00a0\u202f]/gu, "")) ? Number(text.replaceAll(/[\s\u00a0\u202f]/gu, "").replace(",", ".")) : text; // prettier-ignore
    else out[f.name] = text;
  }
  return out;
}

/** Only what is other than before; `null` takes a field away. What the form cannot show is left alone. */
export function changed(kind: Kind, before: Record<string, unknown>, now: Record<string, unknown>): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const { name } of fieldsOf(kind)) {
    if (name in now) {
      if (JSON.stringify(before[name]) !== JSON.stringify(now[name])) out[name] = now[name];
    } else if (name in before) out[name] = null;
  }
  return out;
}

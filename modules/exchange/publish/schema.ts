/** From a JSON schema to the fields an answer may hold, each by its JSON pointer (`*` for every element of a list). Pure. */
import { own, isFields, type Node, text } from "./document.ts";
import type { Resolve } from "./openapi.ts";
import type { FieldSpec } from "../pack.ts";

const deepest = 8;
const most = 300;
const joined = ["allOf", "oneOf", "anyOf"] as const;

export function fieldsOf(schema: Node, resolve: Resolve): FieldSpec[] {
  const found = new Map<string, FieldSpec>();
  let visits = 0;
  const walk = (node: Node | undefined, tokens: readonly string[], above: readonly Node[]): void => {
    const at = resolve(node);
    // A schema inside itself is known already: its fields stand higher up.
    if (!isFields(at) || tokens.length > deepest * 2 || above.includes(at) || found.size >= most || ++visits > 5000) return;
    const inside = [...above, at];
    let parts = 0;
    for (const word of joined) {
      const alternatives = own(at, word);
      if (Array.isArray(alternatives)) {
        parts++;
        for (const one of alternatives.slice(0, 30)) walk(one, tokens, inside);
      }
    }
    const properties = own(at, "properties");
    if (isFields(properties)) {
      for (const [name, one] of Object.entries(properties)) {
        if (name.length > 80 || /\p{Cc}/u.test(name)) continue;
        walk(one, [...tokens, name], inside);
      }
      parts++;
    }
    const items = own(at, "items");
    if (isFields(items)) {
      parts++;
      walk(items, [...tokens, "*"], inside);
    }
    if (parts === 0) add(at, tokens);
  };
  const add = (at: Node, tokens: readonly string[]): void => {
    // a list of plain values is one field
    const named = tokens.at(-1) === "*" ? tokens.slice(0, -1) : tokens;
    const names = named.filter((token) => token !== "*");
    if (names.length === 0) return;
    const pointer = named.map((token) => `/${token.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
    // below a list, what an element is called says enough
    const spoken = named.slice(named.lastIndexOf("*") + 1);
    const words = (text(own(at, "title")) ?? text(own(at, "description")) ?? spoken.join(".")).trim().split(/\r?\n/, 1)[0]!.slice(0, 120);
    found.set(pointer, { name: names.join("."), pointer, label: { fr: words, en: words }, ...typeOf(at) });
  };
  walk(schema, [], []);
  return [...found.values()];
}

function typeOf(at: Node): Pick<FieldSpec, "type"> {
  const said = own(at, "type");
  // 3.1 writes what may be null as a list of types
  const type = Array.isArray(said) ? said.find((one) => one !== "null") : said;
  if (type === "integer" || type === "number") return { type: "number" };
  if (type === "boolean") return { type: "boolean" };
  return own(at, "format") === "date" ? { type: "date" } : {};
}

/** Field rules: of a JSON answer only the pointers a right names are kept. Applied by the provider's side before it signs. */

/** RFC 6901, with `*` for every element of a list. Undefined when it is not a pointer. */
export function parsePointer(pointer: string): string[] | undefined {
  if (pointer === "") return [];
  if (!pointer.startsWith("/") || /~(?![01])/.test(pointer)) return undefined;
  return pointer
    .slice(1)
    .split("/")
    .map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
}

interface Tree {
  whole: boolean;
  children: Map<string, Tree>;
}
const leaf = (): Tree => ({ whole: false, children: new Map() });

function grow(pointers: readonly string[]): Tree {
  const root = leaf();
  for (const pointer of pointers) {
    const tokens = parsePointer(pointer);
    if (!tokens) throw new RangeError(`not a JSON pointer: ${pointer}`);
    let at = root;
    for (const token of tokens) {
      let next = at.children.get(token);
      if (!next) at.children.set(token, (next = leaf()));
      at = next;
    }
    at.whole = true;
  }
  return root;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

function prune(value: unknown, tree: Tree): unknown {
  if (tree.whole) return value;
  if (Array.isArray(value)) {
    const every = tree.children.get("*");
    // An element stays in its place even when emptied: how many there are is part of the answer.
    return every ? value.map((one) => prune(one, every) ?? emptied(one)) : undefined;
  }
  if (!isObject(value)) return undefined;
  const kept: Record<string, unknown> = {};
  for (const [name, child] of tree.children) {
    if (!Object.hasOwn(value, name)) continue;
    const pruned = prune(value[name], child);
    if (pruned !== undefined)
      Object.defineProperty(kept, name, {
        value: pruned,
        enumerable: true,
        writable: true,
        configurable: true,
      });
  }
  return kept;
}

const emptied = (value: unknown): unknown => (isObject(value) ? {} : null);

/** What may leave: nothing but the named fields, in the shape of the original. */
export function keepFields(value: unknown, pointers: readonly string[]): unknown {
  return prune(value, grow(pointers)) ?? (Array.isArray(value) ? [] : {});
}

/** Pointers of the values an answer really holds, lists as `*`: what the citizen's page names. */
export function released(value: unknown, most = 200): string[] {
  const found = new Set<string>();
  const walk = (at: unknown, pointer: string): void => {
    if (at === undefined || at === null || found.size >= most) return;
    if (Array.isArray(at)) for (const one of at) walk(one, `${pointer}/*`);
    else if (isObject(at))
      for (const [name, one] of Object.entries(at)) walk(one, `${pointer}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`);
    else found.add(pointer);
  };
  walk(value, "");
  return [...found];
}

/**
 * The path asked below a service. The path matched against the rights is the path signed and forwarded, character by character:
 * what could mean two things to two programs is refused, never rewritten.
 */

/** Characters a path may hold unescaped (RFC 3986 pchar and the slash), without `;` whose parameters servers strip differently. */
const plain = /^[A-Za-z0-9\-._~!$&'()*+,=:@/]$/;

export type PathCheck = { ok: true; segments: string[] } | { ok: false; why: string };

const no = (why: string): PathCheck => ({ ok: false, why });

function badSegment(raw: string): string | undefined {
  let text: string;
  try {
    text = decodeURIComponent(raw);
  } catch {
    return "malformed percent-encoding";
  }
  if (/\p{Cc}/u.test(text)) return "control character";
  if (/[/\\]/.test(text)) return "encoded slash";
  if (/%/.test(text)) return "double encoding";
  if (text.includes(";")) return "path parameter";
  // X-Road refuses every `..`, even inside a name; so do we.
  if (text.includes("..") || text === ".") return "dot segment";
  if (text !== text.normalize("NFC")) return "text not in normal form";
  return undefined;
}

/** '' (the service itself) or '/a/b'. Segments come back decoded, for matching only. */
export function checkPath(path: string): PathCheck {
  if (path === "") return { ok: true, segments: [] };
  if (path.length > 2048) return no("too long");
  if (!path.startsWith("/")) return no("does not start with a slash");
  for (let i = 0; i < path.length; i++) {
    const c = path[i]!;
    if (c === "%") {
      if (!/^[0-9A-Fa-f]{2}$/.test(path.slice(i + 1, i + 3))) return no("malformed percent-encoding");
      i += 2;
    } else if (!plain.test(c)) return no("character that must be percent-encoded");
  }
  const raw = path.slice(1).split("/");
  if (raw.length > 1 && raw.slice(0, -1).includes("")) return no("empty segment");
  for (const segment of raw) {
    const why = badSegment(segment);
    if (why) return no(why);
  }
  return { ok: true, segments: raw.map(decodeURIComponent) };
}

function matchSegment(pattern: string, text: string): boolean {
  // Two-pointer wildcard match: linear, so that a hostile path cannot make it slow as a regular expression could be.
  let p = 0;
  let t = 0;
  let star = -1;
  let mark = 0;
  while (t < text.length) {
    if (p < pattern.length && pattern[p] === "*") {
      star = p++;
      mark = t;
    } else if (p < pattern.length && pattern[p] === text[t]) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++mark;
    } else return false;
  }
  while (pattern[p] === "*") p++;
  return p === pattern.length;
}

/** `*` = a run inside one segment, `**` = anything, slashes included. The pattern is written decoded. */
export function globMatches(pattern: string, segments: readonly string[]): boolean {
  if (pattern === "**") return true;
  const parts = pattern === "" || pattern === "/" ? [] : pattern.replace(/^\//, "").split("/");
  const path = segments.length === 1 && segments[0] === "" ? [] : segments;
  // reach[j]: the pattern read so far matches the first j segments.
  let reach = new Array<boolean>(path.length + 1).fill(false);
  reach[0] = true;
  for (const part of parts) {
    const next = new Array<boolean>(path.length + 1).fill(false);
    if (part === "**") {
      let open = false;
      for (let j = 0; j <= path.length; j++) next[j] = open = open || reach[j]!;
    } else for (let j = 0; j < path.length; j++) if (reach[j] && matchSegment(part, path[j]!)) next[j + 1] = true;
    reach = next;
  }
  return reach[path.length]!;
}

/** Query as signed and sent: names and values percent-encoded once, in the order given. */
export function formatQuery(query: Record<string, string> | undefined): string {
  const pairs = Object.entries(query ?? {});
  return pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join("&");
}

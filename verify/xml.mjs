// XML with namespaces, as signature files need it, and its two canonical forms (Canonical XML 1.0, Exclusive 1.0), comments left out.
// What could be read in two ways (document types, entities of one's own, processing instructions) is refused.

const xmlNamespace = "http://www.w3.org/XML/1998/namespace";
const entities = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
const name = /^[A-Za-z_\u0080-\uffff][\w.\-\u0080-\uffff]*(:[A-Za-z_\u0080-\uffff][\w.\-\u0080-\uffff]*)?/;
const deepest = 100;

/** The root element: { prefix, local, ns, attributes, declared, scope, children, parent }. Throws for anything doubtful. */
export function parseXml(bytes) {
  const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes).replace(/\r\n?/g, "\n");
  let at = 0;
  const fail = (what) => {
    throw new Error(`not XML that can be read in one way: ${what} at character ${at}`);
  };
  const decode = (raw) =>
    raw.replace(/&([^;]{0,10};?)/g, (_, body) => {
      const [, hex, decimal, named] = /^(?:#x([0-9a-fA-F]+)|#(\d+)|([a-z]+));$/.exec(body) ?? fail("a reference");
      if (named) return entities[named] ?? fail("an entity");
      return String.fromCodePoint(Number.parseInt(hex ?? decimal, hex ? 16 : 10));
    });
  const until = (mark) => {
    const end = text.indexOf(mark, at);
    if (end < 0) fail(`no ${mark}`);
    const found = text.slice(at, end);
    at = end + mark.length;
    return found;
  };
  if (/^<\?xml\s/.test(text)) until("?>");
  let root;
  let open;
  let depth = 0;
  while (at < text.length) {
    if (text[at] !== "<") {
      const next = text.indexOf("<", at);
      const raw = text.slice(at, next < 0 ? text.length : next);
      if (raw.includes("]]>")) fail("]]>");
      if (open) open.children.push(decode(raw));
      else if (raw.trim() !== "") fail("text outside the root");
      at += raw.length;
    } else if (text.startsWith("<!--", at)) {
      at += 4;
      if (until("-->").includes("--")) fail("a comment");
    } else if (text.startsWith("<![CDATA[", at)) {
      at += 9;
      const raw = until("]]>");
      if (!open) fail("text outside the root");
      open.children.push(raw);
    } else if (text.startsWith("</", at)) {
      at += 2;
      if (!open || until(">").trimEnd() !== nameOf(open)) fail("an end tag");
      open = open.parent;
      depth -= 1;
    } else if (text[at + 1] === "!" || text[at + 1] === "?") fail("a declaration");
    else {
      if (root && !open) fail("a second root");
      if (++depth > deepest) fail("too deep");
      const element = startTag();
      root ??= element;
      open?.children.push(element);
      if (element.empty) depth -= 1;
      else open = element;
    }
  }
  if (!root || open) fail("the end");
  return root;

  function startTag() {
    at += 1;
    const [qualified] = name.exec(text.slice(at, at + 300)) ?? fail("a name");
    at += qualified.length;
    const pairs = [];
    for (;;) {
      const space = /^[ \t\n]*/.exec(text.slice(at, at + 1000))[0].length;
      at += space;
      if (text[at] === ">" || text.startsWith("/>", at)) break;
      const [attribute] = (space > 0 && name.exec(text.slice(at, at + 300))) || fail("an attribute");
      at += attribute.length;
      const [equals, quote] = /^[ \t\n]*=[ \t\n]*(["'])/.exec(text.slice(at, at + 100)) ?? fail("an attribute");
      at += equals.length;
      const raw = until(quote);
      if (raw.includes("<")) fail("<");
      if (pairs.some(([one]) => one === attribute)) fail("an attribute twice");
      pairs.push([attribute, decode(raw.replace(/[\t\n]/g, " "))]);
    }
    const empty = text[at] === "/";
    at += empty ? 2 : 1;
    return made(qualified, pairs, empty);
  }

  function made(qualified, pairs, empty) {
    const declared = new Map();
    for (const [key, value] of pairs)
      if (key === "xmlns") declared.set("", value);
      else if (key.startsWith("xmlns:")) {
        if (value === "" || key === "xmlns:xmlns" || (key === "xmlns:xml") !== (value === xmlNamespace)) fail("a namespace");
        if (key !== "xmlns:xml") declared.set(key.slice(6), value);
      }
    const scope = new Map([...(open?.scope ?? []), ...declared]);
    const resolve = (prefix, ifNone) =>
      prefix === "xml" ? xmlNamespace : prefix === "" ? ifNone : (scope.get(prefix) ?? fail(`the prefix ${prefix}`));
    const split = (full) => (full.includes(":") ? full.split(":") : ["", full]);
    const attributes = pairs
      .filter(([key]) => key !== "xmlns" && !key.startsWith("xmlns:"))
      .map(([key, value]) => {
        const [prefix, local] = split(key);
        return { prefix, local, ns: resolve(prefix, ""), value };
      });
    if (new Set(attributes.map((a) => `${a.ns} ${a.local}`)).size !== attributes.length) fail("an attribute twice");
    const [prefix, local] = split(qualified);
    return { prefix, local, ns: resolve(prefix, scope.get("") ?? ""), attributes, declared, scope, children: [], parent: open, empty };
  }
}

const nameOf = (e) => (e.prefix ? `${e.prefix}:${e.local}` : e.local);
export const elements = (e) => e.children.filter((c) => typeof c !== "string");
/** Child elements of that namespace and name. */
export const children = (e, ns, local) => elements(e).filter((c) => c.ns === ns && c.local === local);
export const descendants = (e) => elements(e).flatMap((c) => [c, ...descendants(c)]);
export const attribute = (e, local) => e.attributes.find((a) => a.ns === "" && a.local === local)?.value;
export const textOf = (e) => e.children.map((c) => (typeof c === "string" ? c : textOf(c))).join("");

const escapeText = (s) => s.replace(/[&<>\r]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#xD;" })[c]);
const escapeValue = (s) =>
  s.replace(/[&<"\t\n\r]/g, (c) => ({ "&": "&amp;", "<": "&lt;", '"': "&quot;", "\t": "&#x9;", "\n": "&#xA;", "\r": "&#xD;" })[c]);
const order = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/** `inclusive`: prefixes that Exclusive treats as Inclusive does; "all" for Canonical XML 1.0. */
export function canonicalize(apex, inclusive = []) {
  const everything = inclusive === "all";
  const write = (e, rendered) => {
    const used = new Set([e.prefix, ...e.attributes.map((a) => a.prefix).filter((p) => p !== "")]);
    const wanted = everything ? new Set(["", ...e.scope.keys()]) : new Set([...used, ...inclusive.map((p) => (p === "#default" ? "" : p))]);
    const now = new Map(rendered);
    const declarations = [...wanted].sort(order).flatMap((prefix) => {
      const uri = e.scope.get(prefix) ?? "";
      if (prefix === "xml" || (rendered.get(prefix) ?? "") === uri) return [];
      now.set(prefix, uri);
      return [` xmlns${prefix ? `:${prefix}` : ""}="${escapeValue(uri)}"`];
    });
    const own = everything && e === apex ? [...e.attributes, ...inherited(e)] : e.attributes;
    const attributes = [...own]
      .sort((a, b) => order(a.ns, b.ns) || order(a.local, b.local))
      .map((a) => ` ${nameOf(a)}="${escapeValue(a.value)}"`);
    const inside = e.children.map((c) => (typeof c === "string" ? escapeText(c) : write(c, now))).join("");
    return `<${nameOf(e)}${declarations.join("")}${attributes.join("")}>${inside}</${nameOf(e)}>`;
  };
  return Buffer.from(write(apex, new Map()), "utf8");
}

/** Canonical XML 1.0 gives the apex the xml: attributes of those above it. */
function inherited(apex) {
  const found = new Map();
  for (let e = apex.parent; e; e = e.parent)
    for (const a of e.attributes)
      if (a.ns === xmlNamespace && !found.has(a.local) && !apex.attributes.some((o) => o.ns === a.ns && o.local === a.local))
        found.set(a.local, a);
  return [...found.values()];
}

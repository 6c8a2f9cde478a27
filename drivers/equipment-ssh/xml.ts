/** XML that a device wrote, as a tree: no document types (so no entities), bounded in depth, elements and text. */
import { setImmediate as others } from "node:timers/promises";
import { SaxesParser } from "saxes";
import { EquipmentFault } from "#network/ports";

export interface Element {
  name: string;
  namespace: string;
  text: string;
  children: Element[];
}

const deepest = 64;
const mostElements = 400_000;
const longestText = 10_000;

/** Characters between two breaths, so that the rest of the house goes on. */
const breath = 128 * 1024;

export async function parse(source: string): Promise<Element> {
  const parser = new SaxesParser({ xmlns: true, position: false });
  const root: Element = { name: "", namespace: "", text: "", children: [] };
  const open = [root];
  let count = 0;
  const refuse = (trouble: "malformed" | "too-large", why: string): never => {
    throw new EquipmentFault(trouble, why);
  };
  parser.on("doctype", () => refuse("malformed", "XML with a document type"));
  parser.on("error", () => refuse("malformed", "XML that is not well formed"));
  parser.on("opentag", (tag) => {
    if (open.length > deepest || ++count > mostElements) refuse("too-large", "XML deeper or longer than a reading may have");
    const element = { name: tag.local, namespace: tag.uri, text: "", children: [] };
    open.at(-1)!.children.push(element);
    open.push(element);
  });
  parser.on("closetag", () => void open.pop());
  const text = (t: string) => {
    const at = open.at(-1)!;
    if (at.text.length + t.length > longestText) return refuse("too-large", "an XML text longer than a reading may have");
    at.text += t;
    return undefined;
  };
  parser.on("text", text);
  parser.on("cdata", text);
  for (let at = 0; at < source.length; at += breath) {
    if (at > 0) await others();
    parser.write(source.slice(at, at + breath));
  }
  parser.close();
  return root.children[0] ?? refuse("malformed", "no XML");
}

/** Every element a path of names leads to; the first one's namespace may be asked for. */
export function all(from: Element | undefined, ...path: string[]): Element[] {
  let at = from ? [from] : [];
  for (const name of path) at = at.flatMap((e) => e.children.filter((c) => c.name === name));
  return at;
}
export function textOf(from: Element | undefined, ...path: string[]): string | undefined {
  return all(from, ...path)[0]?.text.trim() || undefined;
}
export function numberOf(from: Element | undefined, ...path: string[]): number | undefined {
  const text = textOf(from, ...path);
  const n = Number(text);
  return text === undefined || !Number.isFinite(n) ? undefined : n;
}
export const escape = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

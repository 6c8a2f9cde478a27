/** A part of a workbook as a stream of elements: no document types, no entities of its own, bounded depth and size. */
import { SaxesParser, type SaxesTagPlain } from "saxes";
import { faultOf, unreadable } from "#exchange/ports";
import { bounds } from "./bounds.ts";

export interface Handlers {
  /** `name` without its prefix. */
  open(name: string, attributes: Record<string, string>): void;
  text(text: string): void;
  close(name: string): void;
}

const local = (name: string): string => name.slice(name.indexOf(":") + 1);

/** Feeds a part; yields after each piece so that what was found so far can be taken. */
export async function* elements(pieces: AsyncIterable<Uint8Array>, h: Handlers): AsyncGenerator<void, void> {
  const parser = new SaxesParser();
  let depth = 0;
  let run = 0;
  parser.on("doctype", () => {
    throw unreadable("not-a-workbook");
  });
  parser.on("error", () => {
    throw unreadable("not-a-workbook");
  });
  parser.on("opentag", (tag: SaxesTagPlain) => {
    run = 0;
    depth += 1;
    if (depth > bounds.depth) throw unreadable("not-a-workbook");
    h.open(local(tag.name), tag.attributes);
  });
  parser.on("text", (text) => h.text(text));
  parser.on("cdata", (text) => h.text(text));
  parser.on("closetag", (tag: SaxesTagPlain) => {
    run = 0;
    depth -= 1;
    h.close(local(tag.name));
  });
  const decoder = new TextDecoder("utf-8", { fatal: true });
  try {
    for await (const piece of pieces) {
      run += piece.length;
      if (run > bounds.run) throw unreadable("unpacks-too-large");
      parser.write(decoder.decode(piece, { stream: true }));
      yield;
    }
    parser.write(decoder.decode()).close();
  } catch (error) {
    throw faultOf(error) ? error : unreadable("not-a-workbook");
  }
  yield;
}

export async function readAll(pieces: AsyncIterable<Uint8Array>, h: Handlers): Promise<void> {
  for await (const _ of elements(pieces, h));
}

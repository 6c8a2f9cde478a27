/** Workbooks for the tests, well and ill formed. */
import { crc32, deflateRawSync } from "node:zlib";

export interface Part {
  name: string;
  data: string | Buffer;
  /** Bytes the directory claims it unpacks to. */
  claims?: number;
  encrypted?: boolean;
}

/** A zip by hand (APPNOTE 4.3), so that it can lie. */
export function zip(parts: readonly Part[]): Buffer {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const p of parts) {
    const data = Buffer.from(p.data);
    const packed = deflateRawSync(data);
    const name = Buffer.from(p.name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(p.encrypted ? 1 : 0, 2);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(data), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(p.claims ?? data.length, 18);
    common.writeUInt16LE(name.length, 22);
    locals.push(Buffer.from([0x50, 0x4b, 3, 4]), common, name, packed);
    const entry = Buffer.alloc(14);
    entry.writeUInt32LE(offset, 10);
    central.push(Buffer.from([0x50, 0x4b, 1, 2, 20, 0]), common, entry, name);
    offset += 30 + name.length + packed.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}

export const rels = (target = "worksheets/sheet1.xml"): string =>
  `<Relationships xmlns="x"><Relationship Id="r1" Target="${target}"/></Relationships>`;
export const book = (sheet = '<sheet name="Naissances" r:id="r1"/>', properties = ""): string =>
  `<workbook xmlns="x" xmlns:r="y">${properties}<sheets>${sheet}</sheets></workbook>`;

export function workbook(
  rows: string,
  o: { strings?: string; styles?: string; workbook?: string; rels?: string; more?: Part[] } = {},
): Buffer {
  return zip([
    { name: "xl/workbook.xml", data: o.workbook ?? book() },
    { name: "xl/_rels/workbook.xml.rels", data: o.rels ?? rels() },
    ...(o.strings === undefined ? [] : [{ name: "xl/sharedStrings.xml", data: `<sst>${o.strings}</sst>` }]),
    ...(o.styles === undefined ? [] : [{ name: "xl/styles.xml", data: `<styleSheet>${o.styles}</styleSheet>` }]),
    { name: "xl/worksheets/sheet1.xml", data: `<worksheet xmlns="x"><sheetData>${rows}</sheetData></worksheet>` },
    ...(o.more ?? []),
  ]);
}

// Neighbours' door of documents: papers, their 2D codes, and the store of files.
import { defineModule } from "#kernel";
import { fileKept, fileRemoved } from "./facts.ts";
import { tidy } from "./files.ts";
import { emblem } from "./letter.ts";
import { stopRendering } from "./render.ts";

export {
  type Code2dFields,
  Code2dError,
  type ParsedCode2d,
  code2d,
  code2dAttach,
  code2dName,
  code2dPayload,
  code2dSignedBytes,
  parseCode2d,
} from "./code2d.ts";
export {
  type Code2dCheck,
  type Code2dKey,
  type Code2dKeyList,
  code2dKey,
  code2dKeyIdOf,
  code2dKeyList,
  code2dKeyOf,
  verifyCode2d,
} from "./code2d-keys.ts";
export { type FileInfo, type NewFile, fileInfo, fileName, keepFile, readFile, removeFile } from "./files.ts";
export { letterhead, verification } from "./letter.ts";
export { qrSvg } from "./qr.ts";
export { type RenderHost, render, stopRendering } from "./render.ts";
export type {
  ActData,
  CertificateData,
  CorrectionData,
  Letterhead,
  ReceiptData,
  RefusalData,
  ReportData,
  Row,
  Signature,
  Table,
  TemplateName,
  Templates,
  Verification,
} from "./shapes.ts";

export const documents = defineModule({
  name: "documents",
  floor: 0,
  needs: [],
  facts: [fileKept, fileRemoved],
  sweeps: [tidy],
  pack: [emblem],
  migrations: new URL("./migrations/", import.meta.url),
  start: async () => stopRendering,
});

// Neighbours' door of documents.
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
export { qrSvg } from "./qr.ts";
export { type RenderHost, render, stopRendering } from "./render.ts";
export type {
  ActData,
  CertificateData,
  CorrectionData,
  Letterhead,
  ReceiptData,
  RefusalData,
  Row,
  Signature,
  Table,
  TemplateName,
  Templates,
  Verification,
} from "./shapes.ts";

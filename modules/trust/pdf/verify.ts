import { createHash } from "node:crypto";
import { attempt, first, malformed } from "../der/read.ts";
import { oids } from "../der/oids.ts";
import { checkSigner, readSignedData } from "../cms/read.ts";
import { checkStamp, readToken } from "../tsp/read.ts";
import { chainOf, type ChainFault } from "../x509/chain.ts";
import type { Certificate } from "../x509/read.ts";
import { onlySigns } from "./changes.ts";
import { type PdfFile, readPdf, viewOf } from "./file.ts";
import { readArray, readTextString, refOf } from "./syntax.ts";

export type SignatureFault =
  | "unreadable"
  | "covers-part"
  | "changed"
  | "changed-after-signature"
  | "signature"
  | "certificate-binding"
  | "no-time-stamp"
  | "time-stamp"
  | ChainFault;

export interface PdfSignature {
  ok: boolean;
  faults: SignatureFault[];
  kind: "person" | "seal" | "other";
  subject: string;
  organization?: string;
  /** hexadecimal serial number of the signer's certificate */
  serial: string;
  /** when the time-stamp authority saw the signature: the only time that is proved */
  at?: Date;
  stampedBy?: string;
  reason?: string;
  coversWholeFile: boolean;
  certificate?: Certificate;
}

export interface PdfReport {
  /** signed, and every signature stands, and the last one covers the file to its end */
  ok: boolean;
  faults: ("not-a-readable-pdf" | "not-signed" | "bytes-after-signature")[];
  signatures: PdfSignature[];
}

export interface PdfQuestion {
  anchors: readonly Certificate[];
  /** certificates the verifier knows besides those in the file */
  helpers?: readonly Certificate[];
  revokedAt?: (certificate: Certificate, issuer: Certificate) => Date | undefined;
}

interface Place {
  entries: ReadonlyMap<string, string>;
  from: number;
  to: number;
  end: number;
}

const mostFields = 64;

/** The signature dictionaries of the form's fields, in the order they were made. */
const placesOf = (file: PdfFile): (Place | undefined)[] => {
  const view = viewOf(file, file.revisions.length - 1);
  const form = view.dict(view.root).entries.get("AcroForm");
  if (form === undefined) return [];
  const out: (Place | undefined)[] = [];
  const fields = view.arrayOf(view.entriesOf(form).get("Fields"));
  if (fields.length > mostFields) throw malformed("PDF fields");
  for (const item of fields) {
    const field = view.entriesOf(item);
    const value = refOf(field.get("V"));
    if (field.get("FT") !== "/Sig" || value === undefined) continue;
    out.push(
      attempt(() => {
        const { entries, places } = view.dict(value);
        const range = readArray(entries.get("ByteRange") ?? "").map(Number);
        const from = places.get("Contents");
        const contents = entries.get("Contents");
        if (from === undefined || contents === undefined || !/^<[0-9A-Fa-f]*>$/.test(contents)) throw malformed("signature contents");
        return { entries, from, to: from + contents.length, end: rangeEnd(range, from, from + contents.length) };
      }),
    );
  }
  return out.sort((a, b) => (a?.end ?? 0) - (b?.end ?? 0));
};

/** The range must leave out the signature's own hexadecimal string and not a byte more. */
const rangeEnd = (range: number[], from: number, to: number): number => {
  const [zero, first, second, rest, more] = range;
  if (more !== undefined || zero !== 0 || first !== from || second !== to || rest === undefined || !Number.isSafeInteger(rest))
    throw malformed("byte range");
  return to + rest;
};

export const verifyPdf = (bytes: Uint8Array, question: PdfQuestion): PdfReport => {
  const read = attempt(() => {
    const file = readPdf(bytes);
    return { file, places: placesOf(file) };
  });
  if (!read) return { ok: false, faults: ["not-a-readable-pdf"], signatures: [] };
  const { file, places } = read;
  if (places.length === 0) return { ok: false, faults: ["not-signed"], signatures: [] };
  // Each update is looked at once, however many signatures stand before it.
  const lastChange = file.revisions.findLastIndex((_, n) => n > 0 && !attempt(() => onlySigns(file, n)));
  const signatures = places.map((place) => judge(bytes, file, place, lastChange, question));
  const complete = places[places.length - 1]?.end === bytes.length;
  return { ok: complete && signatures.every((s) => s.ok), faults: complete ? [] : ["bytes-after-signature"], signatures };
};

const judge = (bytes: Uint8Array, file: PdfFile, place: Place | undefined, lastChange: number, question: PdfQuestion): PdfSignature => {
  const result: PdfSignature = { ok: false, faults: [], kind: "other", subject: "", serial: "", coversWholeFile: false };
  if (!place || place.end > bytes.length) return { ...result, faults: [place ? "covers-part" : "unreadable"] };
  result.coversWholeFile = place.end === bytes.length;
  result.reason = readTextString(place.entries.get("Reason"));
  const revision = file.revisions.findIndex((r) => place.end >= r.end && place.end <= r.end + 2);
  if (revision < 0) result.faults.push("covers-part");
  else if (lastChange > revision) result.faults.push("changed-after-signature");
  const cms = attempt(() => readSignedData(contentsOf(file.text.slice(place.from + 1, place.to - 1))));
  if (!cms || cms.contentType !== oids.data || cms.content || place.entries.get("SubFilter") !== "/ETSI.CAdES.detached")
    return { ...result, faults: [...result.faults, "unreadable"] };
  const helpers = question.helpers ?? [];
  const checked = attempt(() =>
    checkSigner(
      cms,
      (name) => createHash(name).update(bytes.subarray(0, place.from)).update(bytes.subarray(place.to, place.end)).digest(),
      helpers,
    ),
  );
  if (!checked) return { ...result, faults: [...result.faults, "unreadable"] };
  if ("fault" in checked) {
    result.faults.push(
      checked.fault === "digest"
        ? "changed"
        : checked.fault === "certificate-binding"
          ? "certificate-binding"
          : checked.fault === "signature"
            ? "signature"
            : "unknown-issuer",
    );
    return result;
  }
  const { certificate } = checked;
  describe(result, certificate);
  const stamped = cms.signer.unsigned.get(oids.signatureTimeStamp);
  const stamp = stamped && readToken(stamped.bytes);
  if (!stamp) {
    result.faults.push(stamped ? "time-stamp" : "no-time-stamp");
    return result;
  }
  const trusted = checkStamp(stamp, cms.signer.signature, question);
  if (!trusted.ok) {
    result.faults.push("time-stamp");
    return result;
  }
  result.at = stamp.at;
  result.stampedBy = trusted.authority.subjectName;
  const chain = chainOf(certificate, {
    pool: [...cms.certificates, ...helpers],
    anchors: question.anchors,
    at: stamp.at,
    revokedAt: question.revokedAt,
  });
  if (!chain.ok) result.faults.push(chain.fault);
  else if (certificate.ca || !(certificate.keyUsage?.has(0) || certificate.keyUsage?.has(1)) || certificate.extendedKeyUsage)
    result.faults.push("wrong-use");
  result.ok = result.faults.length === 0;
  return result;
};

/** The signature, whose padding must be zeros: the only bytes of the file no digest covers leave room for nothing. */
const contentsOf = (hex: string): Uint8Array => {
  const bytes = Buffer.from(hex, "hex");
  const again = bytes.toString("hex");
  if (hex !== again && hex !== again.toUpperCase()) throw malformed("signature contents");
  const value = first(bytes).bytes;
  if (bytes.subarray(value.length).some((byte) => byte !== 0)) throw malformed("signature padding");
  return value;
};

const describe = (result: PdfSignature, certificate: Certificate): void => {
  result.certificate = certificate;
  result.subject = certificate.subjectName;
  result.organization = certificate.organization;
  result.serial = Buffer.from(certificate.serial).toString("hex");
  result.kind = certificate.names.has(oids.organizationIdentifier) ? "seal" : certificate.names.has(oids.serialNumber) ? "person" : "other";
};

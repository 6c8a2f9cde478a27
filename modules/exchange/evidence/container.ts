/** One signed message as an ASiC-E container (ETSI EN 319 162-1) in X-Road's layout, with our tree's proof beside. Pure. */
import { chainXml, resultXml, sha512, type Sibling } from "./chain.ts";
import type { TreeProof } from "./shapes.ts";
import { type Entry, zip } from "./zip.ts";

export const containerType = "application/vnd.etsi.asic-e+zip";

export interface Contents {
  part: string;
  /** Absent: the message had none, it was erased, or never kept. */
  body: Uint8Array | undefined;
  signatures: string;
  /** From the signature file to what the time stamp covers. */
  time?: { path: readonly Sibling[]; digest: Uint8Array; token: Uint8Array };
  tree?: TreeProof;
  at: Date;
}

const xml = '<?xml version="1.0" encoding="UTF-8"?>\n';
const sha512Name = "http://www.w3.org/2001/04/xmlenc#sha512";

function manifest(files: readonly (readonly [name: string, type: string])[]): string {
  const entry = (path: string, type: string) => `<manifest:file-entry manifest:full-path="${path}" manifest:media-type="${type}"/>`;
  return (
    `${xml}<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2">` +
    `${entry("/", containerType)}${files.map(([path, type]) => entry(path, type)).join("")}</manifest:manifest>`
  );
}

const asicManifest = (result: string): string =>
  `${xml}<asic:ASiCManifest xmlns:asic="http://uri.etsi.org/02918/v1.2.1#" xmlns:ds="http://www.w3.org/2000/09/xmldsig#">` +
  '<asic:SigReference MimeType="application/vnd.etsi.timestamp-token" URI="META-INF/timestamp.tst"/>' +
  `<asic:DataObjectReference URI="ts-hashchainresult.xml"><ds:DigestMethod Algorithm="${sha512Name}"/>` +
  `<ds:DigestValue>${sha512(result).toString("base64")}</ds:DigestValue></asic:DataObjectReference></asic:ASiCManifest>`;

export function container(c: Contents): Buffer {
  const { time } = c;
  const files: Entry[] = [{ name: "message.xml", bytes: c.part }];
  if (c.body) files.push({ name: "attachment1", bytes: c.body });
  const meta: Entry[] = [{ name: "META-INF/signatures.xml", bytes: c.signatures }];
  if (time) {
    const result = resultXml(time.digest);
    files.push({ name: "ts-hashchainresult.xml", bytes: result });
    files.push({ name: "ts-hashchain.xml", bytes: chainXml(sha512(c.signatures), time.path) });
    meta.push({ name: "META-INF/ASiCManifest.xml", bytes: asicManifest(result) }, { name: "META-INF/timestamp.tst", bytes: time.token });
  }
  if (c.tree) meta.push({ name: "META-INF/tree-proof.json", bytes: `${JSON.stringify(c.tree, null, 1)}\n` });
  const types: Record<string, string> = { "message.xml": "text/plain", attachment1: "application/octet-stream" };
  const listed = files.map((f) => [f.name, types[f.name] ?? "text/xml"] as const);
  return zip(
    // first and stored, as the standard wants it; the comment is what X-Road's software reads
    [
      { name: "mimetype", bytes: containerType, stored: true },
      ...files,
      { name: "META-INF/manifest.xml", bytes: manifest(listed) },
      ...meta,
    ],
    c.at,
    `mimetype=${containerType}`,
  );
}

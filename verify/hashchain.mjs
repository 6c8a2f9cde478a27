// X-Road's hash chains: many files under one signature or one time stamp. A step hashes the DER list of its digests, each with its
// algorithm's name; a chain leads from the files of one container to the result.
import { createHash } from "node:crypto";
import { attribute, children, elements, parseXml, textOf } from "./xml.mjs";

const chainNames = "http://cyber.ee/hashchain";
const signatureNames = "http://www.w3.org/2000/09/xmldsig#";
const mostSteps = 2000;

/** Hashes by their names in XML signatures; SHA-1 is not among them. */
export const xmlHashes = {
  "http://www.w3.org/2001/04/xmlenc#sha256": "sha256",
  "http://www.w3.org/2001/04/xmldsig-more#sha384": "sha384",
  "http://www.w3.org/2001/04/xmlenc#sha512": "sha512",
};

export function hashBy(uri, bytes) {
  const name = xmlHashes[uri];
  if (!name) throw new Error(`the hash ${uri} is too weak or unknown`);
  return createHash(name).update(bytes).digest();
}

const der = (tag, ...bodies) => {
  const body = Buffer.concat(bodies);
  const n = body.length;
  const length = n < 0x80 ? [n] : n < 0x100 ? [0x81, n] : n < 0x10000 ? [0x82, n >> 8, n & 255] : [0x83, n >> 16, (n >> 8) & 255, n & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
};

const digestOf = (e) => {
  const [value] = children(e, signatureNames, "DigestValue");
  if (!value) throw new Error("a digest is missing in the hash chain");
  return Buffer.from(textOf(value), "base64");
};
const methodOf = (e) => {
  const [method] = children(e, signatureNames, "DigestMethod");
  return method && attribute(method, "Algorithm");
};

/**
 * Checks that the chain leads from every one of `needed` (names of files, with their slash) to the result. Throws with what is wrong.
 * Returns { missing }: files the chain covers by digest and the container does not hold.
 */
export function checkHashChain(files, resultBytes, needed) {
  const result = parseXml(resultBytes);
  if (result.ns !== chainNames || result.local !== "HashChainResult") throw new Error("the result of the hash chain is none");
  const [file, start] = (attribute(result, "URI") ?? "").split("#");
  const bytes = files.get(file.replace(/^\//, ""));
  if (!bytes || !start) throw new Error("the hash chain is missing");
  const chain = parseXml(bytes);
  if (chain.ns !== chainNames || chain.local !== "HashChain") throw new Error("the hash chain is none");
  const [fallback] = children(chain, chainNames, "DefaultDigestMethod");
  const steps = new Map();
  for (const step of children(chain, chainNames, "HashStep")) {
    const id = attribute(step, "id");
    if (!id || steps.has(id)) throw new Error("a step of the hash chain has no name of its own");
    steps.set(id, step);
  }
  const covered = new Set();
  const missing = new Map();
  const under = new Set();
  let walked = 0;
  const walk = (id, method) => {
    const step = steps.get(id);
    if (!step) throw new Error(`the hash chain has no step ${id}`);
    if (under.has(id) || ++walked > mostSteps) throw new Error("the hash chain goes round");
    under.add(id);
    const parts = elements(step).map((e) => {
      const own = methodOf(e) ?? (fallback && attribute(fallback, "Algorithm"));
      if (!own) throw new Error("the hash chain names no hash");
      if (children(e, signatureNames, "Transforms").length > 0 || children(e, chainNames, "Transforms").length > 0)
        throw new Error("the hash chain changes files before it hashes them");
      return der(0x30, der(0x04, valueOf(e, own)), der(0x0c, Buffer.from(own)), der(0x30));
    });
    under.delete(id);
    return hashBy(method, der(0x30, ...parts));
  };
  const valueOf = (e, own) => {
    if (e.ns !== chainNames) throw new Error("the hash chain holds something foreign");
    if (e.local === "HashValue") return digestOf(e);
    const uri = attribute(e, "URI") ?? "";
    if (e.local === "StepRef") {
      const [other, step] = uri.split("#");
      if (other !== "" && other !== file) throw new Error("the hash chain leads into another file");
      return walk(step, own);
    }
    if (e.local !== "DataRef") throw new Error("the hash chain holds something foreign");
    covered.add(uri);
    const digest = digestOf(e);
    const data = files.get(uri.replace(/^\//, ""));
    if (!data) missing.set(uri.replace(/^\//, ""), digest);
    else if (!hashBy(own, data).equals(digest)) throw new Error(`${uri} is not the file that was chained`);
    return digest;
  };
  const method = methodOf(result);
  if (!method || !walk(start, method).equals(digestOf(result))) throw new Error("the hash chain does not lead to its result");
  const left = needed.find((uri) => !covered.has(uri));
  if (left) throw new Error(`the hash chain does not cover ${left}`);
  return { missing };
}

// An RFC 3161 token, read far enough to check it: what it covers, when, and who signed.
import { createHash, verify, X509Certificate } from "node:crypto";
import { hashNames, oidOf, parts, read, signatureHashes, timeOf } from "./der.mjs";

const names = {
  tstInfo: "1.2.840.113549.1.9.16.1.4",
  messageDigest: "1.2.840.113549.1.9.4",
  signingCertificate: "1.2.840.113549.1.9.16.2.12",
  signingCertificateV2: "1.2.840.113549.1.9.16.2.47",
};
const timeStamping = "1.3.6.1.5.5.7.3.8";
const sizes = { 32: "sha256", 48: "sha384", 64: "sha512" };
const hashed = (name, bytes) => createHash(name).update(bytes).digest();

/**
 * { at, chain } or { fault }. `covers`: the digest stamped (its length says which hash), or `{ data }` for the bytes themselves.
 * The chain's trust is judged by the caller at the time named.
 */
export function readTimeStamp(token, covers) {
  try {
    return readToken(token, covers);
  } catch {
    return { fault: "it cannot be read" };
  }
}

function readToken(token, covers) {
  const outer = read(token);
  if (outer.raw.length !== token.length) return { fault: "bytes follow it" };
  const signedData = parts(parts(parts(outer)[1])[0]);
  const [type, wrapped] = parts(signedData[2]);
  const info = parts(wrapped)[0].body;
  if (oidOf(type) !== names.tstInfo) return { fault: "it is no time stamp" };
  const [, , imprint, , time] = parts(read(info));
  const [algorithm, hash] = parts(imprint);
  const name = hashNames[oidOf(parts(algorithm)[0])];
  if (!name || name === "sha1") return { fault: "its hash is too weak or unknown" };
  const wanted = Buffer.isBuffer(covers) ? (sizes[covers.length] === name ? covers : undefined) : hashed(name, covers.data);
  if (!wanted || !hash.body.equals(wanted)) return { fault: "it is for something else" };
  const bag = signedData.find((item) => item.tag === 0xa0);
  const chain = bag
    ? parts(bag)
        .filter((item) => item.tag === 0x30)
        .map((item) => new X509Certificate(item.raw))
    : [];
  const [, , digestAlgorithm, attributes, signatureAlgorithm, signature] = parts(parts(signedData[signedData.length - 1])[0]);
  const found = (wantedName) =>
    parts(attributes)
      .map(parts)
      .find(([id]) => oidOf(id) === wantedName)?.[1];
  const signerHash = hashNames[oidOf(parts(digestAlgorithm)[0])];
  if (!signerHash || signerHash === "sha1") return { fault: "its signer's hash is too weak or unknown" };
  if (!parts(found(names.messageDigest))[0].body.equals(hashed(signerHash, info))) return { fault: "its content was changed" };
  const authority = namedSigner(found, chain);
  if (!authority) return { fault: "its signer's certificate is missing" };
  if (authority.keyUsage?.join() !== timeStamping) return { fault: "its signer is no time-stamp authority" };
  const signed = Buffer.from(attributes.raw);
  signed[0] = 0x31;
  const sound = verify(signatureHashes[oidOf(parts(signatureAlgorithm)[0])] ?? signerHash, signed, authority.publicKey, signature.body);
  if (!sound) return { fault: "its signature does not hold" };
  return { at: timeOf(time), chain: [authority, ...chain.filter((c) => c !== authority)] };
}

/** The certificate that the signed attributes name (RFC 5816, or RFC 2634 with its SHA-1 as a name). */
function namedSigner(found, chain) {
  const v2 = found(names.signingCertificateV2);
  const id = parts(parts(parts(parts(v2 ?? found(names.signingCertificate))[0])[0])[0]);
  const hash = id.find((item) => item.tag === 4);
  const algorithm = v2 && id[0].tag === 0x30 ? hashNames[oidOf(parts(id[0])[0])] : v2 ? "sha256" : "sha1";
  return algorithm && chain.find((c) => hash?.body.equals(hashed(algorithm, c.raw)));
}

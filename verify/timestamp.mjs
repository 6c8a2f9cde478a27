// An RFC 3161 token, read far enough to check it: what it covers, when, and who signed.
import { createHash, verify, X509Certificate } from "node:crypto";

function read(bytes, at = 0) {
  let length = bytes[at + 1];
  let start = at + 2;
  if (length === undefined || (bytes[at] & 0x1f) === 0x1f || length === 0x80) throw new Error("not DER");
  if (length > 0x80) {
    const width = length & 0x7f;
    if (width > 4 || start + width > bytes.length) throw new Error("not DER");
    length = bytes.readUIntBE(start, width);
    start += width;
  }
  if (start + length > bytes.length) throw new Error("not DER");
  return { tag: bytes[at], raw: bytes.subarray(at, start + length), body: bytes.subarray(start, start + length) };
}

function parts(item) {
  const out = [];
  for (let at = 0; at < item.body.length;) {
    const next = read(item.body, at);
    out.push(next);
    at += next.raw.length;
  }
  return out;
}

const oid = (hex) => Buffer.from(hex, "hex");
const names = {
  sha256: oid("608648016503040201"),
  tstInfo: oid("2a864886f70d0109100104"),
  messageDigest: oid("2a864886f70d010904"),
  signingCertificateV2: oid("2a864886f70d010910022f"),
};
const timeStamping = "1.3.6.1.5.5.7.3.8";

/** { at, chain } or { fault }. The chain's trust is judged by the caller at the time named. */
export function readTimeStamp(token, digest) {
  try {
    return readToken(token, digest);
  } catch {
    return { fault: "it cannot be read" };
  }
}

function readToken(token, digest) {
  const outer = read(token);
  if (outer.raw.length !== token.length) return { fault: "bytes follow it" };
  const signedData = parts(parts(parts(outer)[1])[0]);
  const [type, wrapped] = parts(signedData[2]);
  const info = parts(wrapped)[0].body;
  if (!type.body.equals(names.tstInfo)) return { fault: "it is no time stamp" };
  const [, , imprint, , time] = parts(read(info));
  const [algorithm, hash] = parts(imprint);
  if (!parts(algorithm)[0].body.equals(names.sha256) || !hash.body.equals(digest)) return { fault: "it is for something else" };
  const stamped = time.body.toString("latin1").replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.\d+)?Z$/, "$1-$2-$3T$4:$5:$6Z");
  const at = new Date(stamped);
  if (Number.isNaN(at.getTime())) return { fault: "its time cannot be read" };
  const bag = signedData.find((item) => item.tag === 0xa0);
  const chain = bag ? parts(bag).map((item) => new X509Certificate(item.raw)) : [];
  const signer = parts(parts(signedData[signedData.length - 1])[0]);
  const attributes = signer[3];
  const found = (name) =>
    parts(attributes)
      .map(parts)
      .find(([id]) => id.body.equals(name))?.[1];
  if (!parts(found(names.messageDigest))[0].body.equals(createHash("sha256").update(info).digest()))
    return { fault: "its content was changed" };
  const named = parts(parts(parts(parts(found(names.signingCertificateV2))[0])[0])[0]).find((item) => item.tag === 4);
  const authority = chain.find((c) => named?.body.equals(createHash("sha256").update(c.raw).digest()));
  if (!authority) return { fault: "its signer's certificate is missing" };
  if (authority.keyUsage?.join() !== timeStamping) return { fault: "its signer is no time-stamp authority" };
  const signed = Buffer.from(attributes.raw);
  signed[0] = 0x31;
  if (!verify("sha256", signed, authority.publicKey, signer[5].body)) return { fault: "its signature does not hold" };
  return { at, chain: [authority, ...chain.filter((c) => c !== authority)] };
}

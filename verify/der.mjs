// DER as far as time stamps and certificate statuses need it (X.690): lengths up to four bytes, no indefinite form.

/** One value: its tag, its whole bytes, its content. Throws for anything else. */
export function read(bytes, at = 0) {
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

/** The values inside one. */
export function parts(item) {
  const out = [];
  for (let at = 0; at < item.body.length;) {
    const next = read(item.body, at);
    out.push(next);
    at += next.raw.length;
  }
  return out;
}

/** Object identifier in dotted form. */
export function oidOf(item) {
  if (item?.tag !== 6 || item.body.length === 0) throw new Error("not an object identifier");
  const arcs = [];
  let arc = 0n;
  for (const byte of item.body) {
    arc = (arc << 7n) | BigInt(byte & 0x7f);
    if (!(byte & 0x80)) {
      arcs.push(arc);
      arc = 0n;
    }
  }
  const first = arcs[0] < 80n ? arcs[0] / 40n : 2n;
  return [first, arcs[0] - first * 40n, ...arcs.slice(1)].join(".");
}

export function timeOf(item) {
  const text = item.body.toString("latin1");
  const [, y, m, d, h, min, s] = /^(\d{4}|\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.\d+)?Z$/.exec(text) ?? [];
  const year = y?.length === 2 ? (Number(y) < 50 ? `20${y}` : `19${y}`) : y;
  const at = new Date(`${year}-${m}-${d}T${h}:${min}:${s}Z`);
  if (Number.isNaN(at.getTime())) throw new Error("not a time");
  return at;
}

export const hashNames = {
  "1.3.14.3.2.26": "sha1",
  "2.16.840.1.101.3.4.2.1": "sha256",
  "2.16.840.1.101.3.4.2.2": "sha384",
  "2.16.840.1.101.3.4.2.3": "sha512",
};
/** Hash of a signature algorithm; plain RSA (1.1.1) leaves it to the digest beside. */
export const signatureHashes = {
  "1.2.840.113549.1.1.11": "sha256",
  "1.2.840.113549.1.1.12": "sha384",
  "1.2.840.113549.1.1.13": "sha512",
  "1.2.840.10045.4.3.2": "sha256",
  "1.2.840.10045.4.3.3": "sha384",
  "1.2.840.10045.4.3.4": "sha512",
};

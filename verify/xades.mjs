// An XML signature with XAdES properties, as containers of exchanged messages hold one: what it covers, who signed, by which arithmetic.
import { createHash, verify, X509Certificate } from "node:crypto";
import { hashBy, xmlHashes } from "./hashchain.mjs";
import { attribute, canonicalize, children, descendants, parseXml, textOf } from "./xml.mjs";

const ds = "http://www.w3.org/2000/09/xmldsig#";
const xades = "http://uri.etsi.org/01903/v1.3.2#";
const asic = "http://uri.etsi.org/02918/v1.2.1#";
const exclusive = "http://www.w3.org/2001/10/xml-exc-c14n#";
const signedPropertiesType = "http://uri.etsi.org/01903#SignedProperties";
const methods = {
  "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256": ["rsa", "sha256"],
  "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384": ["rsa", "sha384"],
  "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512": ["rsa", "sha512"],
  "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256": ["ec", "sha256"],
  "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384": ["ec", "sha384"],
  "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512": ["ec", "sha512"],
};

const only = (e, ns, local) => {
  const found = e ? children(e, ns, local) : [];
  if (found.length !== 1) throw new Error(`the signature has ${found.length ? "more than one" : "no"} ${local}`);
  return found[0];
};
const algorithm = (e) => attribute(e, "Algorithm") ?? "";

function canonical(e, method) {
  const uri = algorithm(method);
  if (uri === "http://www.w3.org/TR/2001/REC-xml-c14n-20010315") return canonicalize(e, "all");
  if (uri !== exclusive) throw new Error(`the canonical form ${uri} is unknown`);
  const [list] = children(method, exclusive, "InclusiveNamespaces");
  return canonicalize(e, (list && attribute(list, "PrefixList")?.split(" ").filter(Boolean)) ?? []);
}

const base64 = (e) => Buffer.from(textOf(e).replace(/\s/g, ""), "base64");

/**
 * Reads META-INF/signatures.xml. Throws with what is wrong with the signature itself; what it covers outside is for the caller:
 * `references` maps a file's name to { method, digest }.
 */
export function readSignature(bytes) {
  const root = parseXml(bytes);
  const holder = root.ns === ds && root.local === "Signature" ? { children: [root] } : root;
  if (holder === root && (root.ns !== asic || root.local !== "XAdESSignatures")) throw new Error("this is no file of signatures");
  const signature = only(holder, ds, "Signature");
  const ids = [root, ...descendants(root)].map((e) => attribute(e, "Id")).filter(Boolean);
  // two elements of one name: one would be signed, the other shown
  if (new Set(ids).size !== ids.length) throw new Error("two parts of the signature have one name");
  const info = only(signature, ds, "SignedInfo");
  const x509 = only(only(signature, ds, "KeyInfo"), ds, "X509Data");
  const chain = children(x509, ds, "X509Certificate").map((e) => new X509Certificate(base64(e)));
  const qualifying = children(signature, ds, "Object").flatMap((o) => children(o, xades, "QualifyingProperties"));
  if (qualifying.length !== 1) throw new Error("the signature has no properties of its own");
  const properties = only(qualifying[0], xades, "SignedProperties");
  const references = referencesOf(info, properties);
  const signed = readProperties(properties);
  const signer = chain.find((c) => signed.fits(c));
  if (!signer) throw new Error("the certificate shown is not the one the signature names");
  const value = base64(only(signature, ds, "SignatureValue"));
  const [kind, hash] = methods[algorithm(only(info, ds, "SignatureMethod"))] ?? [];
  const bits = signer.publicKey.asymmetricKeyDetails?.modulusLength;
  if (!kind || signer.publicKey.asymmetricKeyType !== kind || bits < 2048)
    throw new Error("the kind of signature is too weak, unknown or not the key’s");
  const message = canonical(info, only(info, ds, "CanonicalizationMethod"));
  const key = kind === "ec" ? { key: signer.publicKey, dsaEncoding: "ieee-p1363" } : signer.publicKey;
  if (!verify(hash, message, key, value)) throw new Error("the signature does not fit");
  const [unsigned] = children(qualifying[0], xades, "UnsignedProperties");
  return { references, signer, value, at: signed.at, ...readUnsigned(unsigned, [...chain.filter((c) => c !== signer)]) };
}

function referencesOf(info, properties) {
  const references = new Map();
  let sealed = false;
  for (const r of children(info, ds, "Reference")) {
    const uri = attribute(r, "URI") ?? "";
    const method = algorithm(only(r, ds, "DigestMethod"));
    const digest = base64(only(r, ds, "DigestValue"));
    const transforms = children(r, ds, "Transforms").flatMap((t) => children(t, ds, "Transform"));
    if (uri.startsWith("#")) {
      if (attribute(r, "Type") !== signedPropertiesType || uri !== `#${attribute(properties, "Id")}` || transforms.length > 1) continue;
      const form = transforms[0] ? canonical(properties, transforms[0]) : canonicalize(properties, "all");
      if (!hashBy(method, form).equals(digest)) throw new Error("the signed properties were changed");
      sealed = true;
    } else {
      if (transforms.length > 0) throw new Error("the signature changes files before it hashes them");
      if (!xmlHashes[method]) throw new Error(`the hash ${method} is too weak or unknown`);
      references.set(decodeURIComponent(uri.replace(/^\//, "")), { method, digest });
    }
  }
  if (!sealed) throw new Error("the signature does not cover its own properties");
  return references;
}

function readProperties(properties) {
  const own = only(properties, xades, "SignedSignatureProperties");
  const at = new Date(textOf(only(own, xades, "SigningTime")).trim());
  if (Number.isNaN(at.getTime())) throw new Error("the time of signature cannot be read");
  const [named] = [...children(own, xades, "SigningCertificateV2"), ...children(own, xades, "SigningCertificate")];
  const digest = only(only(named, xades, "Cert"), xades, "CertDigest");
  const method = algorithm(only(digest, ds, "DigestMethod"));
  const value = base64(only(digest, ds, "DigestValue"));
  // a name for a certificate, where old signatures still wrote SHA-1: the chain is judged by itself
  const hash = xmlHashes[method] ?? (method === "http://www.w3.org/2000/09/xmldsig#sha1" ? "sha1" : undefined);
  if (!hash) throw new Error("the certificate is named by an unknown hash");
  return { at, fits: (c) => createHash(hash).update(c.raw).digest().equals(value) };
}

/** What lies beside the signature, to be judged by itself: certificates, statuses, a time stamp over the signature. */
function readUnsigned(unsigned, others) {
  const all = unsigned ? descendants(unsigned) : [];
  const values = (local) => all.filter((e) => e.ns === xades && e.local === local).map(base64);
  const extra = values("EncapsulatedX509Certificate").flatMap((der) => {
    try {
      return [new X509Certificate(der)];
    } catch {
      return [];
    }
  });
  return { others: [...others, ...extra], statuses: values("EncapsulatedOCSPValue"), stamps: values("EncapsulatedTimeStamp") };
}

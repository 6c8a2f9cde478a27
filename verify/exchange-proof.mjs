// Checks one exchange between two institutions, with nothing but the files of this folder, the proof and the roots one trusts.
//   node verify/exchange-proof.mjs proof.json anchors.pem [--request body] [--response body]    (Node 20 or newer; exit 0 = genuine, 1 = refused)
// proof.json: GET /api/exchange/log/{exchange}; anchors.pem: GET /trust/anchors.pem, compared with a print-out one trusts.
// Revocation is not looked at: ask the authority's list (/crl/…) for the day of signature.
import { createHash, verify, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { hashBy } from "./hashchain.mjs";
import { certificates } from "./head.mjs";
import { checkProof } from "./tree.mjs";
import { readSignature } from "./xades.mjs";

const sha512 = (bytes) => createHash("sha512").update(bytes).digest();
const split = (pem) =>
  (pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map((one) => new X509Certificate(one));
const part = (subject, name) =>
  subject
    .split("\n")
    .find((line) => line.startsWith(`${name}=`))
    ?.slice(name.length + 1);

/** From the signer to an anchor: each issued by the next, all valid on that day, all above the signer allowed to issue. */
function chainFault(chain, anchors, at) {
  if (chain.length === 0) return "no certificate";
  const valid = (c) => new Date(c.validFrom) <= at && at <= new Date(c.validTo);
  for (let i = 0, guard = 0; guard < 8; guard += 1, i += 1) {
    const one = chain[i];
    if (!valid(one)) return `certificate of ${part(one.subject, "CN")} was not valid then`;
    const anchor = anchors.find((a) => one.checkIssued(a) && one.verify(a.publicKey));
    if (anchor) return valid(anchor) ? undefined : "the root was not valid then";
    const next = chain[i + 1];
    if (!next) return "the chain does not reach a root one trusts";
    if (!next.ca || !one.checkIssued(next) || !one.verify(next.publicKey)) return "the chain is broken";
  }
  return "the chain is too long";
}

function readPart(text) {
  const lines = text.endsWith("\r\n") ? text.slice(0, -2).split("\r\n") : [];
  if (lines.length < 2 || lines.some((line) => /(?!\t)\p{Cc}/u.test(line))) return undefined;
  const headers = lines.slice(2).map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1)]);
  const only = (name) => {
    const found = headers.filter(([one]) => one === name);
    return found.length === 1 ? found[0][1] : undefined;
  };
  return { first: lines.slice(0, 2), only };
}

/** SHA-256 under r || s of P-256, or under PKCS #1 v1.5 of an RSA key that is long enough. */
function fits(bytes, key, signature) {
  if (key.asymmetricKeyType === "ec") return verify("sha256", bytes, { key, dsaEncoding: "ieee-p1363" }, signature);
  return key.asymmetricKeyType === "rsa" && key.asymmetricKeyDetails.modulusLength >= 2048 && verify("sha256", bytes, key, signature);
}

/** Messages of the first form: a signature over the hash of the header part, and of the body. */
function hashesFault(m, hash, signer) {
  const bytes = hash ? Buffer.concat([sha512(m.headerPart), hash]) : sha512(m.headerPart);
  const signature = Buffer.from(m.signature, "base64");
  return fits(bytes, signer.publicKey, signature) ? undefined : "the signature does not fit";
}

/** Messages signed as their container shows it: the signature file must be about this header part, this body, this signer. */
function xadesFault(m, hash, signer) {
  try {
    const s = readSignature(Buffer.from(m.signatureFile ?? "", "utf8"));
    const [part, body] = [s.references.get("message.xml"), s.references.get("attachment1")];
    if (!part || !hashBy(part.method, m.headerPart).equals(part.digest)) return "the header part is not the one that was signed";
    if (hash ? !body?.digest.equals(hash) : body) return "the body’s hash is not the one that was signed";
    if (!s.signer.raw.equals(signer.raw) || !s.value.equals(Buffer.from(m.signature, "base64"))) return "the signature does not fit";
    return s.at.getTime() === new Date(m.signedAt).getTime() ? undefined : "it was not signed at that time";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Rows in the gateway's tree: each proof is about this exchange and, where it names a message, about that message. */
function checkTrees(proof, anchorsPem, fail) {
  const faults = [];
  let stampedAt;
  for (const tree of proof.tree ?? []) {
    const at = checkProof(tree, certificates(anchorsPem), faults);
    if (at && !(stampedAt < at)) stampedAt = at;
    const entry = JSON.parse(tree.entry ?? "{}");
    if (entry.exchange !== proof.exchange) faults.push("tree: the entry is about another exchange");
    const m = proof.messages.find((one) => one.direction === (entry.kind === "request" ? "request" : "response"));
    if (!entry.signature && !m) continue;
    const part = m && sha512(m.headerPart).toString("base64");
    if (entry.signature !== m?.signature || entry.part !== part || entry.body !== m?.bodyHash)
      faults.push("tree: the entry is about another message");
  }
  for (const fault of faults) fail(fault);
  return stampedAt;
}

/** What the institution asked signed about a message that waited: it names this very message, by hash. */
function checkStatement(s, request, o, fail) {
  const say = (text) => fail(`${s.kind}: ${text}`);
  const chain = split(s.certificate);
  const fault = chainFault(chain, o.anchors, new Date(s.at));
  if (fault) say(fault);
  if (!chain[0] || !fits(Buffer.from(s.text), chain[0].publicKey, Buffer.from(s.signature, "base64"))) say("the signature does not fit");
  const lines = s.text.split("\n");
  const says = (name, value) => lines.includes(`${name}:${value}`);
  if (!says("kind", s.kind) || !says("institution", s.institution) || !says("at", s.at)) say("the text says something else");
  if (!lines.some((line) => line.startsWith(`message:${o.exchange} ${digestOf(request)}`))) say("it is about another message");
  if (!s.tree) return;
  const faults = [];
  checkProof(s.tree, certificates(o.anchorsPem), faults);
  const entry = JSON.parse(s.tree.entry ?? "{}");
  if (entry.signature !== s.signature || entry.part !== sha512(s.text).toString("base64"))
    faults.push("tree: the entry is about another statement");
  for (const one of faults) say(one);
}

/** x-road-request-hash of a request, from its header part and its body's hash. */
function digestOf(request) {
  const head = sha512(request.headerPart);
  const digest = request.bodyHash === undefined ? head : sha512(Buffer.concat([head, Buffer.from(request.bodyHash, "base64")]));
  return digest.toString("base64");
}

export function checkExchangeProof(proof, anchorsPem, bodies = {}) {
  const faults = [];
  const signers = {};
  const fail = (text) => void faults.push(text);
  const anchors = split(anchorsPem);
  for (const m of proof.messages) {
    const say = (text) => fail(`${m.direction}: ${text}`);
    const hash = m.bodyHash === undefined ? undefined : Buffer.from(m.bodyHash, "base64");
    const body = bodies[m.direction];
    if (body !== undefined && !(hash ?? Buffer.alloc(0)).equals(body.length > 0 ? sha512(body) : Buffer.alloc(0)))
      say("the body is not the one that was signed");
    const chain = split(m.certificate);
    const fault = chainFault(chain, anchors, new Date(m.signedAt));
    if (fault) say(fault);
    if (!chain[0]) continue;
    const wrong = m.format === "xades" ? xadesFault(m, hash, chain[0]) : hashesFault(m, hash, chain[0]);
    if (wrong) say(wrong);
    signers[m.direction] = part(chain[0].subject, "O") ?? part(chain[0].subject, "CN");
  }
  const stampedAt = checkTrees(proof, anchorsPem, fail);
  const [request, response] = ["request", "response"].map((d) => proof.messages.find((m) => m.direction === d));
  if (!request) return { ok: false, faults: ["no request"], signers, stampedAt };
  const asked = readPart(request.headerPart);
  if (!asked) fail("request: not a header part");
  else {
    if (asked.only("x-road-request-id") !== proof.exchange) fail("request: another exchange");
    if (asked.only("x-road-client") !== proof.client) fail("request: another client");
    if (!asked.first[1].startsWith(`/r1/${proof.service}`)) fail("request: another service");
    if (asked.only("exchange-purpose") !== proof.purpose) fail("request: another purpose");
  }
  const answer = response && readPart(response.headerPart);
  if (response && asked) {
    if (answer?.only("x-road-request-hash") !== digestOf(request)) fail("response: answers another request");
    for (const name of ["x-road-id", "x-road-client", "x-road-request-id"])
      if (answer?.only(name) !== asked.only(name)) fail(`response: another ${name}`);
    if (answer?.only("x-road-service") !== proof.service) fail("response: another service");
  }
  for (const s of proof.statements ?? []) checkStatement(s, request, { anchors, anchorsPem, exchange: proof.exchange }, fail);
  return { ok: faults.length === 0, faults, signers, stampedAt };
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [proofFile, anchorsFile, ...rest] = process.argv.slice(2);
  if (!proofFile || !anchorsFile) {
    console.error("usage: node verify/exchange-proof.mjs proof.json anchors.pem [--request body] [--response body]");
    process.exit(2);
  }
  const bodies = {};
  for (let i = 0; i < rest.length; i += 2) bodies[rest[i].replace(/^--/, "")] = readFileSync(rest[i + 1]);
  const proof = JSON.parse(readFileSync(proofFile, "utf8"));
  const result = checkExchangeProof(proof, readFileSync(anchorsFile, "utf8"), bodies);
  for (const [direction, who] of Object.entries(result.signers)) console.log(`${direction}: signed by ${who}`);
  if (result.stampedAt) console.log(`time stamp: ${result.stampedAt.toISOString()}`);
  for (const fault of result.faults) console.log(`FAULT ${fault}`);
  console.log(result.ok ? "GENUINE" : "REFUSED");
  process.exit(result.ok ? 0 : 1);
}

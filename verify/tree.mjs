// A gateway's tree of exchanged messages: the entry is this message, its leaf is in the signed tree, the tree is under the time stamp.
import { createHash } from "node:crypto";
import { chainFault, checkHead } from "./head.mjs";
import { rootFromInclusion } from "./merkle.mjs";
import { readTimeStamp } from "./timestamp.mjs";

const sha512 = (bytes) => createHash("sha512").update(bytes).digest();
const hashName = "http://www.w3.org/2001/04/xmlenc#sha512";

/** The result of X-Road's hash chain over the batches' root (if any) and the head: the very bytes the time stamp covers. */
function resultOver(beside, checkpoint) {
  const single = (digest) =>
    Buffer.concat([Buffer.from("306d0440", "hex"), digest, Buffer.from([0x0c, hashName.length]), Buffer.from(`${hashName}0\0`)]);
  const head = single(sha512(checkpoint));
  const list = beside ? [Buffer.from("3081de", "hex"), single(beside), head] : [Buffer.from("306f", "hex"), head];
  return (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<ns2:HashChainResult URI="/ts-hashchain.xml#STEP0" ' +
    'xmlns="http://www.w3.org/2000/09/xmldsig#" xmlns:ns2="http://cyber.ee/hashchain">' +
    `<DigestMethod Algorithm="${hashName}"/><DigestValue>${sha512(Buffer.concat(list)).toString("base64")}</DigestValue></ns2:HashChainResult>`
  );
}

/** When a tree proof's time stamp says the head was there; undefined without. Faults are added. */
export function checkProof(proof, anchors, faults) {
  faults.push(...checkHead(proof.head, anchors).faults.map((fault) => `tree: ${fault}`));
  const leaf = Buffer.from(proof.leaf, "hex");
  const root = rootFromInclusion(
    leaf,
    proof.index,
    proof.head.size,
    proof.proof.map((hash) => Buffer.from(hash, "hex")),
  );
  if (!root?.equals(Buffer.from(proof.head.root, "hex"))) faults.push("tree: the proof does not lead to the signed root");
  if (proof.entry !== undefined) {
    const made = createHash("sha256").update(Buffer.of(0)).update(proof.entry).digest();
    if (!made.equals(leaf)) faults.push("tree: the entry shown is not the entry sealed");
  }
  if (!proof.stamp) return undefined;
  const data = Buffer.from(resultOver(proof.stamp.beside && Buffer.from(proof.stamp.beside, "base64"), proof.head.checkpoint));
  const stamp = readTimeStamp(Buffer.from(proof.stamp.token, "base64"), { data });
  const fault = stamp.fault ?? chainFault(stamp.chain, anchors, stamp.at);
  if (fault) faults.push(`tree: the time stamp does not hold: ${fault}`);
  return fault ? undefined : stamp.at;
}

/** The proof in a container: it must be about the container's own message. */
export function checkTree(proof, { files, signature, anchors }, result) {
  const faults = [];
  const at = checkProof(proof, anchors, faults);
  // the message stands by its own signature and time stamp: a tree whose signer you do not know adds nothing, and takes nothing away
  const stranger = faults.find((fault) => /^tree: the certificate .* leads to none of your anchors$/.test(fault));
  result.faults.push(...faults.filter((fault) => fault !== stranger));
  if (stranger) result.notes.push(`${stranger}: its place in the tree is not proven to you`);
  const fail = (text) => void result.faults.push(`tree: ${text}`);
  if (proof.entry === undefined) fail("the entry is missing");
  else {
    const entry = JSON.parse(proof.entry);
    const message = files.get("message.xml");
    if (message && entry.part !== sha512(message).toString("base64")) fail("the entry is about another message");
    if (entry.signature !== signature.value.toString("base64")) fail("the entry is about another signature");
    const body = signature.references.get("attachment1");
    if ((body?.digest.toString("base64") ?? undefined) !== entry.body) fail("the entry is about another body");
    result.entry = entry;
    const known = entry.configuration;
    if (known) result.notes.push(`the gateway asked by configuration ${known.version} of the directory, ${known.age} s old`);
  }
  result.notes.push(
    `leaf ${proof.index} of the tree ${proof.head.origin}, ${proof.head.size} leaves${at ? `, time stamp ${at.toISOString()}` : ""}`,
  );
}

/** An institution that signs with RSA beside one that signs with P-256: through two servers, both proofs judged by xmlsec1 and by a stranger. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { ask } from "#exchange";
import { exportMessage } from "../../modules/exchange/evidence/export.ts";
import { checkContainer } from "../../verify/asic-e.mjs";
import { sidesOf, twoServers } from "./two-servers.ts";

const lacking = ["xmlsec1", "unzip"].find((tool) => spawnSync(tool, ["--version"]).error);
const skip = lacking && !process.env.CI ? `${lacking} is missing: apt-get install ${lacking}` : false;
const dir = mkdtempSync(join(tmpdir(), "toguna-rsa-exchange-"));
const question = {
  client: "BF/GOV/MIN-JUSTICE/SERVICES",
  service: "BF/GOV/ONI/IDENTITE/persons",
  query: { nip: "1" },
  purpose: "criminal-record-extract",
};
let p, exchange, body;
before(async () => {
  p = await twoServers({ start: new Date(), env: { TOGUNA_SEAL_KEYS: "rsa3072" } });
  const answer = await ask(p.hj, question);
  assert.equal(answer.outcome, "answered", JSON.stringify(answer));
  exchange = answer.exchangeId;
  body = JSON.stringify(answer.body);
  await p.house.sweep("exchange.seal-log");
  await p.house.sweep("exchange.stamp-log");
});
after(async () => {
  await p.close();
  rmSync(dir, { recursive: true });
});

async function unpacked(direction) {
  const made = await p.house.transaction((ctx) => exportMessage(ctx, { exchange, side: "client", direction }), {
    institution: "bf-min-justice",
  });
  const at = mkdtempSync(join(dir, "c-"));
  writeFileSync(join(at, "c.asice"), made.bytes);
  execFileSync("unzip", ["-q", "c.asice"], { cwd: at });
  writeFileSync(join(at, "anchors.pem"), (await p.house.fetch("/trust/anchors.pem")).text);
  // a body is not kept for the proof: whoever received it lays it beside
  if (direction === "response") writeFileSync(join(at, "attachment1"), body);
  return { at, bytes: made.bytes };
}
const xmlsec = (at) =>
  spawnSync(
    "xmlsec1",
    "--verify --trusted-pem anchors.pem --enabled-key-data x509 --id-attr:Id SignedProperties --url-map:/message.xml message.xml --url-map:/attachment1 attachment1 META-INF/signatures.xml".split(
      " ",
    ),
    { cwd: at, encoding: "utf8" },
  ).status;

test("question signed with P-256, answer with RSA; both servers take and log both", async () => {
  assert.deepEqual(await sidesOf(p.house, exchange), ["client answered"]);
  assert.deepEqual(await sidesOf(p.gateway, exchange), ["provider answered"]);
  const { rows } = await p.gateway.owner(
    "select length(r.signature) as asked, length(o.signature) as answered from exchange.request r join exchange.outcome o using (exchange, side) where exchange = $1",
    [exchange],
  );
  assert.deepEqual(rows, [{ asked: 64, answered: 384 }]);
});

test("xmlsec1 and the stranger's verifier take both containers, and refuse them with one byte changed", { skip }, async () => {
  for (const [direction, method, kind] of [
    ["request", /xmldsig-more#ecdsa-sha256/, "ec"],
    ["response", /xmldsig-more#rsa-sha256/, "rsa"],
  ]) {
    const { at, bytes } = await unpacked(direction);
    const said = checkContainer(bytes, readFileSync(join(at, "anchors.pem"), "utf8"));
    assert.deepEqual(said.faults, []);
    assert.ok(said.stampedAt instanceof Date);
    const file = join(at, "META-INF/signatures.xml");
    const xml = readFileSync(file, "utf8");
    assert.match(xml, method);
    const leaf = /<ds:X509Certificate>([^<]+)</.exec(xml)[1];
    assert.equal(new X509Certificate(Buffer.from(leaf, "base64")).publicKey.asymmetricKeyType, kind);
    assert.equal(xmlsec(at), 0, direction);
    writeFileSync(
      file,
      xml.replace(/(<ds:SignatureValue[^>]*>.{9})(.)/, (_, head, c) => head + (c === "A" ? "B" : "A")),
    );
    assert.notEqual(xmlsec(at), 0, `${direction}: another signature`);
    writeFileSync(file, xml);
    writeFileSync(join(at, "message.xml"), `${readFileSync(join(at, "message.xml"), "latin1")}x`);
    assert.notEqual(xmlsec(at), 0, `${direction}: another message`);
  }
});

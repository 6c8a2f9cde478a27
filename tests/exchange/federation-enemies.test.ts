/** Who would like to be another instance, or another instance's member; and an instance that is late, silent, old or says too much. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import { ask } from "#exchange";
import { decideFederation, importAnchor, listFederations, openToInstance, readFederation, withdrawFederation } from "#exchange/api";
import { certify, judgeUnder, memberCertificates, sealFor, signConfiguration } from "#trust";
import { anchorText, type Anchor, type AnchorFile } from "../../modules/exchange/federation/anchor.ts";
import { type Document, headText, stray } from "../../modules/exchange/federation/document.ts";
import { ensureAnchor } from "../../modules/exchange/federation/own.ts";
import { configurationPath, question as asking, questionText } from "../../modules/exchange/federation/partner.ts";
import { hear } from "../../modules/exchange/federation/pull.ts";
import { checkMessage, signMessage } from "../../modules/exchange/gateway/signatures.ts";
import { noBody } from "../../modules/exchange/gateway/spool.ts";
import { deliverRemotely } from "../../modules/exchange/transport/deliver.ts";
import { client, federated, fingerprintOf, granted, type Instance, instance, question, service } from "./two-instances.ts";

let bf: Instance;
let tg: Instance;
let ids: { bf: string; tg: string };
before(async () => {
  ({ bf, tg, ids } = await federated());
  await granted(bf, undefined);
});
after(async () => {
  await bf?.close();
  await tg?.close();
});

const sign = async (one: Instance, bytes: Buffer) => {
  const { signature, certificate } = await signConfiguration(one.j, bytes);
  return { signature: Buffer.from(signature).toString("base64"), certificate };
};
/** The file as that instance's own key signs it, whatever it says. */
const forged = async (by: Instance, change: Partial<Anchor>): Promise<string> => {
  const own = JSON.parse((await ensureAnchor(by.j)).file.anchor) as Anchor;
  const anchor = JSON.stringify({ ...own, ...change });
  return JSON.stringify({ anchor, signatures: [await sign(by, anchorText(anchor))] } satisfies AnchorFile);
};

test("an anchor altered, unsigned, ours, shared, expired, of the future or no anchor at all is refused at the door", async () => {
  const refused = (file: string, why: RegExp) => assert.rejects(bf.world.call(importAnchor, { file }, { as: bf.first }), why);
  const good = JSON.parse(await tg.file()) as AnchorFile;
  const altered = { ...good, anchor: good.anchor.replace('"instance":"TG"', '"instance":"ML"') };
  await refused(JSON.stringify(altered), /anchor-not-signed/);
  await refused(JSON.stringify({ ...good, signatures: [{ ...good.signatures[0]!, signature: "AAAA" }] }), /anchor-not-signed/);
  for (const bad of [
    "{}",
    "not json at all",
    JSON.stringify({ ...good, more: 1 }),
    JSON.stringify({ anchor: "{}", signatures: good.signatures }),
  ])
    await refused(bad, /anchor-unreadable/);
  await assert.rejects(bf.world.call(importAnchor, { file: `{"anchor":"${"x".repeat(500_000)}"` }, { as: bf.first }), /invalid/);
  const own = JSON.parse(good.anchor) as Anchor;
  await refused(await forged(tg, { instance: "ML", authorities: [own.authorities[0]! + own.authorities[0]!] }), /anchor-unreadable/);
  await refused(await forged(tg, { instance: "ML" }), /anchor-ours/); // an authority speaks for one instance
  await refused(await forged(tg, { instance: "BF" }), /anchor-ours/);
  await refused(await forged(tg, { validUntil: "2026-01-01T00:00:00.000Z" }), /anchor-expired/);
  await refused(await forged(tg, { generatedAt: "2027-01-01T00:00:00.000Z" }), /anchor-expired/);
  await refused(await forged(tg, {}), /federation-exists/);
  await refused(await forged(tg, { sources: ["http://user@evil.example"] }), /anchor-unreadable/);
});

test("somebody else’s anchor under a good name goes no further than the telephone", async () => {
  const thief = await instance("tg", "tg-atd");
  try {
    // whoever stands in between puts his own keys under the name of a country bf does not know yet
    const file = await forged(thief, { instance: "ML" });
    const { id, fingerprint } = await bf.world.call(importAnchor, { file }, { as: bf.first });
    const decide = (o: object, as = bf.second) => bf.world.call(decideFederation, { id, outcome: "approved", ...o } as never, { as });
    await assert.rejects(decide({}), /fingerprint-differs/);
    await assert.rejects(decide({ fingerprint: await fingerprintOf(tg) }), /fingerprint-differs/);
    await assert.rejects(decide({ fingerprint: fingerprint.slice(0, 14) }), /fingerprint-differs/, "the beginning is not enough");
    await assert.rejects(decide({ fingerprint }, bf.first), /second-person/);
    const rightless = bf.world.clerk("bf-anptic", ["exchange.manage-federation"]);
    await assert.rejects(decide({ fingerprint }, rightless), /forbidden/);
    // imported is not believed: nothing is fetched, nothing is shown
    await bf.world.settle();
    assert.deepEqual(thief.road.asked, []);
    assert.deepEqual(await hear(bf.j, "ML", { fresh: true }), { ok: false, why: "no federation is approved" });
    const asked = JSON.stringify({ format: 1, from: "ML", to: "BF", version: 0, at: bf.world.clock.now().toISOString() });
    const body = JSON.stringify({ said: asked, ...(await sign(thief, questionText(asked))) });
    assert.equal((await bf.world.fetch(configurationPath, { method: "POST", body })).status, 401);
    await bf.world.call(decideFederation, { id, outcome: "refused", reason: "Empreinte inconnue" }, { as: bf.second });
    // and with keys of his own he is not the one that was approved
    const as = JSON.stringify({ format: 1, from: "TG", to: "BF", version: 0, at: bf.world.clock.now().toISOString() });
    const stolen = JSON.stringify({ said: as, ...(await sign(thief, questionText(as))) });
    assert.equal((await bf.world.fetch(configurationPath, { method: "POST", body: stolen })).status, 401);
  } finally {
    await thief.close();
  }
});

test("a question counts for its addressee, for five minutes, and only whole", async () => {
  const post = async (body: string) => (await bf.world.fetch(configurationPath, { method: "POST", body })).status;
  const good = await asking(tg.j, "BF", 0);
  assert.equal(await post(JSON.stringify(good)), 200);
  assert.equal(await post(JSON.stringify(await asking(tg.j, "ML", 0))), 401, "one meant for another instance");
  assert.equal(await post(JSON.stringify({ ...good, said: good.said.replace('"version":0', '"version":1') })), 401);
  for (const bad of ["", "[]", "{}", JSON.stringify({ ...good, more: 1 }), JSON.stringify({ ...good, said: "{" })])
    assert.equal(await post(bad), 422);
  assert.equal(await post("x".repeat(60_000)), 413);
  bf.world.clock.advance(301);
  assert.equal(await post(JSON.stringify(good)), 401, "played again later");
  bf.world.clock.advance(-301);
});

test("an old configuration, one for somebody else, one altered on the road: nothing of it is taken", async () => {
  const usual = bf.road.reply;
  const kept: string[] = [];
  bf.road.reply = (_path, body) => (kept.push(body), body);
  assert.ok((await hear(tg.j, "BF", { fresh: true })).ok);
  tg.world.clock.advance(1);
  bf.world.clock.advance(1);
  await bf.world.call(openToInstance, { instance: "TG", what: "BF/GOV/ONI/IDENTITE/cards", open: true }, { as: bf.first });
  bf.road.reply = usual;
  const newer = await hear(tg.j, "BF", { fresh: true });
  assert.ok(newer.ok && newer.changed);
  const seen = async () => (await tg.world.call(readFederation, { id: ids.tg }, { as: tg.first })).federation;
  const { version, heardAt } = await seen();
  const refused = async (reply: string, why: RegExp) => {
    bf.road.reply = (path, body) => (path === configurationPath ? reply : body);
    const heard = await hear(tg.j, "BF", { fresh: true });
    bf.road.reply = usual;
    assert.match((heard as { why?: string }).why ?? "taken", why);
    assert.deepEqual([(await seen()).version, (await seen()).heardAt], [version, heardAt]);
  };
  await refused(kept[0]!, /older/);
  const now = JSON.parse(
    (await bf.world.fetch(configurationPath, { method: "POST", body: JSON.stringify(await asking(tg.j, "BF", 0)) })).text,
  ) as {
    head: string;
    signature: string;
    certificate: string;
    document: string;
  };
  /** As the other instance's own key signs it. */
  const said = async (by: Instance, change: object, document: string) => {
    const sha256 = createHash("sha256").update(document).digest("hex");
    const head = JSON.stringify({ ...JSON.parse(now.head), version: 9, sha256, ...change });
    return JSON.stringify({ head, ...(await sign(by, headText(head))), document });
  };
  const document = JSON.stringify({ ...JSON.parse(now.document), version: 9 });
  await refused(JSON.stringify({ ...now, head: now.head.replace(/"version":\d+/, '"version":9') }), /key its anchor does not name/);
  await refused(await said(tg, {}, document), /key its anchor does not name/); // signed by another instance's key
  await refused(await said(bf, { audience: "ML" }, document), /for another/);
  await refused(await said(bf, { instance: "ML" }, document), /another instance/);
  await refused(await said(bf, { at: "2027-01-01T00:00:00.000Z" }, document), /clock/);
  await refused(await said(bf, { sha256: "0".repeat(64) }, document), /altered/);
  await refused(await said(bf, {}, JSON.stringify({ ...JSON.parse(document), instance: "TG" })), /another-instance/);
  await refused(await said(bf, {}, "{}"), /unreadable/);
  await refused("<html>", /answered 200/);
  const twice = await Promise.all([hear(tg.j, "BF", { fresh: true }), hear(tg.j, "BF", { fresh: true }), hear(tg.j, "BF")]);
  assert.ok(twice.every((one) => one.ok && !one.changed));
  await bf.world.call(openToInstance, { instance: "TG", what: "BF/GOV/ONI/IDENTITE/cards", open: false }, { as: bf.first });
});

test("a configuration that leaves its own house is refused whole: names, servers, certificates", async () => {
  const { rows } = await bf.world.owner("select document from exchange.federation_configuration");
  const d = rows[0].document as Document;
  const anchor = JSON.parse((await ensureAnchor(tg.j)).file.anchor) as Anchor;
  const o = { instance: "TG", audience: "BF", authorities: anchor.authorities };
  assert.equal(stray(d, o), undefined);
  await bf.world.transaction((ctx) => sealFor(bf.j, { id: "bf-oni", name: "ONI" }).then(() => ctx));
  const ours = (await bf.world.transaction((ctx) => memberCertificates(ctx))).seals[0]!.certificate;
  const member = { id: "BF/GOV/ONI", name: { fr: "x", en: "x" } };
  const say = (change: Partial<Document>) => stray({ ...d, ...change }, o);
  const [server] = d.servers;
  assert.equal(say({ members: [...d.members, member] }), "foreign-member");
  assert.equal(say({ members: [...d.members, { ...member, id: "TG/GOV/%41TD" }] }), "foreign-member", "one spelling only");
  assert.equal(say({ subsystems: [...d.subsystems, { ...member, id: "BF/GOV/MIN-JUSTICE/SERVICES" }] }), "foreign-subsystem");
  assert.equal(say({ subsystems: [...d.subsystems, { ...member, id: "TG/GOV/NOBODY/X" }] }), "foreign-subsystem");
  assert.equal(say({ servers: [{ ...server!, id: "BF/CENTRE" }] }), "foreign-server");
  assert.equal(say({ servers: [{ ...server!, address: "127.0.0.1:1/evil" }] }), "foreign-server");
  assert.equal(say({ servers: [{ ...server!, members: ["BF/GOV/ONI"] }] }), "foreign-member");
  assert.equal(say({ seals: [{ member: "BF/GOV/ONI", certificate: d.seals[0]?.certificate ?? ours }] }), "foreign-seal");
  assert.equal(
    say({ seals: [{ member: "TG/GOV/ATD", certificate: ours }] }),
    "foreign-certificate",
    "our authority certifies nobody of theirs",
  );
  assert.equal(say({ servers: [{ ...server!, certificates: [ours] }] }), "foreign-certificate");
  assert.equal(
    say({ seals: [{ member: "TG/GOV/ATD", certificate: server!.certificates[0]! }] }),
    "foreign-certificate",
    "a server's is no seal",
  );
  assert.equal(say({ rights: [{ service, subject: "TG/GOV/ATD/PORTAIL", methods: [], path: "/" }] }), "foreign-right");
});

test("neither authority can make a member of the other: not by a certificate, not by a name, not by a server", async () => {
  const part = `GET\r\n/r1/${service}\r\nX-Road-Client:${client}\r\n`;
  const at = bf.world.clock.now();
  const theirs = await signMessage(tg.j, { id: "tg-atd", name: "ATD" }, { part, bodyHash: undefined });
  await hear(bf.j, "TG", { fresh: true });
  assert.equal(await checkMessage(bf.j, theirs, "TG/GOV/ATD", at), true);
  assert.equal(await checkMessage(bf.j, theirs, "bf-oni", at), false, "under no name of ours");
  assert.equal(await checkMessage(bf.j, theirs, "TG/GOV/ARCEP", at), false, "for no other member");
  assert.equal(await checkMessage(bf.j, theirs, "ML/GOV/ATD", at), false);
  const ours = await signMessage(bf.j, { id: "bf-oni", name: "ONI" }, { part, bodyHash: undefined });
  assert.equal(await checkMessage(bf.j, ours, "TG/GOV/ATD", at), false, "our own seal speaks for nobody there");
  assert.equal(await checkMessage(tg.j, ours, "tg-atd", at), false);
  // a certificate with exactly their name, by our authority
  const request = await import("#trust").then(({ requestSeal }) => requestSeal(bf.j, { id: "TG/GOV/ATD", name: "ATD" }));
  const made = await certify(bf.j, { kind: "seal", subject: "TG/GOV/ATD", name: "ATD", csr: request.csr });
  const { anchors } = await tg.world.transaction((ctx) => memberCertificates(ctx));
  assert.equal(judgeUnder(anchors, made.certificate, at), undefined);
  assert.equal(await checkMessage(bf.j, { ...theirs, certificate: made.certificate, serial: made.serial }, "TG/GOV/ATD", at), false);
  // an unlisted certificate under their own authority
  const other = await signMessage(tg.j, { id: "tg-arcep", name: "ARCEP" }, { part, bodyHash: undefined });
  assert.equal(await checkMessage(bf.j, other, "TG/GOV/ARCEP", at), false, "its member was not opened to us");

  // their server, with a message in the name of a member of ours, well signed by whatever it can sign with
  const borrowed = (name: string) =>
    `GET\r\n/r1/${service}?nip=1\r\nX-Road-Client:${name}\r\nExchange-Purpose:identity-proof\r\nx-road-request-id:${tg.j.ids.uuid()}\r\nx-road-id:TG-1\r\n`;
  const send = async (name: string, by: string, change: object = {}) => {
    const signed = await signMessage(tg.j, { id: by, name: by }, { part: borrowed(name), bodyHash: undefined });
    const message = { ...signed, body: noBody, person: undefined, keep: false, verbatim: false, ...change };
    const delivered = await deliverRemotely(tg.j, message, { service, institution: "BF/GOV/ONI" });
    return delivered.kind === "refused" ? delivered.refusal.type : delivered.kind;
  };
  const hits = bf.system.hits.length;
  assert.match(await send("BF/GOV/MIN-JUSTICE/SERVICES", "tg-atd"), /invalid_client_identifier/);
  assert.match(await send("ML/GOV/ATD/PORTAIL", "tg-atd"), /unknown_member/);
  assert.match(await send("TG/GOV/ARCEP/NUMEROS", "tg-arcep"), /unknown_member/);
  assert.match(await send(client, "tg-arcep"), /invalid_signature/, "signed by another member of the same instance");
  assert.match(await send(client, "tg-atd", { signature: Buffer.alloc(64) }), /invalid_signature/);
  assert.equal(bf.system.hits.length, hits);
  assert.equal(await send(client, "tg-atd"), "answering");
});

test("an instance that never answers is given up, is old by policy after days, and its anchor ends", async () => {
  assert.equal((await ask(tg.j, question)).outcome, "answered");
  bf.road.silent = true;
  const impatient = { ...tg.j, signal: AbortSignal.timeout(300) };
  const heard = await hear(impatient, "BF", { fresh: true });
  assert.equal(heard.ok, false, JSON.stringify(heard));
  assert.equal((await ask(tg.j, question)).outcome, "answered", "what was heard before still counts");
  const day = 86_400;
  tg.world.clock.advance(6 * day);
  bf.world.clock.advance(6 * day);
  await hear(bf.j, "TG", { fresh: true });
  assert.equal((await ask(tg.j, question)).outcome, "answered", "six days without a word");
  tg.world.clock.advance(2 * day);
  bf.world.clock.advance(2 * day);
  const late = await ask(tg.j, question);
  assert.match((late as { type: string }).type, /global_conf_outdated/);
  const seen = await tg.world.call(listFederations, {}, { as: tg.first });
  assert.equal(seen.federations[0]!.outdated, true);
  bf.road.silent = false;
  assert.ok((await hear(tg.j, "BF", { fresh: true })).ok);
  await hear(bf.j, "TG", { fresh: true });
  assert.equal((await ask(tg.j, question)).outcome, "answered", "heard again, it goes on");
});

test("withdrawn is for good: nothing is shown, nothing passes, a new one begins with a file and two people", async () => {
  await bf.world.call(withdrawFederation, { id: ids.bf, reason: "Fin de la convention" }, { as: bf.first });
  await bf.world.settle();
  assert.equal((await ask(tg.j, question)).outcome, "unavailable");
  assert.match(((await hear(tg.j, "BF", { fresh: true })) as { why: string }).why, /partner-not-proved/);
  await assert.rejects(bf.world.call(withdrawFederation, { id: ids.bf, reason: "encore" }, { as: bf.first }), /federation-closed/);
  const next = await bf.world.call(importAnchor, { file: await tg.file() }, { as: bf.first });
  assert.equal(next.state, "waiting");
});

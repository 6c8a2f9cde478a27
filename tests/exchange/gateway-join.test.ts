/** How a server comes in, and how it learns the directory: two people, one token, one signed word that never goes back. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { after, before, test } from "node:test";
import { brotliDecompressSync } from "node:zlib";
import { bookOf, join, keepUp, pull, readToken } from "#exchange";
import {
  decideServer,
  inviteServer,
  listConfigurations,
  listInvitations,
  listServers,
  setOfflinePolicy,
  withdrawInvitation,
} from "#exchange/api";
import type { World } from "#kernel/testing";
import { signConfiguration, tlsIdentities } from "#trust";
import { dictionaryHeader, pressedBy, unpressed } from "../../modules/exchange/configuration/delta.ts";
import { signedText } from "../../modules/exchange/configuration/head.ts";
import { readVersion } from "../../modules/exchange/configuration/publish.ts";
import { proofHeaders } from "../../modules/exchange/servers/prove.ts";
import { pullConfiguration, renewCertificates, tellGateways } from "../../modules/exchange/servers/sweeps.ts";
import { gatewayId, gatewayWorld, houseWorld, listening, oni, tokenFrom, urlOf } from "./two-servers.ts";

let house: World;
let gateway: World;
const all = ["exchange.manage-servers", "exchange.approve-servers", "exchange.read-servers"];
before(async () => {
  house = await houseWorld();
  gateway = await gatewayWorld();
});
after(async () => {
  await gateway.close();
  await house.close();
});
const gj = () => gateway.kernel.jobContext("exchange.test");
const hj = () => house.kernel.jobContext("exchange.test");
const ask = (body: object) =>
  fetch(`${urlOf(house)}/exchange/join`, { method: "POST", body: JSON.stringify(body) }).then(async (r) => ({
    status: r.status,
    body: (await r.json()) as Record<string, string>,
  }));

test("one official invites, another admits: never the same one, and only the request whose fingerprint was read aloud", async () => {
  const [inviter, other] = [house.clerk("bf-anptic", all), house.clerk("bf-anptic", all)];
  const made = await house.call(inviteServer, { institution: oni, code: "SRV1" }, { as: inviter });
  assert.equal(made.invitation.state, "open");
  await assert.rejects(house.call(inviteServer, { institution: oni, code: "SRV1" }, { as: other }), /server-exists/);
  await assert.rejects(house.call(inviteServer, { institution: "bf-nobody", code: "SRV1" }, { as: inviter }), /not-member/);
  const { id } = made.invitation;
  await assert.rejects(house.call(decideServer, { id, outcome: "approved" }, { as: other }), /invitation-decided/, "nobody has asked yet");
  const token = { ...readToken(made.token)!, centre: urlOf(house) };

  const waiting = await join(gj(), { token, address: "127.0.0.1:0" });
  assert.ok(waiting?.state === "waiting", JSON.stringify(waiting));
  const { invitations } = await house.call(listInvitations, {}, { as: inviter });
  assert.equal(invitations[0]!.state, "waiting");
  assert.equal(invitations[0]!.fingerprint, waiting.fingerprint);
  assert.equal(invitations[0]!.mine, false);

  await assert.rejects(house.call(decideServer, { id, outcome: "approved" }, { as: inviter }), /second-person/);
  await assert.rejects(house.call(decideServer, { id, outcome: "approved", fingerprint: "000-000-000-000" }, { as: other }), /fingerprint/);
  const again = await join(gj(), { token, address: "127.0.0.1:0" });
  assert.ok(again?.state === "waiting" && again.fingerprint === waiting.fingerprint, "asked again, the request is the same one");
  await house.call(decideServer, { id, outcome: "approved", fingerprint: waiting.fingerprint }, { as: other });
  await house.settle();

  const done = await join(gj(), { token, address: "127.0.0.1:0" });
  assert.deepEqual(done, { state: "joined", server: gatewayId, institution: oni });
  assert.deepEqual(await join(gj(), { address: "127.0.0.1:0" }), done, "a second start needs no token");
  const { rows } = await gateway.owner(
    "select (select secret from exchange.joined) as secret, (select count(*)::int from trust.certificate where kind = 'issuing') as own",
  );
  assert.equal(rows[0].secret, "");
});

test("a stranger, a thief and a latecomer with a token are refused; what is not a request is told so", async () => {
  const pem = (await gateway.owner("select tls_csr as tls, seal_csr as seal from exchange.joined")).rows[0] as {
    tls: string;
    seal: string;
  };
  const { invitation, secret } = await tokenFrom(house, "SRV2");
  const request = { invitation, secret, address: "127.0.0.1:5501", ...pem };
  const refused = async (body: object, code: string) => {
    const r = await ask(body);
    assert.equal(r.body.code, code, JSON.stringify(r.body));
    assert.ok(r.status >= 400 && r.status < 500);
  };
  await refused({ ...request, secret: secret.replace(/^./, (c) => (c === "a" ? "b" : "a")) }, "exchange.token-refused");
  await refused({ ...request, invitation: "0199aaaa-0000-7000-8000-000000000009" }, "exchange.token-refused");
  for (const bad of [
    { ...request, address: "evil host:1" },
    { ...request, more: 1 },
    { ...request, tls: 1 },
    [],
    "x",
    { ...request, tls: "x".repeat(5000) },
  ])
    await refused(bad as object, "exchange.request-unreadable");
  assert.equal((await fetch(`${urlOf(house)}/exchange/join`, { method: "POST", body: "x".repeat(40_000) })).status, 413);
  house.clock.advance(8 * 86_400);
  await refused(request, "exchange.token-refused");
  house.clock.advance(-8 * 86_400);
  assert.equal((await ask(request)).status, 200);
  // the token was used: the thief's own keys are not admitted under it
  await refused({ ...request, seal: pem.tls }, "exchange.token-refused");
  const inviter = house.clerk("bf-anptic", all);
  const taken = await house.call(inviteServer, { institution: oni, code: "SRV3" }, { as: inviter });
  await house.call(withdrawInvitation, { id: taken.invitation.id }, { as: inviter });
  const third = readToken(taken.token)!;
  await refused({ ...request, invitation: third.invitation, secret: third.secret }, "exchange.token-refused");
  for (const who of [house.stranger, house.citizen(), house.clerk(oni)])
    await assert.rejects(house.call(inviteServer, { institution: oni, code: "SRV4" }, { as: who }));
});

const identity = async () => (await tlsIdentities(gj(), gatewayId))[0]!;
const reading = async (path: string) =>
  proofHeaders({ method: "GET", path, server: gatewayId, at: house.clock.now(), body: Buffer.alloc(0) }, (await identity()).key);
const signed = async (path: string, o: { body?: string; server?: string; at?: Date; method?: string } = {}) => {
  const body = Buffer.from(o.body ?? "");
  const method = o.method ?? "GET";
  const proof = proofHeaders({ method, path, server: o.server ?? gatewayId, at: o.at ?? house.clock.now(), body }, (await identity()).key);
  return fetch(urlOf(house) + path, { method, headers: { ...proof, "accept-encoding": "br" }, ...(method === "POST" ? { body } : {}) });
};

test("the directory is for registered servers only, packed, and not sent twice; a version rises only when something is new", async () => {
  const manager = house.clerk("bf-anptic", all);
  const versions = async () => (await house.call(listConfigurations, {}, { as: manager })).versions;
  assert.ok((await pull(gj())).ok);
  const before = await versions();
  const same = await pull(gj());
  assert.ok(same.ok && !same.changed);
  assert.equal((await versions())[0]!.version, before[0]!.version);
  const path = `/exchange/configuration/${before[0]!.version}`;
  const answer = await signed(path);
  const etag = answer.headers.get("etag")!;
  assert.equal(etag, `"${before[0]!.sha256}"`);
  const text = await answer.text();
  for (const secret of ["sandbox:", "base_url", "http://127.0.0.1", "PRIVATE"]) assert.ok(!text.includes(secret), secret);
  const proof = await reading(path);
  assert.equal((await fetch(urlOf(house) + path, { headers: { ...proof, "if-none-match": etag } })).status, 304);
  // packed: Node's fetch opens it, so it is asked for by hand
  const raw = await house.http.inject({ method: "GET", url: path, headers: { ...proof, "accept-encoding": "gzip, br" } });
  assert.equal(raw.headers["content-encoding"], "br");
  assert.ok(raw.rawPayload.length < text.length / 5, `${raw.rawPayload.length} of ${text.length} bytes`);
  assert.equal(brotliDecompressSync(raw.rawPayload).toString(), text);
  assert.equal((await fetch(urlOf(house) + path)).status, 401);
  assert.equal((await signed(path, { server: "BF/GOV/CNSS/SRV1" })).status, 401);
  assert.equal((await signed(path, { at: new Date(house.clock.now().getTime() - 6 * 60_000) })).status, 401);
  assert.equal((await signed("/exchange/configuration/999")).status, 404);
  assert.equal((await signed("/exchange/renew", { method: "POST", body: "{}" })).status, 422);
  assert.equal((await signed("/exchange/configuration/head", { method: "POST", body: "[]" })).status, 422);
});

test("an old word of the centre, an altered directory, somebody else's signature: refused, and the last good one stays in force", async () => {
  const known = bookOf(gj())!.configuration!.version;
  const old = (await gateway.owner("select head, signature, certificate from exchange.configuration_head")).rows[0] as {
    head: string;
    signature: Buffer;
    certificate: string;
  };
  const documentAt = async (version: number): Promise<Buffer> => (await readVersion(hj(), version))!.document;
  const oldDocument = await documentAt(known);
  await house.call(setOfflinePolicy, { dataClass: "ordinary", days: 9 }, { as: house.clerk("bf-anptic", all) });
  house.clock.advance(60);
  gateway.clock.advance(60);
  assert.ok((await pull(gj())).ok);
  const now = bookOf(gj())!.configuration!;
  assert.equal(now.version, known + 1);
  // who has the version before gets what changed since, and no more
  const path = `/exchange/configuration/${now.version}`;
  const asking = async (hash: Buffer) => {
    const can = { "accept-encoding": "dcz, br", "available-dictionary": dictionaryHeader(hash) };
    return house.http.inject({ method: "GET", url: path, headers: { ...(await reading(path)), ...can } });
  };
  const [sent, newDocument] = [await asking(createHash("sha256").update(oldDocument).digest()), await documentAt(now.version)];
  assert.ok(unpressed(oldDocument, sent.rawPayload)!.equals(newDocument), String(sent.headers["content-encoding"]));
  assert.ok(sent.rawPayload.length < 20_000, `${sent.rawPayload.length} of ${newDocument.length} bytes`);
  assert.equal((await asking(Buffer.alloc(32))).headers["content-encoding"], "br", "a dictionary nobody knows");
  let reply: (req: IncomingMessage, res: ServerResponse) => void = () => undefined;
  const liar = createServer((req, res) => reply(req, res));
  const url = await listening(liar);
  await gateway.owner("update exchange.joined set centre = $1", [url]);
  const head = JSON.parse(old.head) as { version: number; at: string; sha256: string };
  const refusedAs = async (fault: RegExp, signedHead: object, document: string | Buffer = "{}") => {
    reply = (req, res) => res.end(req.url === "/exchange/configuration/head" ? JSON.stringify(signedHead) : document);
    const pulled = await pull(gj());
    assert.ok(!pulled.ok && fault.test(pulled.why), JSON.stringify(pulled));
    assert.equal(bookOf(gj())!.configuration!.version, now.version);
  };
  const sign = async (text: string, as = hj()) => {
    const s = await signConfiguration(as, signedText(text));
    return { head: text, signature: Buffer.from(s.signature).toString("base64"), certificate: s.certificate };
  };
  try {
    await refusedAs(/older/, { ...old, signature: old.signature.toString("base64") }, oldDocument);
    const next = { ...head, version: now.version + 1, at: gateway.clock.now().toISOString() };
    await refusedAs(/altered/, await sign(JSON.stringify(next)), oldDocument.toString().replace("ordinary", "public"));
    await refusedAs(/unreadable/, await sign(JSON.stringify(next)), oldDocument);
    // a change that does not lead to what was signed is asked for again whole, and judged like that
    const asked: unknown[] = [];
    const nextHead = JSON.stringify(await sign(JSON.stringify(next)));
    reply = (req, res) => {
      if (req.url === "/exchange/configuration/head") return void res.end(nextHead);
      if (asked.push(req.headers["accept-encoding"]) > 1) res.end(oldDocument);
      else res.writeHead(200, { "content-encoding": "dcz" }).end(pressedBy(newDocument, Buffer.from("{}")));
    };
    assert.match(JSON.stringify(await pull(gj())), /"why":.*unreadable/);
    assert.deepEqual(asked, ["dcz, br, gzip", "br, gzip"]);
    await refusedAs(/older/, await sign(JSON.stringify({ ...next, at: new Date(now.at.getTime() - 1).toISOString() })));
    await refusedAs(/another-instance/, await sign(JSON.stringify({ ...next, instance: "TG" })));
    await refusedAs(
      /clock/,
      await sign(JSON.stringify({ ...next, at: new Date(gateway.clock.now().getTime() + 3_600_000).toISOString() })),
    );
    const good = await sign(JSON.stringify(next));
    await refusedAs(/signature/, { ...good, head: good.head.replace(/"version":\d+/, '"version":99') });
    const seal = (await house.owner("select der, chain from trust.certificate where kind = 'seal' limit 1")).rows[0] as {
      der: Buffer;
      chain: Buffer[];
    };
    const pem = (der: Buffer) => `-----BEGIN CERTIFICATE-----\n${der.toString("base64")}\n-----END CERTIFICATE-----\n`;
    const root = good.certificate.slice(good.certificate.lastIndexOf("-----BEGIN"));
    await refusedAs(/wrong-use/, { ...good, certificate: [seal.der, ...seal.chain].map(pem).join("") + root });
    // the gateway's own authority is nobody's to it
    await refusedAs(/unknown-issuer/, await sign(JSON.stringify(next), gj()));
    for (const junk of ["", "[]", "null", "{}", "x".repeat(100_000)]) {
      reply = (_req, res) => res.end(junk);
      assert.ok(!(await pull(gj())).ok);
    }
    reply = (_req, res) => void res.destroy();
    assert.ok(!(await pull(gj())).ok);
  } finally {
    liar.closeAllConnections();
    liar.close();
    await gateway.owner("update exchange.joined set centre = $1", [urlOf(house)]);
  }
  assert.ok((await pull(gj())).ok, "the true centre is heard again");
});

test("certificates are renewed before they end, both are good meanwhile, and nobody has to be asked", async () => {
  const days = 250;
  await keepUp(hj());
  for (const w of [house, gateway]) w.clock.advance(days * 86_400);
  const before = await identity();
  await renewCertificates.run(gj());
  const both = await tlsIdentities(gj(), gatewayId);
  assert.equal(both.length, 2);
  await pullConfiguration.run(gj());
  assert.equal(bookOf(gj())!.servers.get(gatewayId)!.certificates.length, 2);
  await keepUp(hj());
  const { servers } = await house.call(listServers, {}, { as: house.clerk("bf-anptic", all) });
  assert.equal(servers.find((s) => s.id === gatewayId)!.certificates.length, 2);
  const { currentIdentity } = await import("../../modules/exchange/servers/identity.ts");
  assert.equal((await currentIdentity(gj(), gatewayId))!.serial, before.serial, "others hear of the new one first");
  gateway.clock.advance(180);
  assert.notEqual((await currentIdentity(gj(), gatewayId))!.serial, before.serial);
  await renewCertificates.run(gj());
  assert.equal((await tlsIdentities(gj(), gatewayId)).length, 2, "once is enough");
});

test("the seal is renewed too, the house's own certificate with it; after years everybody is still who the directory says", async () => {
  const seals = async (w: World) =>
    (
      await w.owner(
        "select count(*)::int as n from trust.certificate where kind = 'seal' and subject = $1 and retired_at is null and key is not null",
        [oni],
      )
    ).rows[0].n as number;
  const all = async (w: World) =>
    (await w.owner("select count(*)::int as n from trust.certificate where kind = 'seal' and subject = $1", [oni])).rows[0].n as number;
  const before = await all(gateway);
  for (let i = 0; i < 3; i++) {
    for (const w of [house, gateway]) w.clock.advance(250 * 86_400);
    await renewCertificates.run(hj());
    await renewCertificates.run(gj());
    for (const w of [house, gateway]) w.clock.advance(180);
    const pulled = await pull(gj());
    assert.ok(pulled.ok, JSON.stringify(pulled));
    await keepUp(gj());
    await keepUp(hj());
  }
  assert.equal(await all(gateway), before + 1);
  assert.equal(await seals(gateway), 1, "one signs");
  const { servers } = await house.call(listServers, {}, { as: house.clerk("bf-anptic", ["exchange.read-servers"]) });
  for (const one of servers.filter((s) => !s.retiredAt && s.state !== "never")) assert.ok(one.certificates.length >= 1, one.id);
});

test("told by the centre, a gateway has the new directory without asking first", async () => {
  await house.call(setOfflinePolicy, { dataClass: "health", days: 2 }, { as: house.clerk("bf-anptic", ["exchange.manage-servers"]) });
  const known = bookOf(gj())!.configuration!.version;
  const news = () => bookOf(gj())!.configuration!.version !== known;
  // a word that did not reach is said again at the next look
  for (let look = 0; look < 5 && !news(); look++) {
    await tellGateways.run(hj());
    for (let i = 0; i < 250 && !news(); i++) await new Promise((go) => setTimeout(go, 20));
  }
  assert.equal(bookOf(gj())!.configuration!.version, known + 1);
});

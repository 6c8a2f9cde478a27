import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { after, before, beforeEach, describe, test } from "node:test";
import { chromium, type Browser, type CDPSession, type Page } from "playwright-core";
import type { Caller } from "#kernel";
import * as api from "../api.ts";
import { counterAgent, identityWorld, issouf, makeOfficial, mariam, officialPassword, problemOf, proven } from "../fixtures.ts";

const path = [process.env.CHROMIUM, "/usr/bin/chromium"].find((one) => one && existsSync(one));
const missing = path || process.env.CI ? false : "Chromium is needed for this test: apt-get install chromium, or set CHROMIUM to its path";

describe("passkeys in a real browser with a virtual authenticator", { skip: missing }, async () => {
  const port = await new Promise<number>((resolve) => {
    const s = createServer().listen(0, "127.0.0.1", () => {
      const { port } = s.address() as { port: number };
      s.close(() => resolve(port));
    });
  });
  const w = await identityWorld({ port });
  let browser: Browser;
  let page: Page;
  let cdp: CDPSession;
  let authenticator: string;
  before(async () => {
    await w.http.listen({ port, host: "localhost" });
    browser = await chromium.launch({
      executablePath: path as string,
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    });
    page = await (await browser.newContext()).newPage();
    await page.goto(`http://localhost:${port}/healthz`);
    cdp = await page.context().newCDPSession(page);
    await cdp.send("WebAuthn.enable");
    authenticator = await device();
  });
  after(async () => {
    await browser?.close();
    await w.close();
  });
  beforeEach(() => {
    w.outside.sim = {};
    w.clock.advance(86_400);
  });

  const device = async (): Promise<string> =>
    (
      await cdp.send("WebAuthn.addVirtualAuthenticator", {
        options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true },
      })
    ).authenticatorId;
  const fresh = async () => {
    await cdp.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId: authenticator });
    authenticator = await device();
  };
  const gesture = (kind: "create" | "get", options: string): Promise<string> =>
    page.evaluate(
      async ([kind, options]) => {
        const json = JSON.parse(options as string);
        const credential =
          kind === "create"
            ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(json) })
            : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(json) });
        return JSON.stringify((credential as PublicKeyCredential).toJSON());
      },
      [kind, options] as const,
    );
  const enrol = async (as: Caller, label = "mon téléphone") => {
    const begun = await w.call(api.beginPasskey, {}, { as });
    const response = await gesture("create", begun.options);
    return { ...(await w.call(api.finishPasskey, { challenge: begun.challenge, response, label }, { as })), begun, response };
  };
  const signIn = async () => {
    const begun = await w.call(api.beginPasskeySignIn, {});
    const response = await gesture("get", begun.options);
    return {
      challenge: begun.challenge,
      response,
      finish: () => w.call(api.finishPasskeySignIn, { challenge: begun.challenge, response }),
    };
  };

  test("enrolled by a proven session it signs in as substantial, and is the way back after a SIM theft", async () => {
    const { caller } = await proven(w, mariam);
    const { passkey } = await enrol(caller);
    const first = await (await signIn()).finish();
    assert.deepEqual([first.level, first.kind], ["substantial", "person"]);
    w.outside.sim["+22670000011"] = { kind: "changed", at: new Date(w.clock.now().getTime() + 1) };
    w.clock.advance(60);
    const thief = await w.signIn("+22670000011");
    assert.equal(thief.level, "low");
    const back = await (await signIn()).finish();
    assert.equal(back.level, "substantial");
    assert.equal((await w.as(first.token)).kind, "person", "the passkey's open session was not touched");
    const me = await w.as(back.token);
    assert.ok(me.kind === "person" && me.person !== null);
    // the thief, signed in by the number, can neither remove the way back nor throw the owner out
    const low = await w.as(thief.token);
    assert.equal((await problemOf(w.call(api.removePasskey, { passkey }, { as: low }))).code, "kernel.level-too-low");
    assert.equal((await problemOf(w.call(api.endSession, { session: me.session }, { as: low }))).code, "kernel.level-too-low");
    assert.equal((await problemOf(w.call(api.startPhoneChange, { phone: "+22670000777" }, { as: low }))).code, "kernel.level-too-low");
    // and a passkey the thief enrols is worth what the thief is
    await fresh();
    await enrol(low, "téléphone du voleur");
    assert.equal((await (await signIn()).finish()).level, "low");
    await w.call(api.removePasskey, { passkey }, { as: me });
    assert.equal((await w.as(back.token)).kind, "person", "the session that removes it goes on");
    assert.equal((await w.as(first.token)).kind, "stranger", "the removed passkey's other session ended");
    const view = await w.call(api.readMyAccount, {}, { as: me });
    assert.deepEqual(
      view.passkeys.map((p) => [p.label, p.level]),
      [["téléphone du voleur", "low"]],
    );
  });

  test("proven at a counter and held by its verified owner it is high; enrolled before the proof it stays low", async () => {
    await fresh();
    const early = await w.signIn("+22670000702");
    await enrol(await w.as(early.token), "avant");
    const agent = counterAgent(w, (await makeOfficial(w, "seydou.konate")).account);
    const { proofing } = await w.call(api.startProofing, { phone: "+22670000702", identityNumber: issouf.identityNumber }, { as: agent });
    await w.settle();
    const document = { kind: "CNIB", number: "B10000074", birthDate: "1988-11-02" };
    await w.call(api.concludeProofing, { proofing, code: w.lastCode("+22670000702"), document, samePerson: true }, { as: agent });
    assert.equal((await (await signIn()).finish()).level, "low");
    w.clock.advance(86_400);
    const proven = await w.signIn("+22670000702");
    assert.equal(proven.level, "substantial");
    await enrol(await w.as(proven.token), "après"); // on the same device
    assert.equal((await (await signIn()).finish()).level, "high");
  });

  test("an official's passkey is high and names nobody before it is used", async () => {
    await fresh();
    const made = await makeOfficial(w, "pauline.bamogo");
    const s = await w.call(api.signInOfficial, { username: "pauline.bamogo", password: officialPassword, code: made.code() });
    await enrol(await w.as(s.token));
    const begun = await w.call(api.beginPasskeySignIn, {});
    assert.ok(!/allowCredentials":\[\{/.test(begun.options));
    const out = await w.call(api.finishPasskeySignIn, { challenge: begun.challenge, response: await gesture("get", begun.options) });
    assert.deepEqual([out.kind, out.level], ["official", "high"]);
  });

  test("replayed, foreign, late, tampered and cloned answers are refused", async () => {
    await fresh();
    w.clock.advance(86_400 * 40);
    const { caller } = await proven(w, mariam);
    const mine = await enrol(caller);
    const refused = async (call: Promise<unknown>) => assert.equal((await problemOf(call)).code, "identity.passkey-refused");
    // registration: the same answer again, somebody else's challenge
    await refused(w.call(api.finishPasskey, { challenge: mine.begun.challenge, response: mine.response, label: "x" }, { as: caller }));
    const stranger = await w.as((await w.signIn("+22670000703")).token);
    const theirs = await w.call(api.beginPasskey, {}, { as: stranger });
    await refused(w.call(api.finishPasskey, { challenge: theirs.challenge, response: mine.response, label: "x" }, { as: caller }));
    await refused(w.call(api.finishPasskey, { challenge: theirs.challenge, response: mine.response, label: "x" }, { as: stranger }));
    // assertion: once only, for its own challenge, in time
    const good = await signIn();
    await good.finish();
    await refused(good.finish());
    const other = await w.call(api.beginPasskeySignIn, {});
    await refused(w.call(api.finishPasskeySignIn, { challenge: other.challenge, response: good.response }));
    const late = await signIn();
    w.clock.advance(301);
    await refused(late.finish());
    const back = await signIn();
    w.clock.advance(-60);
    await refused(back.finish());
    w.clock.advance(60);
    const tampered = await signIn();
    const json = JSON.parse(tampered.response);
    const signature = Buffer.from(json.response.signature, "base64url");
    signature[signature.length - 1] = (signature[signature.length - 1] as number) ^ 1;
    json.response.signature = signature.toString("base64url");
    await refused(w.call(api.finishPasskeySignIn, { challenge: tampered.challenge, response: JSON.stringify(json) }));
    const elsewhere = await signIn();
    const moved = JSON.parse(elsewhere.response);
    moved.response.clientDataJSON = Buffer.from(
      Buffer.from(moved.response.clientDataJSON, "base64url").toString().replace("http://localhost", "https://evil.example"),
    ).toString("base64url");
    await refused(w.call(api.finishPasskeySignIn, { challenge: elsewhere.challenge, response: JSON.stringify(moved) }));
    for (const response of [
      "{}",
      "null",
      "[]",
      "not json",
      '{"id":"x"}',
      JSON.stringify({ id: json.id, response: 7 }),
      `{"id":"${"A".repeat(9000)}"}`,
    ]) {
      const c = await w.call(api.beginPasskeySignIn, {});
      await refused(w.call(api.finishPasskeySignIn, { challenge: c.challenge, response }));
    }
    // a clone: another device already counted further
    await w.owner("update identity.passkey set counter = 100000 where removed_at is null");
    await refused((await signIn()).finish());
  });
});

import assert from "node:assert/strict";
import { after, beforeEach, test } from "node:test";
import * as client from "openid-client";
import { factsOf } from "#kernel";
import * as api from "../api.ts";
import { counterAgent, identityWorld, mariam, problemOf, proven } from "../fixtures.ts";
import { browserAt, freePort } from "./test-browser.ts";

const port = await freePort();
const w = await identityWorld({ port });
await w.http.listen({ port, host: "localhost" });
after(() => w.close());
beforeEach(() => w.clock.advance(1800)); // every test begins with full buckets
const origin = `http://localhost:${port}`;
const browser = browserAt(origin);
const callback = "http://127.0.0.1:7777/cb";
const manager = counterAgent(w, "00000000-0000-7000-8000-0000000000aa", "bf-cnss");

const register = (more: object = {}) =>
  w.call(
    api.registerClient,
    {
      name: { fr: "Caisse sociale", en: "Social fund" },
      purpose: { fr: "Ouvrir vos droits", en: "Open your rights" },
      redirectUris: [callback],
      scopes: ["openid", "profile", "offline_access"],
      level: "substantial",
      confidential: true,
      ...more,
    },
    { as: manager },
  );

const made = await register();
const config = await client.discovery(new URL(`${origin}/oidc`), made.client, made.secret, undefined, {
  execute: [client.allowInsecureRequests],
});

async function request(more: Record<string, string> = {}, c = config) {
  const verifier = client.randomPKCECodeVerifier();
  const state = client.randomState();
  const nonce = client.randomNonce();
  const url = client.buildAuthorizationUrl(c, {
    redirect_uri: callback,
    scope: "openid profile",
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state,
    nonce,
    ...more,
  });
  return { url, checks: { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce } };
}
const interactionOf = (url: string) => new URL(url).searchParams.get("interaction") as string;
const allow = async (page: string, token: string, decision: "allow" | "refuse" = "allow") =>
  (await w.call(api.answerInteraction, { interaction: interactionOf(page), decision }, { as: await w.as(token) })).next;

test("discovery says what is offered, at the configured origin whatever Host says", async () => {
  const meta = (await (await fetch(`${origin}/oidc/.well-known/openid-configuration`)).json()) as Record<string, unknown>;
  assert.equal(meta.issuer, `${origin}/oidc`);
  assert.equal(meta.token_endpoint, `${origin}/oidc/token`);
  assert.deepEqual(meta.code_challenge_methods_supported, ["S256"]);
  assert.deepEqual(meta.response_types_supported, ["code"]);
  assert.deepEqual(meta.subject_types_supported, ["pairwise"]);
  assert.deepEqual(meta.id_token_signing_alg_values_supported, ["ES256"]);
  const keys = (await (await fetch(`${origin}/oidc/jwks`)).json()) as { keys: Record<string, unknown>[] };
  assert.ok(keys.keys.every((k) => k.crv === "P-256" && !("d" in k)));
  const forged = await w.fetch("/oidc/.well-known/openid-configuration", {
    headers: { host: "evil.example", "x-forwarded-host": "evil.example" },
  });
  assert.ok(!forged.text.includes("evil.example"));
});

test("the whole way: sign in, consent, code with PKCE, tokens, claims, the read on record", async () => {
  const { session, caller } = await proven(w, mariam);
  const b = browser(session.token);
  const { url, checks } = await request();
  const page = await b.follow(url);
  assert.match(page, /\/connexion\/partage\?interaction=/);
  const view = await w.call(api.readInteraction, { interaction: interactionOf(page) }, { as: caller });
  assert.deepEqual(
    [view.application, view.institution, view.purpose, view.step, view.level, view.shares.length, view.redirectOrigin],
    ["Caisse sociale", "bf-cnss", "Ouvrir vos droits", "consent", "substantial", 3, "http://127.0.0.1:7777"],
  );
  const back = await b.follow(await allow(page, session.token));
  const tokens = await client.authorizationCodeGrant(config, new URL(back), checks);
  const claims = tokens.claims();
  assert.equal(claims?.acr, "substantial");
  assert.deepEqual(claims?.amr, ["otp", "sms"]);
  assert.ok(caller.kind === "person" && claims && claims.sub !== caller.account && claims.sub !== caller.person);
  assert.ok(!("name" in (claims ?? {})), "names are fetched, not scattered in tokens");
  const info = await client.fetchUserInfo(config, tokens.access_token, claims?.sub as string);
  assert.deepEqual([info.name, info.birthdate], ["Mariam Awa Nikiéma", "1994-03-12"]);
  const reads = await w.transaction((ctx) => factsOf(ctx, { subject: `person:${caller.person}`, types: ["kernel.personal-read"] }));
  assert.deepEqual([reads[0]?.institution, reads[0]?.data?.purpose], ["bf-cnss", "identity.sign-in-application"]);
  // a second time no consent is asked, and the same pseudonym comes back
  const again = await request();
  const direct = await b.follow(again.url);
  const second = await client.authorizationCodeGrant(config, new URL(direct), again.checks);
  assert.equal(second.claims()?.sub, claims?.sub);
  // a replayed code is refused, and what it gave is revoked
  const replay = client.authorizationCodeGrant(config, new URL(direct), again.checks);
  await assert.rejects(replay, (e: { error?: string }) => e.error === "invalid_grant");
  await assert.rejects(client.fetchUserInfo(config, second.access_token, claims?.sub as string));
});

test("no token, code or secret lies readable in the tables", async () => {
  const { session } = await proven(w, mariam);
  const b = browser(session.token);
  const { url, checks } = await request();
  let page = await b.follow(url);
  if (page.startsWith(origin)) page = await b.follow(await allow(page, session.token));
  const code = new URL(page).searchParams.get("code") as string;
  const tokens = await client.authorizationCodeGrant(config, new URL(page), checks);
  const dump = await w.owner("select string_agg(encode(payload, 'escape') || encode(id, 'escape'), '') as all from identity.oidc_item");
  const clients = await w.owner("select string_agg(encode(secret, 'escape'), '') as all from identity.oidc_client");
  const keys = await w.owner("select string_agg(encode(sealed, 'escape'), '') as all from identity.oidc_key");
  for (const secret of [code, tokens.access_token, made.secret as string, '"d":', "accountId"])
    for (const table of [dump, clients, keys]) assert.ok(!String(table.rows[0].all).includes(secret));
});

test("two exchanges of one code at once: one wins", async () => {
  const { session } = await proven(w, mariam);
  const b = browser(session.token);
  const { url, checks } = await request();
  let page = await b.follow(url);
  if (page.startsWith(origin)) page = await b.follow(await allow(page, session.token));
  const both = await Promise.allSettled([0, 1, 2].map(() => client.authorizationCodeGrant(config, new URL(page), checks)));
  assert.ok(both.filter((r) => r.status === "fulfilled").length <= 1, "never two");
});

test("wrong redirect, missing PKCE, plain PKCE, implicit flow, forged state, foreign verifier", async () => {
  const { session } = await proven(w, mariam);
  const b = browser(session.token);
  for (const more of [
    { redirect_uri: "http://127.0.0.1:7777/other" },
    { redirect_uri: "https://evil.example/cb" },
    { client_id: "nobody" },
  ]) {
    const { url } = await request();
    for (const [k, v] of Object.entries(more)) url.searchParams.set(k, v);
    const page = await b.visit(url);
    assert.equal(page.status, 400);
    assert.equal(page.location, null, "an address nobody registered gets nothing, not even an error");
    assert.match(page.text, /<h1>La connexion n’a pas pu aboutir<\/h1>/);
    assert.match(page.headers.get("content-security-policy") ?? "", /default-src 'none'/);
    assert.ok(!/https?:\/\/(?!evil|127)/.test(page.text.replaceAll(origin, "")), "nothing is loaded from elsewhere");
  }
  const noPkce = await request();
  noPkce.url.searchParams.delete("code_challenge");
  noPkce.url.searchParams.delete("code_challenge_method");
  assert.match(await b.follow(noPkce.url), /error=invalid_request/);
  const plain = await request({ code_challenge_method: "plain" });
  assert.match(await b.follow(plain.url), /error=invalid_request/);
  const implicit = await request({ response_type: "id_token" });
  assert.match(await b.follow(implicit.url), /error=un(supported_response_type|authorized_client)/);

  const { url, checks } = await request();
  let page = await b.follow(url);
  if (page.startsWith(origin)) page = await b.follow(await allow(page, session.token));
  await assert.rejects(client.authorizationCodeGrant(config, new URL(page), { ...checks, expectedState: "another" }));
  const foreign = { ...checks, pkceCodeVerifier: client.randomPKCECodeVerifier() };
  await assert.rejects(
    client.authorizationCodeGrant(config, new URL(page), foreign),
    (e: { error?: string }) => e.error === "invalid_grant",
  );
  const wrongSecret = await client.discovery(new URL(`${origin}/oidc`), made.client, "wrong-secret", undefined, {
    execute: [client.allowInsecureRequests],
  });
  await assert.rejects(
    client.authorizationCodeGrant(wrongSecret, new URL(page), checks),
    (e: { error?: string; status?: number }) => e.error === "invalid_client" || e.status === 401,
  );
});

test("a script in the error page stays text", async () => {
  const page = await browser().visit(`/oidc/auth?client_id=${encodeURIComponent("<script>alert(1)</script>")}`);
  assert.equal(page.status, 400);
  assert.ok(!page.text.includes("<script>"));
});

test("step-up: an application that needs more sends the person to raise her level, then lets her in", async () => {
  w.clock.advance(86_400);
  const open = await register({ level: "low", scopes: ["openid"], confidential: false });
  const publicConfig = await client.discovery(new URL(`${origin}/oidc`), open.client, undefined, client.None(), {
    execute: [client.allowInsecureRequests],
  });
  const low = await w.signIn("+22670000601");
  const b = browser(low.token);
  const first = await request({ scope: "openid" }, publicConfig);
  const consent = await b.follow(first.url);
  const back = await b.follow(await allow(consent, low.token));
  const tokens = await client.authorizationCodeGrant(publicConfig, new URL(back), first.checks);
  assert.equal(tokens.claims()?.acr, "low");
  const more = await request({ scope: "openid", acr_values: "substantial" }, publicConfig);
  const raise = await b.follow(more.url);
  assert.match(raise, /\/connexion\/partage\?interaction=[\w-]+$/);
  const view = await w.call(api.readInteraction, { interaction: interactionOf(raise) }, { as: await w.as(low.token) });
  assert.deepEqual([view.step, view.level], ["raise-level", "substantial"]);
  // she proves who she is meanwhile; the same request goes on with the new session
  w.outside.people.push({ ...mariam, identityNumber: "99000000000000601", phones: ["+22670000601"] });
  await w.call(
    api.requestRegisterProof,
    { identityNumber: "99000000000000601", birthDate: mariam.birthDate },
    { as: await w.as(low.token) },
  );
  await w.settle();
  const raised = await w.call(api.refreshSession, {}, { as: await w.as(low.token) });
  b.jar.set("toguna", { value: raised.token, path: "/" });
  let next = await b.follow(view.next);
  if (next.startsWith(origin)) next = await b.follow(await allow(next, raised.token));
  const better = await client.authorizationCodeGrant(publicConfig, new URL(next), more.checks);
  assert.equal(better.claims()?.acr, "substantial");
});

test("a level lost since is never asserted again: the protocol's session does not outlive ours", async () => {
  w.clock.advance(86_400);
  const { session } = await proven(w, mariam);
  const b = browser(session.token);
  const { url } = await request();
  let page = await b.follow(url);
  if (page.startsWith(origin)) page = await b.follow(await allow(page, session.token));
  assert.ok(page.startsWith(callback));
  w.clock.advance(5);
  await w.call(api.reportSimChange, {}, { as: await w.as(session.token) });
  assert.match(await b.follow((await request()).url), /\/connexion\/partage\?interaction=[\w-]+$/);
  await w.call(api.signOut, {}, { as: await w.as(session.token) });
  assert.match(await b.follow((await request()).url), /\/connexion\?interaction=[\w-]+$/);
  assert.match(await b.follow((await request({ prompt: "none" })).url), /error=login_required/);
});

test("refresh tokens serve an absent person until she takes her agreement back; nobody else can", async () => {
  w.clock.advance(31 * 86_400);
  const { session, caller } = await proven(w, mariam);
  const b = browser(session.token);
  const { url, checks } = await request({ scope: "openid profile offline_access", prompt: "consent" });
  const page = await b.follow(url);
  const back = await b.follow(await allow(page, session.token));
  const tokens = await client.authorizationCodeGrant(config, new URL(back), checks);
  const renewed = await client.refreshTokenGrant(config, tokens.refresh_token as string);
  const sub = tokens.claims()?.sub as string;
  assert.equal((await client.fetchUserInfo(config, renewed.access_token, sub)).name, "Mariam Awa Nikiéma");
  const list = await w.call(api.listMyApplications, {}, { as: caller });
  assert.deepEqual(
    list.applications.map((a) => [a.client, a.application, a.shares.length]),
    [[made.client, "Caisse sociale", 4]],
  );
  const other = await w.as((await w.signIn("+22670000604")).token);
  assert.deepEqual((await w.call(api.listMyApplications, {}, { as: other })).applications, []);
  assert.equal((await problemOf(w.call(api.endMyApplication, { client: made.client }, { as: other }))).code, "identity.client-unknown");
  await w.call(api.endMyApplication, { client: made.client }, { as: caller });
  await assert.rejects(client.fetchUserInfo(config, renewed.access_token, sub));
  await assert.rejects(
    client.refreshTokenGrant(config, tokens.refresh_token as string),
    (e: { error?: string }) => e.error === "invalid_grant",
  );
  assert.deepEqual((await w.call(api.listMyApplications, {}, { as: caller })).applications, []);
  assert.match(await b.follow((await request()).url), /\/connexion\/partage/, "she is asked again");
});

test("a person who refuses shares nothing", async () => {
  w.clock.advance(31 * 86_400);
  const { session } = await proven(w, mariam);
  const b = browser(session.token);
  const { url } = await request();
  const page = await b.follow(url);
  assert.match(await b.follow(await allow(page, session.token, "refuse")), /error=access_denied/);
});

test("somebody else's interaction: a link sent to a victim gives the sender nothing", async () => {
  const { session } = await proven(w, mariam);
  const attackers = await w.signIn("+22670000602");
  const attacker = browser(attackers.token);
  const { url } = await request({ scope: "openid" });
  const page = await attacker.follow(url); // attacker's own flow, held at the level step
  const uid = interactionOf(page);
  // the victim opens the link in her own browser: no cookie of this interaction, no way on
  const victim = browser(session.token);
  assert.match(await victim.follow(`/oidc/interaction/${uid}`), /\/connexion\?erreur=interaction$/);
  // and even an answer she was talked into giving is her session's, not the attacker's
  assert.equal(
    (await problemOf(w.call(api.answerInteraction, { interaction: uid, decision: "allow" }, { as: await w.as(session.token) }))).code,
    "identity.interaction-unknown",
  );
  assert.match(await attacker.follow(`/oidc/interaction/${uid}`), /\/connexion\/partage\?interaction=/);
  // held at consent, with a proven account of the attacker's own: the victim's "allow" is still not the attacker's
  w.clock.advance(1800);
  w.outside.people.push({ ...mariam, identityNumber: "99000000000000602", phones: ["+22670000603"] });
  const second = await proven(w, { ...mariam, identityNumber: "99000000000000602", phones: ["+22670000603"] });
  const thief = browser(second.session.token);
  const held = await thief.follow((await request()).url);
  await w.call(api.answerInteraction, { interaction: interactionOf(held), decision: "allow" }, { as: await w.as(session.token) });
  assert.match(await thief.follow(`/oidc/interaction/${interactionOf(held)}`), /\/connexion\/partage\?interaction=/);
  const forged = await attacker.visit(`/oidc/auth/${uid}`);
  assert.ok(forged.status >= 300 && !(forged.location ?? "").startsWith(callback));
});

/** Consent: what leaves only when the person concerned agreed, for this client, purpose and data, and has not taken it back. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import * as api from "#exchange/api";
import { type PersonCaller, factsOf } from "#kernel";
import { world, type World } from "#kernel/testing";
import { registry } from "#registry";
import { trust } from "#trust";
import { testKeys } from "#trust/conformance";
import { checkReceipt } from "../../verify/consent-receipt.mjs";
import { consentWorld, type ConsentWorld, nips } from "./consents.ts";

let all: ConsentWorld;
let w: World;
let mariam: PersonCaller;
let adama: PersonCaller;
let system: ConsentWorld["system"];
let says: ConsentWorld["says"];
let sent: ConsentWorld["sent"];
const client = "BF/GOV/MIN-FAMILLE/SOCIAL";
const service = "BF/GOV/SONABEL/ABONNES/electricity-contracts";
const purpose = "social-assistance";

before(async () => {
  all = await consentWorld();
  ({ w, mariam, adama, system, says, sent } = all);
});
after(() => all?.close());

const social = () => w.clerk("bf-min-famille", ["exchange.ask-consent"]);
const ask = (identityNumber: string, o: { present?: boolean; as?: ReturnType<typeof social> } = {}) =>
  w.call(api.askConsent, { client, service, purpose, identityNumber, present: o.present ?? false }, { as: o.as ?? social() });
const hers = (nip: string) => [{ contract: "S1", nip, meter: "M1", power: 3, state: "actif" }];
async function read(nip: string, consent?: string, more: Record<string, string> = {}, query = `?nip=${nip}`) {
  const r = await fetch(`${all.url}/r1/${service}${query}`, {
    headers: {
      "X-Road-Client": client,
      "Exchange-Purpose": purpose,
      ...(consent === undefined ? {} : { "Exchange-Consent": consent }),
      ...more,
    },
  });
  const text = await r.text();
  return { status: r.status, type: r.headers.get("x-road-error"), error: whyNot(text), leaned: r.headers.get("exchange-consent"), text };
}
/** Programs read X-Road's `access_denied`; which of our reasons it was is in its sentence. */
function whyNot(text: string): string | null {
  const { message = "" } = JSON.parse(text) as { message?: string };
  const sentences = { missing: /names none/, unfit: /not this person/, withdrawn: /taken her consent back/, expired: /come to its end/ };
  return Object.entries(sentences).find(([, words]) => words.test(message))?.[0] ?? (message || null);
}
const give = (id: string, as: PersonCaller) => w.call(api.giveConsent, { id }, { as });

test("without a consent nothing is asked; with hers, exactly what she agreed to leaves, and she sees the read under it", async () => {
  says.rows = hers(nips.mariam);
  const early = await read(nips.mariam);
  assert.deepEqual([early.type, early.error], ["server.clientproxy.access_denied", "missing"], "said by the client's own side");
  const { id, state } = await ask(nips.mariam);
  assert.equal(state, "asked");
  await w.settle();
  assert.match(sent.at(-1)!.text, /Ministère de la Famille.*accord/);
  assert.equal((await read(nips.mariam, id)).error, "unfit", "asked is not given");
  const [open] = (await w.call(api.myConsents, {}, { as: mariam })).consents;
  assert.deepEqual([open!.id, open!.state, open!.client.id, open!.days], [id, "asked", client, 90]);
  assert.deepEqual(open!.fields, ["Numéro d’identité", "Puissance (A)", "Situation"]);
  assert.match(open!.basis, /001-2021\/AN/);
  await give(id, mariam);
  const answered = await read(nips.mariam, id);
  assert.equal(answered.status, 200, answered.text);
  assert.equal(answered.leaned, `${id};age=0`, "the provider signs what it leaned on; a system cannot say it itself");
  assert.deepEqual(JSON.parse(answered.text), { rows: [{ nip: nips.mariam, power: 3, state: "actif" }] });
  const mine = await w.call(api.myConsent, { id }, { as: mariam });
  assert.equal(mine.consent.uses, 1);
  assert.deepEqual(
    mine.reads.map((one) => [one.consent, one.client.id]),
    [[id, client]],
  );
  assert.equal((await w.call(api.readsOfMe, {}, { as: mariam })).reads[0]!.consent, id);
  const told = await w.transaction((ctx) => factsOf(ctx, { subject: `person:${mariam.person}` }));
  for (const type of ["exchange.consent-asked", "exchange.consent-given", "exchange.answered"])
    assert.ok(
      told.some((one) => one.type === type && (one.data as { consent?: string }).consent === id),
      type,
    );
});

test("a consent serves nobody else, for nothing else, and no other person's data", async () => {
  const { id } = (await w.call(api.myConsents, {}, { as: mariam })).consents[0]!;
  const refused = async (call: Promise<{ error: string | null }>, which: string) => assert.equal((await call).error, which);
  says.rows = hers(nips.adama);
  await refused(read(nips.adama, id), "unfit");
  // the question names her, the answer somebody else too
  says.rows = [...hers(nips.mariam), ...hers(nips.adama)];
  await refused(read(nips.mariam, id), "unfit");
  says.rows = hers(nips.mariam);
  // invented, another's word, said twice, not a number at all
  for (const forged of [w.kernel.jobContext("x").ids.uuid(), "00000000-0000-0000-0000-000000000000", "yes", " "])
    await refused(read(nips.mariam, forged), "unfit");
  const twice = await fetch(`${all.url}/r1/${service}?nip=${nips.mariam}`, {
    headers: [
      ["X-Road-Client", client],
      ["Exchange-Purpose", purpose],
      ["Exchange-Consent", `${id}, ${id}`],
    ],
  });
  assert.equal(whyNot(await twice.text()), "unfit");
  // another client, another purpose, another service of the same right's kind
  for (const [column, value] of [
    ["client", "BF/GOV/DGI/IMMATRICULATION"],
    ["purpose", "pension"],
    ["service", "BF/GOV/ONEA/ABONNES/water-contracts"],
  ] as const) {
    const { rows: before } = await w.owner(`select ${column} from exchange.consent where id = $1`, [id]);
    await w.owner(`update exchange.consent set ${column} = $2 where id = $1`, [id, value]);
    await refused(read(nips.mariam, id), "unfit");
    await w.owner(`update exchange.consent set ${column} = $2 where id = $1`, [id, before[0][column]]);
  }
  // fewer data than the right names now: she agreed to no more
  await w.owner("update exchange.consent set fields = '{/rows/*/power}' where id = $1", [id]);
  assert.deepEqual(JSON.parse((await read(nips.mariam, id)).text), { rows: [{ power: 3 }] });
  await w.owner("update exchange.consent set fields = '{/rows/*/meter}' where id = $1", [id]);
  await refused(read(nips.mariam, id), "unfit");
  await w.owner("update exchange.consent set fields = '{/rows/*/nip,/rows/*/power,/rows/*/state}' where id = $1", [id]);
  assert.equal((await read(nips.mariam, id)).status, 200);
  // her word is hers: nobody else gives, refuses, takes back or reads it
  for (const contract of [api.giveConsent, api.refuseConsent, api.withdrawConsent, api.myConsent, api.readReceipt])
    await assert.rejects(w.call(contract, { id }, { as: adama }), /consent-unknown/);
  await assert.rejects(w.call(api.myConsents, {}, { as: social() as never }));
});

test("her copy is signed: whoever holds the root checks it alone; one changed letter breaks it", async () => {
  const { id } = (await w.call(api.myConsents, {}, { as: mariam })).consents[0]!;
  await w.settle();
  const { receipt } = await w.call(api.readReceipt, { id }, { as: mariam });
  assert.ok(receipt);
  const anchors = await (await w.http.inject({ url: "/trust/anchors.pem" })).body;
  const good = checkReceipt(receipt, anchors, w.clock.now());
  assert.deepEqual(good.faults, []);
  const record = good.record as { record_id: string; pii_principal_id: string; events: { event_state: string }[] };
  assert.deepEqual([record.record_id, record.pii_principal_id, record.events[0]!.event_state], [id, mariam.person, "given"]);
  assert.ok(!JSON.stringify(record).includes(nips.mariam), "no identity number in it");
  const forged = { ...record, pii_principal_id: adama.person };
  const payload = Buffer.from(JSON.stringify(forged)).toString("base64url");
  assert.ok(checkReceipt({ ...receipt, payload }, anchors, w.clock.now()).faults.length > 0);
  const other = await world({ modules: [registry, trust], drivers: [testKeys], country: "bf" });
  const foreign = (await other.http.inject({ url: "/trust/anchors.pem" })).body;
  assert.ok(checkReceipt(receipt, foreign, w.clock.now()).faults.length > 0, "another root");
  await other.close();
});

test("taken back, nothing leaves from that moment; given again it is another consent", async () => {
  const { id } = (await w.call(api.myConsents, {}, { as: mariam })).consents[0]!;
  // while the register is still answering
  system.removeAllListeners("request");
  let taken: Promise<unknown> | undefined;
  system.once("request", (_req, res) => {
    taken = w.call(api.withdrawConsent, { id }, { as: mariam }).then(() => {
      res.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ rows: says.rows }));
    });
  });
  assert.equal((await read(nips.mariam, id)).error, "withdrawn");
  await taken;
  system.on("request", (_req, res) => res.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ rows: says.rows })));
  assert.equal((await read(nips.mariam, id)).error, "withdrawn");
  await assert.rejects(w.call(api.withdrawConsent, { id }, { as: mariam }), /consent-not-given/);
  await assert.rejects(give(id, mariam), /consent-closed/);
  await w.settle();
  const { receipt } = await w.call(api.readReceipt, { id }, { as: mariam });
  const record = JSON.parse(Buffer.from(receipt!.payload, "base64url").toString()) as { events: { event_state: string }[] };
  assert.deepEqual(
    record.events.map((one) => one.event_state),
    ["given", "withdrawn"],
  );
  const again = await ask(nips.mariam);
  assert.notEqual(again.id, id);
  assert.equal((await ask(nips.mariam)).id, again.id, "one open question, however often it is asked");
  await w.call(api.refuseConsent, { id: again.id }, { as: mariam });
  assert.equal((await read(nips.mariam, again.id)).error, "unfit");
  await assert.rejects(give(again.id, mariam), /consent-closed/);
});

test("a consent ends on its day; a question nobody answered lapses", async () => {
  const { id } = await ask(nips.mariam);
  await give(id, mariam);
  const ends = new Date(w.clock.now().getTime() + 1000);
  await w.owner("update exchange.consent set until_at = $2 where id = $1", [id, ends]);
  assert.equal((await read(nips.mariam, id)).status, 200);
  w.clock.advance(1000);
  assert.equal((await read(nips.mariam, id)).error, "expired");
  const stateOf = async (which: string) => (await w.call(api.myConsent, { id: which }, { as: mariam })).consent.state;
  assert.equal(await stateOf(id), "expired");
  const next = await ask(nips.mariam);
  await w.owner("update exchange.consent set lapses_at = $2 where id = $1", [next.id, w.clock.now()]);
  await assert.rejects(give(next.id, mariam), /consent-closed/);
  assert.equal(await stateOf(next.id), "lapsed");
  assert.notEqual((await ask(nips.mariam)).id, next.id);
  assert.equal(await stateOf(next.id), "lapsed");
});

test("at a counter it is her code that agrees; an official alone can neither invent nor guess it", async () => {
  const asked = await ask(nips.adama, { present: true });
  await w.settle();
  const hers = sent.filter((one) => one.to === "+22670000013");
  assert.match(hers.at(-2)!.text, /accord pour lire/, "what for comes first");
  const code = /code (\d{6})/.exec(hers.at(-1)!.text)![1]!;
  const wrong = code === "000000" ? "000001" : "000000";
  const conclude = (typed: string, as = social()) => w.call(api.concludeConsent, { id: asked.id, code: typed }, { as });
  await assert.rejects(conclude(wrong), /code-wrong/);
  await assert.rejects(conclude(code, w.clerk("bf-oni", ["exchange.ask-consent"])), /consent-unknown/);
  await assert.rejects(conclude(code, w.clerk("bf-min-famille", [])));
  const done = await conclude(code);
  assert.deepEqual([done.state, done.how], ["given", "counter"]);
  await assert.rejects(conclude(code), /consent-closed/);
  says.rows = [{ contract: "S1", nip: nips.adama, power: 5, state: "actif" }];
  assert.equal((await read(nips.adama, asked.id)).status, 200);
  // the other way round: guesses run out
  await w.call(api.withdrawConsent, { id: asked.id }, { as: adama });
  const second = await ask(nips.adama, { present: true });
  await w.settle();
  const right = /code (\d{6})/.exec(sent.at(-1)!.text)![1]!;
  const guess = (typed: string) => w.call(api.concludeConsent, { id: second.id, code: typed }, { as: social() });
  for (let i = 0; i < 5; i++) await assert.rejects(guess(right === "111111" ? "222222" : "111111"), /code-(wrong|expired)/);
  await assert.rejects(guess(right), /code-expired/);
  // whoever put her number into another card gets the code, and gives nothing with it
  await w.owner("update exchange.consent set state = 'refused' where id = $1", [second.id]);
  says.sim = { kind: "changed", at: w.clock.now() };
  const stolen = await ask(nips.adama, { present: true });
  await w.settle();
  says.sim = { kind: "unsupported" };
  const got = /code (\d{6})/.exec(sent.at(-1)!.text)![1]!;
  await assert.rejects(w.call(api.concludeConsent, { id: stolen.id, code: got }, { as: social() }), /number-unsure/);
  // nobody known by that number has a telephone to read a code from
  await assert.rejects(ask("99190000000000001", { present: true }), /consent-no-phone/);
});

test("who may ask, for what, and how often", async () => {
  await assert.rejects(ask(nips.adama, { as: w.clerk("bf-sonabel", ["exchange.ask-consent"]) }), /consent-not-wanted/);
  const other = { client, service: "BF/GOV/CNSS/PRESTATIONS/pensions", purpose, identityNumber: nips.adama, present: false };
  await assert.rejects(w.call(api.askConsent, other, { as: social() }), /consent-not-wanted/, "the law asks for none there");
  await assert.rejects(w.call(api.askConsent, { ...other, service, purpose: "pension" }, { as: social() }), /consent-not-wanted/);
  await assert.rejects(w.call(api.askConsent, { ...other, service, identityNumber: "'; drop" }, { as: social() }));
  const { offers } = await w.call(api.listConsentOffers, {}, { as: social() });
  assert.deepEqual(offers.map((one) => one.service.id).sort(), ["BF/GOV/ONEA/ABONNES/water-contracts", service]);
  const { consents } = await w.call(api.listConsentsAsked, {}, { as: social() });
  assert.ok(consents.length >= 5, String(consents.length));
  assert.ok(consents.every((one) => !JSON.stringify(one).includes(nips.mariam)));
  assert.deepEqual((await w.call(api.listConsentsAsked, {}, { as: w.clerk("bf-oni", ["exchange.ask-consent"]) })).consents, []);
  // one person, again and again: she refuses, and is left in peace
  for (let i = 0; i < 10; i++) {
    const { id } = await ask("99190000000000003");
    await w.owner("update exchange.consent set state = 'refused' where id = $1", [id]);
  }
  await assert.rejects(ask("99190000000000003"), /consent-too-many/);
  // in bulk: the institution is stopped for the day
  await w.owner(
    `insert into exchange.consent (id, person, state, client, client_institution, service, institution, purpose, basis, days, asked_by, asked_at, lapses_at)
     select gen_random_uuid(), 'p' || n, 'asked', $1, 'bf-min-famille', $2, 'bf-sonabel', $3, '{"fr":"","en":""}', 90, 'x', $4, $4::timestamptz + interval '30 days'
     from generate_series(1, 500) n`,
    [client, service, purpose, w.clock.now()],
  );
  await assert.rejects(ask("99190000000000002"), /consent-too-many/);
});

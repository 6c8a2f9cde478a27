/** An official's answer goes the way of every answer: signed by the institution, logged by both sides, then handed over. */
import { type JobContext, job, sweep, T, work } from "#kernel";
import { consentHeaders, underConsent } from "../consent/check.ts";
import { clientOf, memberNames, serviceOf } from "../directory/store.ts";
import { failures } from "../errors.ts";
import { answeredByHand, failed, unanswered } from "../facts.ts";
import { accept } from "../gateway/ask.ts";
import { readRequest } from "../gateway/message.ts";
import { signAndLog } from "../gateway/seal.ts";
import { loggedResponse } from "../gateway/signed.ts";
import { released } from "../access/fields.ts";
import { unsealed } from "../log/at-rest.ts";
import { putOutcome, requestOf } from "../log/store.ts";
import { putTraffic } from "../log/store-traffic.ts";
import { messageDigest } from "../protocol/header.ts";
import { aboutAnswer, type HandAnswer, handRequest, lapsed, markDelivered } from "./store.ts";

export const deliverAnswer = job("exchange.deliver-answer", T.Object({ request: T.String() }), { retryLimit: 20, retryDelay: 2 });

const readAnswer = (bytes: Buffer): HandAnswer => JSON.parse(bytes.toString()) as HandAnswer;

const takenBack = {
  status: 422,
  body: { declined: "consent-withdrawn", note: "La personne a retiré son accord, ou il est arrivé à son terme." },
};

export const deliver = work(deliverAnswer, async (j: JobContext, { request }) => {
  const found = await j.transaction(
    async (ctx) => {
      const { db } = ctx;
      const hand = await handRequest(db, request);
      if (!hand || (hand.state !== "answered" && hand.state !== "declined")) return undefined;
      const answer = hand.answer ? readAnswer(unsealed(ctx, aboutAnswer(hand.id), hand.answer)) : hand.plainAnswer;
      if (!answer) return undefined;
      const [row, client, service, names] = [
        await requestOf(db, hand.exchange, "provider"),
        await clientOf(db, hand.client),
        await serviceOf(db, hand.service),
        await memberNames(db, [hand.institution]),
      ];
      if (!row || !client || !service) return undefined;
      // Signed already by a run that died before handing over: that signature is the one.
      const signed = await loggedResponse(ctx, hand.exchange);
      return { hand, answer, row, client, service, signed, providerName: names.get(hand.institution)?.fr ?? hand.institution };
    },
    { readOnly: true },
  );
  if (!found) return;
  const { hand, row, client, service } = found;
  const envelope = readRequest(row.headerPart)!;
  const under = found.signed ? undefined : await underConsent(j, envelope);
  // she took it back while the answer was being looked for: nothing of it leaves
  const answer = under === "over" ? takenBack : found.answer;
  const requestHash = messageDigest(row.headerPart, row.bodyHash ? { hash: row.bodyHash } : undefined).toString("base64");
  const person = hand.person ?? undefined;
  const body = Buffer.from(JSON.stringify(answer.body));
  const response =
    found.signed ??
    (await signAndLog(j, {
      envelope,
      service,
      providerName: found.providerName,
      clientInstitution: hand.clientInstitution,
      person,
      rights: hand.rights,
      status: answer.status,
      reason: "",
      headers: consentHeaders([["Content-Type", "application/json"]], under === "over" ? undefined : under),
      body,
      fields: answer.status === 200 ? released(answer.body) : [],
      hash: requestHash,
      by: "person",
      until: row.expires,
      keep: true,
      since: hand.askedAt,
    }));
  await accept(j, { envelope, client, service, person, requestHash }, response, async (ctx) => {
    await ctx.record(answeredByHand, `exchange-request:${hand.id}`, {
      request: hand.id,
      exchange: hand.exchange,
      service: hand.service,
      declined: hand.state === "declined",
    });
  });
  await j.transaction(({ db }) => markDelivered(db, hand.id), { institution: hand.institution });
});

/** A question nobody answered in its time lapses: the client is told, and may ask anew. */
export const lapse = sweep("exchange.hand-requests", { seconds: 60 }, async (j) => {
  await j.transaction(async (ctx) => {
    const at = ctx.clock.now();
    for (const hand of await lapsed(ctx.db, at)) {
      const row = { exchange: hand.exchange, at, outcome: "failed" as const, errorType: failures.unanswered, person: hand.person };
      await putOutcome(ctx.db, { ...row, side: "provider", institution: hand.institution });
      await putOutcome(ctx.db, { ...row, side: "client", institution: hand.clientInstitution });
      await putTraffic(ctx.db, { exchange: hand.exchange, at, outcome: "failed", errorType: failures.unanswered });
      const { exchange, client, service, purpose, issue, person } = hand;
      await ctx.record(failed, person === null ? `exchange:${exchange}` : `person:${person}`, {
        exchange,
        client,
        service,
        purpose,
        ...(issue === null ? {} : { issue }),
        type: failures.unanswered,
        outcome: "failed",
      });
      await ctx.record(unanswered, `exchange-request:${hand.id}`, { request: hand.id, exchange, service });
    }
  });
});

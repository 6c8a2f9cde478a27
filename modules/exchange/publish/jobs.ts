/** Descriptions are read outside of any transaction, and again each day: what narrows is taken over, what widens waits for a person. */
import { type Context, type JobContext, Problem, sweep, work } from "#kernel";
import { type Service, serviceOf } from "../directory/store.ts";
import { contentOf, make, type Pending } from "./content.ts";
import { describeOpenApi } from "./openapi.ts";
import { narrowed, unreadable } from "./facts.ts";
import { fetchDocument } from "./fetch.ts";
import { readDescriptionJob } from "./jobs-names.ts";
import { alreadyThere } from "./problems.ts";
import { digestOf, propose } from "./propose.ts";
import { tlsOf } from "./provider-tls.ts";
import { addressOf, differenceOf, isChange, widens } from "./rules.ts";
import * as store from "./store.ts";
import { descriptionOf, dueDescriptions, putDescription, tried } from "./store-description.ts";

const deadlineMs = 15_000;
const daily = 86_400_000;

export const readDescription = work(readDescriptionJob, (j: JobContext, { proposal, service }) =>
  proposal !== undefined ? first(j, proposal) : service !== undefined ? again(j, service) : Promise.resolve(),
);

const loopbackFits = (j: JobContext): boolean => j.config.demo || !j.config.production;

async function fetched(j: JobContext, url: string, tls: Service["tls"]) {
  // An address that was fit when it was written may no longer be one in a stricter installation.
  if (!addressOf(url, { loopback: loopbackFits(j) })) return { ok: false as const, fault: "not-reached" as const };
  return fetchDocument(url, { tls: await tlsOf(j, tls), loopback: loopbackFits(j), deadlineMs, signal: j.signal });
}

/** For a proposal that waits to be completed. */
async function first(j: JobContext, id: string): Promise<void> {
  const p = await j.transaction((ctx) => store.proposalOf(ctx.db, id), { readOnly: true });
  if (!p || p.state !== "reading" || p.url === null) return;
  const { typed, before } = p.content as Pending;
  const tls = {
    verify: typed.verifyTls ?? before?.verifyTls ?? true,
    ca: typed.ca ?? before?.ca ?? null,
    clientCertificate: typed.clientCertificate ?? before?.clientCertificate ?? false,
  };
  const got = await fetched(j, p.url, tls);
  await j.transaction(async (ctx) => {
    const fail = async (fault: string) => {
      await store.setProposal(ctx.db, id, { state: "failed", reason: fault });
      await ctx.record(unreadable, `institution:${p.institution}`, { service: p.about, fault });
    };
    if (!got.ok) return fail(got.fault);
    const read = describeOpenApi(got.text);
    if (!read.ok) return fail(read.fault);
    try {
      await store.fillProposal(ctx.db, id, make(ctx, typed, got.text, p.url!, before), got.text);
    } catch (error) {
      // The document says where its system answers: what it says there can be unfit as well.
      if (!(error instanceof Problem)) throw error;
      await fail("bad-server");
    }
  });
}

/** Of a published service. */
async function again(j: JobContext, id: string): Promise<void> {
  const found = await j.transaction(
    async ({ db }) => {
      const [service, description] = [await serviceOf(db, id), await descriptionOf(db, id)];
      return service && description?.url ? { service, description, url: description.url } : undefined;
    },
    { readOnly: true },
  );
  if (!found) return;
  const got = await fetched(j, found.url, found.service.tls);
  await j.transaction((ctx) => compare(ctx, found, got));
}

async function compare(
  ctx: Context,
  { service, description, url }: { service: Service; description: { digest: Buffer; fault: string | null }; url: string },
  got: Awaited<ReturnType<typeof fetched>>,
): Promise<void> {
  const { db } = ctx;
  const at = ctx.clock.now();
  const fail = async (fault: string) => {
    if (description.fault !== fault) await ctx.record(unreadable, `institution:${service.institution}`, { service: service.id, fault });
    await tried(db, service.id, at, fault);
  };
  if (!got.ok) return fail(got.fault);
  if (digestOf(got.text).equals(description.digest)) return void (await tried(db, service.id, at, null));
  const read = describeOpenApi(got.text);
  if (!read.ok) return fail(read.fault);
  const before = contentOf(service);
  // Only what is offered changes by itself; where the system answers is a person's to say.
  const after = { ...before, endpoints: read.described.endpoints, query: read.described.query, fields: read.described.fields };
  const difference = differenceOf(before, after);
  if (widens(difference)) {
    if (await store.waitingAbout(db, service.id)) return void (await tried(db, service.id, at, null));
    const p = { institution: service.institution, kind: "service-change" as const, about: service.id, content: after };
    try {
      await propose(ctx, { ...p, by: "system:refresh", document: got.text, url });
    } catch (error) {
      if (!alreadyThere.is(error)) throw error;
    }
    return void (await tried(db, service.id, at, null));
  }
  if (isChange(difference)) {
    await store.narrowService(db, service.id, after);
    await ctx.record(narrowed, `institution:${service.institution}`, {
      service: service.id,
      endpoints: difference.endpoints.removed.length,
      query: difference.query.removed.length,
      fields: difference.fields.removed.length,
    });
  }
  await putDescription(db, { service: service.id, url, document: got.text, digest: digestOf(got.text), at });
}

/** Each description is read again once a day. */
export const refreshDescriptions = sweep("exchange.refresh-descriptions", { seconds: 900 }, (j) =>
  j.transaction(async (ctx) => {
    for (const { service } of await dueDescriptions(ctx.db, new Date(ctx.clock.now().getTime() - daily), 50))
      await ctx.enqueue(readDescriptionJob, { service });
  }),
);

import { atLeast, forbidden, say, type Context, type InputOf, type OfficialCaller, type OutputOf } from "#kernel";
import { ownAccount, ownSession } from "../account/own.ts";
import type * as api from "../api.ts";
import { clientRegistered, clientRetired, shareAnswered } from "../facts.ts";
import { clientInvalid, clientUnknown, interactionUnknown } from "../problems.ts";
import { sealText } from "../secrets.ts";
import { findItem } from "./adapter.ts";
import { levelWanted, redirectsAcceptable, sharesOf } from "./rules.ts";
import { addClient, answerOf, clientById, clientsOf, consentsOf, endClient, putAnswer, removeGrant, type ClientRow } from "./store.ts";

function official(ctx: Context): OfficialCaller {
  if (ctx.caller.kind !== "official") throw forbidden();
  return ctx.caller;
}

export async function listClients(ctx: Context): Promise<OutputOf<typeof api.listClients>> {
  const rows = await clientsOf(ctx, official(ctx).institution);
  return {
    clients: rows.map((c) => ({
      client: c.id,
      name: { fr: c.name.fr, en: c.name.en },
      institution: c.institution,
      redirectUris: c.redirectUris,
      scopes: c.scopes as OutputOf<typeof api.listClients>["clients"][number]["scopes"],
      purpose: { fr: c.purpose.fr, en: c.purpose.en },
      level: c.level,
      createdAt: c.createdAt.toISOString(),
      ...(c.retiredAt ? { retiredAt: c.retiredAt.toISOString() } : {}),
    })),
  };
}

export async function registerClient(
  ctx: Context,
  input: InputOf<typeof api.registerClient>,
): Promise<OutputOf<typeof api.registerClient>> {
  const { institution } = official(ctx);
  if (!redirectsAcceptable(input.redirectUris, ctx.config.production))
    throw clientInvalid({
      fields: [
        {
          path: "redirectUris",
          message: {
            fr: "Il faut des adresses https d’un même hôte, sans fragment.",
            en: "https addresses of one host are needed, without fragment.",
          },
        },
      ],
    });
  if (!input.scopes.includes("openid") || (input.scopes.includes("profile") && !atLeast(input.level, "substantial")))
    throw clientInvalid({
      fields: [
        {
          path: "scopes",
          message: {
            fr: "Il faut « openid » ; l’identité demande le niveau substantiel.",
            en: "“openid” is needed; identity data need the substantial level.",
          },
        },
      ],
    });
  const id = ctx.ids.token(12);
  const secret = input.confidential ? ctx.ids.token() : undefined;
  const scopes = [...new Set(input.scopes)];
  await addClient(ctx, {
    id,
    institution,
    name: input.name,
    purpose: input.purpose,
    redirectUris: [...new Set(input.redirectUris)],
    scopes,
    level: input.level,
    secret: secret ? sealText(ctx, secret, `oidc-client:${id}`) : null,
  });
  await ctx.record(clientRegistered, `oidc-client:${id}`, { scopes, level: input.level });
  return { client: id, ...(secret ? { secret } : {}) };
}

export async function retireClient(ctx: Context, input: InputOf<typeof api.retireClient>) {
  if ((await endClient(ctx, input.client, official(ctx).institution)) !== 1) throw clientUnknown();
  await ctx.record(clientRetired, `oidc-client:${input.client}`, {});
  return {};
}

interface Asked {
  params: { client_id: string; scope?: string; acr_values?: string; redirect_uri?: string };
  prompt: { name: string };
  exp: number;
}

async function asked(ctx: Context, uid: string): Promise<{ item: Asked; client: ClientRow }> {
  const item = (await findItem(ctx, "Interaction", uid)) as unknown as Asked | undefined;
  const client = item ? await clientById(ctx, item.params.client_id) : undefined;
  if (!item || !client || client.retiredAt) throw interactionUnknown();
  return { item, client };
}

export async function readInteraction(
  ctx: Context,
  input: InputOf<typeof api.readInteraction>,
): Promise<OutputOf<typeof api.readInteraction>> {
  const { item, client } = await asked(ctx, input.interaction);
  const wanted = levelWanted(client.level, item.params.acr_values);
  return {
    interaction: input.interaction,
    application: say(client.name, ctx.lang),
    institution: client.institution,
    purpose: say(client.purpose, ctx.lang),
    step: await stepOf(ctx, input.interaction, item, wanted),
    level: wanted,
    shares: sharesOf(item.params.scope ?? "").map((text) => say(text, ctx.lang)),
    next: `/oidc/interaction/${input.interaction}`,
    redirectOrigin: URL.parse(item.params.redirect_uri ?? client.redirectUris[0] ?? "")?.origin ?? ctx.config.origin,
  };
}

async function stepOf(
  ctx: Context,
  uid: string,
  item: Asked,
  wanted: ClientRow["level"],
): Promise<OutputOf<typeof api.readInteraction>["step"]> {
  const c = ctx.caller;
  if (c.kind !== "person" && c.kind !== "official") return "sign-in";
  if (!atLeast(c.level, wanted)) return "raise-level";
  return item.prompt.name === "consent" && !(await answerOf(ctx, uid, c.session)) ? "consent" : "done";
}

/** The answer is this session's: in another browser, or after another sign-in, it does not count. */
export async function answerInteraction(
  ctx: Context,
  input: InputOf<typeof api.answerInteraction>,
): Promise<OutputOf<typeof api.answerInteraction>> {
  const { item, client } = await asked(ctx, input.interaction);
  if (item.prompt.name !== "consent") throw interactionUnknown();
  const session = ownSession(ctx);
  await putAnswer(ctx, input.interaction, session, input.decision);
  const c = ctx.caller;
  const subject = "person" in c && c.person ? `person:${c.person}` : `account:${"account" in c ? c.account : ""}`;
  await ctx.record(shareAnswered, subject, { client: client.id, decision: input.decision });
  return { next: `/oidc/interaction/${input.interaction}` };
}

export async function listMyApplications(ctx: Context): Promise<OutputOf<typeof api.listMyApplications>> {
  const account = await ownAccount(ctx);
  const seen = new Map<string, OutputOf<typeof api.listMyApplications>["applications"][number]>();
  for (const c of await consentsOf(ctx, account.id))
    if (!seen.has(c.client))
      seen.set(c.client, {
        client: c.client,
        application: say(c.name, ctx.lang),
        institution: c.institution,
        shares: sharesOf(c.scopes.join(" ")).map((text) => say(text, ctx.lang)),
        since: c.at.toISOString(),
      });
  return { applications: [...seen.values()] };
}

export async function endMyApplication(ctx: Context, input: InputOf<typeof api.endMyApplication>) {
  const account = await ownAccount(ctx);
  const mine = (await consentsOf(ctx, account.id)).filter((c) => c.client === input.client);
  if (mine.length === 0) throw clientUnknown();
  for (const c of mine) await removeGrant(ctx, c.grant);
  await ctx.record(shareAnswered, account.person ? `person:${account.person}` : `account:${account.id}`, {
    client: input.client,
    decision: "taken-back",
  });
  return {};
}

import { createHmac } from "node:crypto";
import Provider, { interactionPolicy, type Account as OidcAccount, type Configuration, type KoaContextWithOIDC } from "oidc-provider";
import { atLeast, type Level } from "#kernel";
import { accountById } from "../account/store.ts";
import { entryOf } from "../person/entry.ts";
import { adapterFor, here } from "./adapter.ts";
import { errorPage, errorPagePolicy } from "./error-page.ts";
import type { SigningKey } from "./keys.ts";
import { levels, levelWanted } from "./rules.ts";
import { clientById } from "./store.ts";

export const cookies = { session: "toguna-oidc", interaction: "toguna-oidc-interaction", resume: "toguna-oidc-resume" };
const minute = 60;
const hour = 3600;
const day = 86_400;

/** The level the running request needs of whoever is signed in here. */
export async function wantedFor(client: string, acrValues: string | undefined): Promise<Level> {
  const row = await here().transaction((ctx) => clientById(ctx, client), { caller: { kind: "system", module: "identity" } });
  return levelWanted(row?.level ?? "high", acrValues);
}

/**
 * Our session is the only one that counts: the protocol's own session is dropped by the gate when it says anything
 * else (see gate.ts). Here one check is added, the level; the library's own checks ask for sign-in and consent.
 */
function policy() {
  const { Check, base } = interactionPolicy;
  const list = base();
  const level = async (ctx: KoaContextWithOIDC) => {
    const { caller } = here();
    const wanted = await wantedFor(ctx.oidc.client?.clientId ?? "", ctx.oidc.params?.acr_values as string | undefined);
    return !("level" in caller) || !atLeast(caller.level, wanted);
  };
  list.get("login")?.checks.add(new Check("level", "a higher level of assurance is needed", "login_required", level));
  return list;
}

async function findAccount(
  _ctx: KoaContextWithOIDC,
  id: string,
  token?: { extra?: Record<string, unknown>; clientId?: string },
): Promise<OidcAccount | undefined> {
  const account = await here().transaction((ctx) => accountById(ctx, id), { caller: { kind: "system", module: "identity" } });
  if (!account) return undefined;
  return {
    accountId: id,
    async claims(use, scope) {
      const proven = atLeast((token?.extra?.acr as Level | undefined) ?? "low", "substantial");
      if (use !== "userinfo" || !scope.split(" ").includes("profile") || !proven) return { sub: id };
      if (account.kind === "official") return { sub: id, name: account.displayName ?? "" };
      return { sub: id, ...(await profileOf(account.person, token?.clientId)) };
    },
  };
}

/** A read like any other: the person finds the application's institution and reason in "who looked at my data". */
async function profileOf(person: string | null, client: string | undefined): Promise<Record<string, string>> {
  if (!person || !client) return {};
  const institution = (await here().transaction((ctx) => clientById(ctx, client), { caller: { kind: "system", module: "identity" } }))
    ?.institution;
  if (!institution) return {};
  return here().transaction(
    async (ctx) => {
      const entry = await entryOf(ctx, person);
      if (!entry) return {};
      await ctx.recordRead(person, "identity.sign-in-application", `identity.oidc:${client}`);
      const name = `${entry.givenNames} ${entry.familyName}`;
      return { name, given_name: entry.givenNames, family_name: entry.familyName, birthdate: entry.birthDate } as Record<string, string>;
    },
    { caller: { kind: "system", module: "identity", institution } },
  );
}

export function makeProvider(issuer: string, keys: readonly SigningKey[], secret: (name: string) => Uint8Array): Provider {
  const https = issuer.startsWith("https:");
  const options = { httpOnly: true, sameSite: "lax", secure: https, signed: true } as const;
  const configuration: Configuration = {
    adapter: adapterFor,
    jwks: { keys: [...keys] },
    clientDefaults: { id_token_signed_response_alg: "ES256" },
    enabledJWA: { idTokenSigningAlgValues: ["ES256"] },
    responseTypes: ["code"],
    scopes: ["openid", "profile", "offline_access"],
    claims: { openid: ["sub", "acr", "amr", "auth_time"], profile: ["name", "given_name", "family_name", "birthdate"] },
    acrValues: [...levels],
    subjectTypes: ["pairwise"],
    pairwiseIdentifier: (_ctx, account, client) =>
      createHmac("sha256", secret("identity.pairwise")).update(`${client.sectorIdentifier}\0${account}`).digest("base64url"),
    pkce: { required: () => true },
    cookies: { names: cookies, keys: [Buffer.from(secret("identity.oidc-cookies")).toString("base64url")], long: options, short: options },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      resourceIndicators: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      dPoP: { enabled: false },
      revocation: { enabled: true },
      userinfo: { enabled: true },
    },
    ttl: {
      AccessToken: 10 * minute,
      AuthorizationCode: minute,
      ClientCredentials: minute,
      Grant: 30 * day,
      IdToken: 10 * minute,
      Interaction: 30 * minute,
      RefreshToken: 30 * day,
      Session: 10 * hour,
    },
    interactions: { url: (_ctx, interaction) => `/oidc/interaction/${interaction.uid}`, policy: policy() },
    extraTokenClaims: (ctx, token) => ({ acr: acrOf(ctx, token) }),
    findAccount,
    renderError(ctx, out) {
      ctx.type = "html";
      ctx.set("content-security-policy", errorPagePolicy);
      ctx.body = errorPage(here().lang, out.error, out.error_description ?? "");
    },
  };
  const provider = new Provider(issuer, configuration);
  // host and scheme are set by the gate from the configured origin, never taken from the request
  provider.proxy = https;
  provider.on("server_error", (_ctx, error) => here().log.error({ error: error.stack ?? error.message }, "oidc"));
  return provider;
}

/** The level the person had when she signed in to this application, carried by the code and kept in its tokens. */
function acrOf(ctx: KoaContextWithOIDC, _token: unknown): string {
  const source = ctx.oidc.entities.AuthorizationCode ?? ctx.oidc.entities.RefreshToken;
  return (source as { acr?: string } | undefined)?.acr ?? ctx.oidc.acr ?? "low";
}

import type { IncomingMessage, ServerResponse } from "node:http";
import type Provider from "oidc-provider";
import { anyone, atLeast, gate, type Context, type GateContext } from "#kernel";
import { sessionById, type SessionRow } from "../session/store.ts";
import { current, findItem, keyOf } from "./adapter.ts";
import { signingKeys } from "./keys.ts";
import { cookies, makeProvider, wantedFor } from "./provider.ts";
import { addConsent, answerOf } from "./store.ts";

const providers = new Map<string, Provider>();
const asSystem = { caller: { kind: "system", module: "identity" } } as const;

/** One provider for one set of keys: after a rotation the next request gets a new one. */
async function providerFor(g: GateContext): Promise<Provider> {
  const keys = await g.transaction((ctx) => signingKeys(ctx), asSystem);
  const issuer = `${g.config.origin}/oidc`;
  const name = `${issuer} ${keys.map((k) => k.kid).join(" ")}`;
  let provider = providers.get(name);
  if (!provider) {
    if (providers.size >= 8) providers.clear();
    providers.set(name, (provider = makeProvider(issuer, keys, g.secret)));
  }
  return provider;
}

export const oidcGate = gate({
  id: "identity.oidc",
  method: "ALL",
  path: "/oidc/*",
  who: anyone(),
  node: (g, req, res) =>
    current.run(g, async () => {
      const provider = await providerFor(g);
      trustedAddress(g, req);
      const interaction = /^\/oidc\/interaction\/([\w-]{16,64})$/.exec((req.url ?? "").split("?")[0] as string)?.[1];
      if (interaction) return proceed(g, provider, interaction, req, res);
      if (/^\/oidc\/auth(\?|$)/.test(req.url ?? "")) await dropForeignSession(g, req);
      (req as { originalUrl?: string }).originalUrl = req.url ?? "";
      req.url = (req.url ?? "").slice("/oidc".length) || "/";
      await provider.callback()(req, res);
    }),
});

/** Addresses in answers come from the configured origin, whatever Host a request carries. */
function trustedAddress(g: GateContext, req: IncomingMessage): void {
  const origin = new URL(g.config.origin);
  req.headers.host = origin.host;
  delete req.headers["x-forwarded-host"];
  delete req.headers["x-forwarded-for"];
  if (origin.protocol === "https:") req.headers["x-forwarded-proto"] = "https";
  else delete req.headers["x-forwarded-proto"];
}

/**
 * The protocol's session lives in a cookie of its own. When it is not about the account signed in here now, at the
 * level it has now (signed out, another person on the same handset, a SIM reported), the request goes on without it.
 */
async function dropForeignSession(g: GateContext, req: IncomingMessage): Promise<void> {
  const header = req.headers.cookie ?? "";
  const id = new RegExp(`(?:^|;\\s*)${cookies.session}=([\\w-]+)`).exec(header)?.[1];
  if (!id) return;
  const stored = await g.transaction((ctx) => findItem(ctx, "Session", id), asSystem);
  const c = g.caller;
  if (stored && "account" in c && stored.accountId === c.account && stored.acr === c.level) return;
  req.headers.cookie = header
    .split(";")
    .filter((part) => !part.trim().startsWith(`${cookies.session}=`) && !part.trim().startsWith(`${cookies.session}.sig=`))
    .join(";");
}

/** One step at a time: sign in, raise the level, consent, back to the application; our pages do the asking. */
async function proceed(g: GateContext, provider: Provider, uid: string, req: IncomingMessage, res: ServerResponse): Promise<void> {
  // the interaction's own signed cookie must be in this browser: a link sent to somebody else ends here
  const details = await provider.interactionDetails(req, res).catch(() => undefined);
  if (!details || details.uid !== uid) return leave(res, "/connexion?erreur=interaction");
  const client = String(details.params.client_id);
  const wanted = await wantedFor(client, details.params.acr_values as string | undefined);
  const session = await ownSession(g);
  if (!session || (mustSignInAgain(details.prompt.reasons) && session.startedAt.getTime() < details.iat * 1000))
    return leave(res, `/connexion?interaction=${uid}`);
  if (!atLeast(session.level, wanted)) return leave(res, `/connexion/partage?interaction=${uid}`);
  if (details.prompt.name === "login") {
    const amr = { "phone-code": ["otp", "sms"], "password-totp": ["pwd", "otp"], passkey: ["hwk", "user"] }[session.method];
    const ts = Math.floor(session.startedAt.getTime() / 1000);
    const login = { accountId: session.account, acr: session.level, amr, ts, remember: false };
    return provider.interactionFinished(req, res, { login }, { mergeWithLastSubmission: false });
  }
  const answer = await g.transaction((ctx) => answerOf(ctx, uid, session.id), asSystem);
  if (!answer) return leave(res, `/connexion/partage?interaction=${uid}`);
  if (answer === "refuse") {
    const refused = { error: "access_denied", error_description: "the person refused to share" };
    return provider.interactionFinished(req, res, refused, { mergeWithLastSubmission: false });
  }
  const grant = new provider.Grant({ accountId: session.account, clientId: client });
  grant.addOIDCScope(String(details.params.scope ?? "openid"));
  const grantId = await grant.save();
  const scopes = String(details.params.scope ?? "openid").split(" ");
  await g.transaction((ctx) => addConsent(ctx, { grant: keyOf(grantId), account: session.account, client, scopes }), asSystem);
  return provider.interactionFinished(req, res, { consent: { grantId } }, { mergeWithLastSubmission: true });
}

/** `prompt=login` and `max_age` mean a sign-in made for this request, not one from this morning. */
function mustSignInAgain(reasons: readonly string[]): boolean {
  return reasons.includes("login_prompt") || reasons.includes("max_age");
}

async function ownSession(g: GateContext): Promise<SessionRow | undefined> {
  const c = g.caller;
  if (c.kind !== "person" && c.kind !== "official") return undefined;
  return g.transaction((ctx: Context) => sessionById(ctx, c.session), asSystem);
}

function leave(res: ServerResponse, location: string): void {
  res.writeHead(303, { location, "cache-control": "no-store" }).end();
}

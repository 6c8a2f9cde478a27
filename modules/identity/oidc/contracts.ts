/** Applications that sign in with us (OpenID Connect; the protocol itself is the gate at /oidc). */
import { T, anyone, contract, official, signedIn, type Static } from "#kernel";
import { manageClients } from "../permissions.ts";
import { At, LevelName, Nothing, Opaque } from "../shapes.ts";

const Scope = T.Union([T.Literal("openid"), T.Literal("profile"), T.Literal("offline_access")]);
export const ClientView = T.Object({
  client: T.String(),
  name: T.Object({ fr: T.String(), en: T.String() }),
  institution: T.String(),
  redirectUris: T.Array(T.String()),
  scopes: T.Array(Scope),
  /** Why it asks for personal data: shown on the consent page and in "who looked at my data". */
  purpose: T.Object({ fr: T.String(), en: T.String() }),
  level: LevelName,
  createdAt: At,
  retiredAt: T.Optional(At),
});
export type ClientView = Static<typeof ClientView>;

export const listClients = contract({
  id: "identity.list-clients",
  method: "GET",
  path: "/api/identity/oidc/clients",
  summary: "Applications of the official’s institution that sign in with us",
  who: official(manageClients),
  input: Nothing,
  output: T.Object({ clients: T.Array(ClientView) }),
});

const Words = T.Object({
  fr: T.String({ minLength: 1, maxLength: 200 }),
  en: T.String({ minLength: 1, maxLength: 200 }),
});
export const registerClient = contract({
  id: "identity.register-client",
  method: "POST",
  path: "/api/identity/oidc/clients",
  summary: "Register an application of one’s institution; a confidential one gets its secret once, here",
  who: official(manageClients),
  input: T.Object({
    name: Words,
    purpose: Words,
    redirectUris: T.Array(T.String({ minLength: 8, maxLength: 500 }), {
      minItems: 1,
      maxItems: 10,
    }),
    scopes: T.Array(Scope, { minItems: 1, maxItems: 3 }),
    level: LevelName,
    confidential: T.Boolean(),
  }),
  output: T.Object({ client: T.String(), secret: T.Optional(T.String()) }),
  once: false, // the answer may hold a secret
});

export const retireClient = contract({
  id: "identity.retire-client",
  method: "POST",
  path: "/api/identity/oidc/clients/{client}/retire",
  summary: "Stop an application from signing people in",
  who: official(manageClients),
  input: T.Object({ client: T.String({ maxLength: 64 }) }),
  output: Nothing,
});

/**
 * The application sent a browser to /oidc/auth; we sent it to `/connexion?interaction={uid}` (or, signed in already,
 * to `/connexion/partage?interaction={uid}`, whose `step` says what is missing). After sign-in, refresh or answer the page redirects to `next`.
 */
export const InteractionView = T.Object({
  interaction: Opaque,
  application: T.String(),
  institution: T.String(),
  purpose: T.String(),
  /** What the page must do: sign the person in, raise the level, or ask for consent; `done`: go to `next`. */
  step: T.Union([T.Literal("sign-in"), T.Literal("raise-level"), T.Literal("consent"), T.Literal("done")]),
  level: LevelName,
  /** What would be shared, one sentence each, in the caller's language. */
  shares: T.Array(T.String()),
  next: T.String(),
  /** Where the browser ends up: pages put it into `formAction`, else the browser's own policy stops the redirect. */
  redirectOrigin: T.String(),
});
export type InteractionView = Static<typeof InteractionView>;

export const readInteraction = contract({
  id: "identity.read-interaction",
  method: "GET",
  path: "/api/identity/oidc/interactions/{interaction}",
  summary: "What an application asks of the person who is signing in to it",
  who: anyone(),
  input: T.Object({ interaction: Opaque }),
  output: InteractionView,
});

export const answerInteraction = contract({
  id: "identity.answer-interaction",
  method: "POST",
  path: "/api/identity/oidc/interactions/{interaction}/answer",
  summary: "Consent to, or refuse, what the application asks; binds this session only",
  who: signedIn(),
  input: T.Object({
    interaction: Opaque,
    decision: T.Union([T.Literal("allow"), T.Literal("refuse")]),
  }),
  output: T.Object({ next: T.String() }),
});

export const listMyApplications = contract({
  id: "identity.list-my-applications",
  method: "GET",
  path: "/api/identity/me/applications",
  summary: "Applications I allowed to know me, still in force",
  who: signedIn(),
  input: Nothing,
  output: T.Object({
    applications: T.Array(
      T.Object({ client: T.String(), application: T.String(), institution: T.String(), shares: T.Array(T.String()), since: At }),
    ),
  }),
});

export const endMyApplication = contract({
  id: "identity.end-my-application",
  method: "POST",
  path: "/api/identity/me/applications/{client}/end",
  summary: "Take back what I allowed an application: its tokens end at once",
  who: signedIn(),
  input: T.Object({ client: T.String({ maxLength: 64 }) }),
  output: Nothing,
});

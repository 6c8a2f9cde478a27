import { AsyncLocalStorage } from "node:async_hooks";
import { createHash } from "node:crypto";
import { errors, type Adapter, type AdapterPayload, type ClientMetadata } from "oidc-provider";
import type { Context, GateContext } from "#kernel";
import { sealText, unsealText } from "../secrets.ts";
import { clientById, consumeItem, getItem, getItemByUid, putItem, removeByGrant, removeItem, type ClientRow, type Item } from "./store.ts";

/** The request being served: the library knows nothing of our contexts, so each of its calls finds its own here. */
export const current = new AsyncLocalStorage<GateContext>();

export function here(): GateContext {
  const g = current.getStore();
  if (!g) throw new Error("outside a request");
  return g;
}

export const keyOf = (id: string): Buffer => createHash("sha256").update(id).digest();

/** Sealed for its model: what was stored as a code cannot be put in the place of a session. */
function open(ctx: Pick<Context, "secret">, model: string, item: Item | undefined): AdapterPayload | undefined {
  if (!item) return undefined;
  const payload = JSON.parse(unsealText(ctx, item.payload, `oidc:${model}`)) as AdapterPayload;
  return item.consumedAt ? { ...payload, consumed: Math.floor(item.consumedAt.getTime() / 1000) } : payload;
}

export async function findItem(ctx: Context, model: string, id: string): Promise<AdapterPayload | undefined> {
  return open(ctx, model, await getItem(ctx, model, keyOf(id)));
}

export function clientMetadata(ctx: Pick<Context, "secret">, c: ClientRow): ClientMetadata {
  return {
    client_id: c.id,
    client_name: c.name.fr,
    redirect_uris: c.redirectUris,
    response_types: ["code"],
    grant_types: c.scopes.includes("offline_access") ? ["authorization_code", "refresh_token"] : ["authorization_code"],
    scope: c.scopes.join(" "),
    subject_type: "pairwise",
    id_token_signed_response_alg: "ES256",
    ...(c.secret
      ? { token_endpoint_auth_method: "client_secret_basic", client_secret: unsealText(ctx, c.secret, `oidc-client:${c.id}`) }
      : { token_endpoint_auth_method: "none" }),
  };
}

/** oidc-provider's storage on PostgreSQL; every call is a transaction of its own, as the library expects. */
export function adapterFor(model: string): Adapter {
  const work = <T>(fn: (ctx: Context) => Promise<T>): Promise<T> =>
    here().transaction(fn, { caller: { kind: "system", module: "identity" } });
  return {
    upsert: (id, payload, expiresIn) =>
      work((ctx) =>
        putItem(ctx, {
          model,
          id: keyOf(id),
          payload: sealText(ctx, JSON.stringify(payload), `oidc:${model}`),
          grant: payload.grantId ? keyOf(payload.grantId) : null,
          uid: payload.uid ? keyOf(payload.uid) : null,
          expiresAt: expiresIn ? new Date(ctx.clock.now().getTime() + expiresIn * 1000) : null,
        }),
      ),
    async find(id) {
      if (model !== "Client") return work((ctx) => findItem(ctx, model, id));
      return work(async (ctx) => {
        const client = await clientById(ctx, id);
        return client && !client.retiredAt ? (clientMetadata(ctx, client) as AdapterPayload) : undefined;
      });
    },
    findByUid: (uid) => work(async (ctx) => open(ctx, model, await getItemByUid(ctx, model, keyOf(uid)))),
    findByUserCode: async () => undefined, // the device flow is not offered
    async consume(id) {
      const won = await work((ctx) => consumeItem(ctx, model, keyOf(id)));
      if (won !== 1) throw new errors.InvalidGrant("already used");
    },
    destroy: (id) => work((ctx) => removeItem(ctx, model, keyOf(id))),
    revokeByGrantId: (grant) => work((ctx) => removeByGrant(ctx, keyOf(grant))),
  };
}

import { sweep } from "#kernel";
import { dropOldDevices } from "./account/store.ts";
import { dropOldChallenges } from "./challenge/store.ts";
import { dropOldProofings } from "./counter/store.ts";
import { dropOldBuckets } from "./limits/store.ts";
import { dropOldSessions } from "./session/store.ts";
import { dropOldItems } from "./oidc/store.ts";

const day = 86_400_000;

/** What has done its work is forgotten: nothing here is evidence, the facts are. */
export const tidy = sweep("identity.tidy", { seconds: 600 }, async (j) => {
  const now = j.clock.now().getTime();
  await j.transaction(async (ctx) => {
    await dropOldChallenges(ctx, new Date(now - day));
    await dropOldBuckets(ctx, new Date(now - 8 * day));
    await dropOldSessions(ctx, new Date(now - 30 * day));
    await dropOldProofings(ctx, new Date(now - 30 * day));
    await dropOldDevices(ctx, new Date(now - 400 * day)); // the life of the cookie
    await dropOldItems(ctx, new Date(now - day));
  });
});

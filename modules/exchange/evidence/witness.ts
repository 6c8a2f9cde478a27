/** What a gateway tells its centre of its tree with each look at the directory, and what the centre remembers of it. */
import { type JobContext, T, type Static } from "#kernel";
import { ShownTree, type SignedHead } from "../configuration/head.ts";
import { bookOf } from "../servers/book.ts";
import { ownLog } from "../servers/log-identity.ts";
import { compare, originOf, rootAt } from "./epoch.ts";
import { latestHead } from "./store.ts";
import { putWitnessed, type Seen, witnessedOf } from "./store-epochs.ts";

export const TreeReport = T.Object(
  {
    log: T.String({ pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" }),
    origin: T.String({ maxLength: 300, pattern: "^[^\\s+]+$" }),
    /** The newest head; absent while nothing is sealed. */
    head: T.Optional(ShownTree),
    /** What the centre said last that it had seen, as this log has it: only then a larger one takes its place. */
    over: T.Optional(ShownTree),
  },
  { additionalProperties: false },
);
const show = (s: Seen) => ({ size: s.size, root: s.root.toString("base64") });
const read = (s: Static<typeof ShownTree>): Seen => ({ size: s.size, root: Buffer.from(s.root, "base64") });

/** At the centre; the server is proved. Answers what was seen before. */
export async function witness(j: JobContext, server: string, r: Static<typeof TreeReport>): Promise<{ seen?: ReturnType<typeof show> }> {
  const institution = bookOf(j)?.servers.get(server)?.institution;
  if (!institution) return {};
  const { log, origin } = r;
  return j.transaction(async (ctx) => {
    const seen = await witnessedOf(ctx.db, { institution, log, origin });
    const follows = !seen || (r.over?.size === seen.size && seen.root.equals(Buffer.from(r.over.root, "base64")));
    if (r.head && r.head.size > (seen?.size ?? 0) && follows)
      await putWitnessed(ctx, { ...read(r.head), institution, log, origin, server });
    return seen ? { seen: show(seen) } : {};
  });
}

/** At the gateway: what is said of its own tree. */
export async function ownTree(j: JobContext, before: Seen | undefined): Promise<Static<typeof TreeReport>> {
  const log = await ownLog(j);
  return j.transaction(
    async (ctx) => {
      const origin = await originOf(ctx);
      const head = await latestHead(ctx.db);
      // a head of the epoch before is not this name's
      const own = head && head.origin === origin ? head : undefined;
      const root = before && own && (await rootAt(ctx, before.size));
      return { log, origin, ...(own ? { head: show(own) } : {}), ...(root ? { over: show({ size: before.size, root }) } : {}) };
    },
    { readOnly: true },
  );
}

/** What the centre answered; undefined: an older centre, which remembers nothing. */
export async function heed(j: JobContext, name: string, said: SignedHead["tree"]): Promise<Seen | undefined> {
  if (!said) return undefined;
  const seen = said.seen && read(said.seen);
  await compare(j, name, seen);
  return seen;
}

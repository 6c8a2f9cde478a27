/** What waits for another server, and what is done once it has it. */
import type { Context } from "#kernel";
import { certificateOf } from "../log/store.ts";
import { loggedAnswer } from "./answers.ts";
import { takeOut } from "./letters.ts";
import { emptyParcel, type Parcel } from "./parcel.ts";
import { kinOf } from "../servers/book.ts";
import { answersFor, endInbox, markTold } from "./store-inbox.ts";
import type { Holds } from "./store-parcels.ts";
import { owedTo, paid } from "./store-statements.ts";

/** One parcel's worth, before it is pressed: on 64 kbit/s some ten seconds. One message alone may be larger. */
const room = 256 * 1024;
const mostAnswers = 500;

/** `providers`: institutions that server answers for, when our messages to them shall go along; `except`: what another parcel holds. */
export async function gather(
  ctx: Context,
  server: string,
  providers: readonly string[] | undefined,
  o: { space?: number; except?: Holds } = {},
): Promise<{ parcel: Parcel; holds: Holds }> {
  const { db } = ctx;
  const parcel = emptyParcel();
  const holds: Holds = { messages: [], answers: [], statements: [] };
  const { space = room, except = holds } = o;
  let left = space;
  // what one of the institution's servers brought, any of them takes home
  const kin = kinOf(ctx, server);
  for (const one of await owedTo(db, kin, mostAnswers, except.statements)) {
    if (left <= 0) break;
    left -= one.text.length + 200;
    parcel.statements.push({ ...one, clientInstitution: one.clientInstitution });
    holds.statements.push(one.id);
  }
  for (const row of await answersFor(db, kin, mostAnswers, except.answers)) {
    if (left <= 0) break;
    const answer = await loggedAnswer(ctx, row.exchange, "provider");
    if (!answer) {
      // its body is gone by law: nobody can be given it any more
      await endInbox(db, { exchange: row.exchange, state: "answered", at: ctx.clock.now(), told: true });
      await markTold(db, kin, [row.exchange], ctx.clock.now());
      continue;
    }
    left -= answer.body.length + answer.part.length + 200;
    const { exchange, by, at, part, signature, serial, signedAt, body } = answer;
    parcel.answers.push({ exchange, by, at, part, signature: Buffer.from(signature), serial, signedAt, body });
    holds.answers.push(exchange);
  }
  if (providers && left > 0) {
    const out = await takeOut(ctx, providers, { room: left, except: except.messages });
    parcel.messages = out.letters;
    parcel.certificates = out.certificates;
    holds.messages = out.letters.map((one) => one.exchange);
  }
  for (const { serial } of [...parcel.statements, ...parcel.answers]) parcel.certificates[serial] ??= await certificateOf(db, serial);
  return { parcel, holds };
}

/** The other server has it all: answers are told, statements are paid. Messages are settled by its receipts alone. */
export async function settle(ctx: Context, server: string, holds: Holds): Promise<void> {
  const kin = kinOf(ctx, server);
  await markTold(ctx.db, kin, holds.answers, ctx.clock.now());
  await paid(ctx.db, kin, holds.statements);
}

/** The institution's side of works: what it was told, and where it wants to be told. */
import { normalPhone } from "#messages";
import { invalidInput, type Context, type InputOf, type OutputOf } from "#kernel";
import type * as api from "./contracts.ts";
import { contactChanged } from "./facts.ts";
import { contactFor, sendNotices } from "./notices.ts";
import { phaseOf } from "./rules.ts";
import * as store from "./store.ts";

type In<K extends keyof typeof api> = InputOf<(typeof api)[K]>;
type Out<K extends keyof typeof api> = Promise<OutputOf<(typeof api)[K]>>;

/** The caller's own institution; contracts let only officials in. */
const ownInstitution = (ctx: Context): string => (ctx.caller.kind === "official" ? ctx.caller.institution : "");

export async function listOwnWorks(ctx: Context): Out<"listOwnWorks"> {
  const rows = await store.noticesFor(ctx, ownInstitution(ctx), 30);
  return {
    works: rows.map((n) => ({
      number: n.number,
      kind: n.kind,
      effect: n.effect,
      starts: n.starts.toISOString(),
      ends: n.ends.toISOString(),
      phase: phaseOf(n, ctx.clock.now()),
      subject: ctx.say(n.subject),
      body: ctx.say(n.body),
      ...(n.sent_at ? { sentAt: n.sent_at.toISOString() } : {}),
    })),
  };
}

export async function readContact(ctx: Context): Out<"readContact"> {
  const c = await contactFor(ctx, ownInstitution(ctx));
  return { ...(c?.email ? { email: c.email } : {}), ...(c?.phone ? { phone: c.phone } : {}), lang: c?.lang ?? "fr" };
}

const wrong = (path: string, fr: string, en: string) => invalidInput({ fields: [{ path, message: { fr, en } }] });

export async function changeContact(ctx: Context, q: In<"changeContact">): Out<"changeContact"> {
  const institution = ownInstitution(ctx);
  const [email, phone] = [q.email?.trim() || null, q.phone?.trim() || null];
  if (!email && !phone) throw wrong("email", "Donnez une adresse ou un numéro.", "Give an address or a number.");
  if (email && !/^[^\s@<>,;:"()[\]\\]+@[^\s@<>,;:"()[\]\\]+\.[^\s@<>,;:"()[\]\\.]{2,}$/u.test(email))
    throw wrong("email", "Cette adresse n’en est pas une.", "This is no address.");
  const number = phone && normalPhone(ctx.country.phone, phone);
  if (phone && !number) throw wrong("phone", "Ce numéro n’en est pas un.", "This is no number.");
  await store.keepContact(ctx, { institution, email, phone: number || null, lang: q.lang }, ctx.clock.now());
  const due = await store.retryUnaddressed(ctx, institution, ctx.clock.now());
  if (due) await ctx.enqueue(sendNotices, { work: "" });
  await ctx.record(contactChanged, `network:contact:${institution}`, {
    institution,
    ways: [...(email ? ["email"] : []), ...(number ? ["sms"] : [])],
  });
  return { due };
}

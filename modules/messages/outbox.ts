// What neighbours call: a message is a row of their own transaction; a job carries it once that has committed.
import { createHash } from "node:crypto";
import { type Context, type Lang, type Text, say } from "#kernel";
import { deliver } from "./jobs.ts";
import { normalPhone } from "./phone.ts";
import { emptyMessage, invalidEmail, invalidNumber, tooLong } from "./problems.ts";
import { EXPIRE_SECONDS, SECRET_EXPIRE_SECONDS, isSettled } from "./rules.ts";
import { cheapest, smsCost } from "./sms.ts";
import * as store from "./store.ts";

/** Words to send; `plain` is an approved wording in the GSM alphabet, used when it is cheaper. */
export type SmsText = Text | { text: Text; plain?: Text };

interface Common {
  lang: Lang;
  /** Pseudonymous person id: her own messages are hers to see. */
  person?: string;
  institution?: string;
  /** The same ref is the same message: it goes out once. */
  ref?: string;
  /** It holds a code: the body is erased once delivered or expired, and shown to no official. */
  secret?: boolean;
  expireSeconds?: number;
}
export type Sms = Common & { to: string; text: SmsText };
export type Email = Common & { to: string; subject: Text; text: Text };

/** A ref always gives the same id, so that a repeat meets the row it repeats without being allowed to read it. */
const idOf = (ctx: Context, channel: string, ref: string | undefined): string => {
  if (ref === undefined) return ctx.ids.uuid();
  const h = createHash("sha256").update(`${channel}\0${ref}`).digest("hex");
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-8${h.slice(13, 16)}-8${h.slice(17, 20)}-${h.slice(20, 32)}`;
};

const put = async (
  ctx: Context,
  o: Common,
  m: Pick<store.NewMessage, "channel" | "address" | "subject" | "body" | "encoding" | "parts">,
): Promise<{ id: string; parts: number }> => {
  const createdAt = ctx.clock.now();
  const id = idOf(ctx, m.channel, o.ref);
  const isNew = await store.insert(ctx.db, {
    ...m,
    id,
    lang: o.lang,
    secret: o.secret ?? false,
    person: o.person ?? null,
    institution: o.institution ?? null,
    createdAt,
    expiresAt: new Date(createdAt.getTime() + (o.expireSeconds ?? (o.secret ? SECRET_EXPIRE_SECONDS : EXPIRE_SECONDS)) * 1000),
  });
  if (isNew) await ctx.enqueue(deliver, { id });
  return { id, parts: m.parts };
};

const MAX_PARTS = 10;

export const sendSms = async (ctx: Context, o: Sms): Promise<{ id: string; parts: number }> => {
  const address = normalPhone(ctx.country.phone, o.to);
  if (address === undefined) throw invalidNumber();
  const words = "text" in o.text && typeof o.text.text === "object" ? (o.text as { text: Text; plain?: Text }) : { text: o.text as Text };
  const plain = words.plain === undefined ? undefined : say(words.plain, o.lang);
  // A text without this language falls back to French, and is folded as French.
  const lang = words.text[o.lang] === undefined ? "fr" : o.lang;
  const body = cheapest(say(words.text, o.lang).trim(), lang, plain);
  const { encoding, parts } = smsCost(body);
  if (parts === 0) throw emptyMessage();
  if (parts > MAX_PARTS) throw tooLong();
  return put(ctx, o, { channel: "sms", address, subject: null, body, encoding, parts });
};

/** One address, no header tricks: a line break in it would be a second header. */
const isEmail = (address: string): boolean =>
  address.length <= 254 && /^[^\s@<>,;:"()[\]\\]+@[^\s@<>,;:"()[\]\\]+\.[^\s@<>,;:"()[\]\\.]{2,}$/u.test(address);

export const sendEmail = async (ctx: Context, o: Email): Promise<{ id: string }> => {
  if (!isEmail(o.to)) throw invalidEmail();
  const subject = say(o.subject, o.lang)
    .replace(/[\r\n]+/g, " ")
    .trim();
  const body = say(o.text, o.lang).trim();
  if (body === "" || subject === "") throw emptyMessage();
  const { id } = await put(ctx, o, { channel: "email", address: o.to, subject, body, encoding: "utf8", parts: 1 });
  return { id };
};

/** A message again, as a new one; false when nothing is left to send. */
export const sendAgain = async (ctx: Context, id: string): Promise<string | undefined> => {
  const m = await store.visible(ctx.db, id);
  if (m === undefined || m.body === null || m.secret || !isSettled(m.state)) return undefined;
  const { channel, address, subject, body, encoding, parts, lang, person, institution } = m;
  const again = await put(
    ctx,
    { lang, ...(person === null ? {} : { person }), ...(institution === null ? {} : { institution }) },
    { channel, address, subject, body, encoding, parts },
  );
  return again.id;
};

// Contracts of messages.
import { T, anyone, contract, official, permission } from "#kernel";

export const seeStatistics = permission("messages.read-statistics", {
  fr: "Voir les chiffres de remise des messages",
  en: "See message delivery figures",
});
export const handleMessages = permission("messages.handle", {
  fr: "Voir et renvoyer les messages de l’institution",
  en: "See and resend the institution’s messages",
});

const InboxMessage = T.Object({
  id: T.String(),
  at: T.String(),
  to: T.String(),
  subject: T.Optional(T.String()),
  text: T.String(),
});

export const listDemoPhones = contract({
  id: "messages.list-demo-phones",
  method: "GET",
  path: "/api/messages/demo-phones",
  summary: "Simulated telephones that received something (demonstration only)",
  who: anyone(),
  input: T.Object({}),
  output: T.Object({ phones: T.Array(T.Object({ address: T.String(), messages: T.Integer(), last: T.String() })) }),
});

export const readDemoPhone = contract({
  id: "messages.read-demo-phone",
  method: "GET",
  path: "/api/messages/demo-phones/{number}",
  summary: "SMS received by a simulated telephone, oldest first (demonstration only)",
  who: anyone(),
  input: T.Object({ number: T.String({ maxLength: 32 }) }),
  output: T.Object({ number: T.String(), messages: T.Array(InboxMessage) }),
});

export const readDemoMailbox = contract({
  id: "messages.read-demo-mailbox",
  method: "GET",
  path: "/api/messages/demo-mailboxes/{address}",
  summary: "E-mails received by a simulated mailbox, oldest first (demonstration only)",
  who: anyone(),
  input: T.Object({ address: T.String({ maxLength: 254 }) }),
  output: T.Object({ address: T.String(), messages: T.Array(InboxMessage) }),
});

export const previewSms = contract({
  id: "messages.preview-sms",
  method: "GET",
  path: "/api/messages/sms-preview",
  summary: "How a text would travel as SMS: parts, letters that cost, the cheapest form, the price where the country names one",
  who: official(),
  input: T.Object({
    text: T.String({ maxLength: 2000 }),
    lang: T.String({ pattern: "^[a-z]{2,3}$" }),
    plain: T.Optional(T.String({ maxLength: 2000 })),
  }),
  output: T.Object({
    asWritten: T.Object({ encoding: T.String(), parts: T.Integer(), characters: T.Integer(), outside: T.Array(T.String()) }),
    sent: T.Object({ text: T.String(), encoding: T.String(), parts: T.Integer(), characters: T.Integer() }),
    prices: T.Array(T.Object({ operator: T.String(), amount: T.Integer(), source: T.String(), date: T.String() })),
  }),
});

export const readStatistics = contract({
  id: "messages.read-statistics",
  method: "GET",
  path: "/api/messages/statistics",
  summary: "Counts and delays by channel and driver over the last days, and the last failures, without texts or numbers",
  who: official(seeStatistics),
  input: T.Object({ days: T.Optional(T.Integer({ minimum: 1, maximum: 31 })) }),
  output: T.Object({
    since: T.String(),
    channels: T.Array(
      T.Object({
        channel: T.String(),
        /** Empty while no driver has taken the message. */
        driver: T.String(),
        queued: T.Integer(),
        sending: T.Integer(),
        delivered: T.Integer(),
        failed: T.Integer(),
        parts: T.Integer(),
        /** From the sender's commit to delivery. */
        medianSeconds: T.Optional(T.Number()),
        /** Share of those handed to the carrier that left within ten seconds, 0 to 1. */
        withinTenSeconds: T.Optional(T.Number()),
      }),
    ),
    failures: T.Array(T.Object({ at: T.String(), channel: T.String(), driver: T.String(), state: T.String(), why: T.String() })),
  }),
});

export const listMessages = contract({
  id: "messages.list",
  method: "GET",
  path: "/api/messages",
  summary: "Messages of the caller's institution, newest first, numbers masked, without their text",
  who: official(handleMessages),
  input: T.Object({ state: T.Optional(T.String({ maxLength: 32 })), before: T.Optional(T.String({ format: "date-time" })) }),
  output: T.Object({
    messages: T.Array(
      T.Object({
        id: T.String(),
        channel: T.String(),
        to: T.Union([T.String(), T.Null()]),
        person: T.Union([T.String(), T.Null()]),
        state: T.String(),
        why: T.Union([T.String(), T.Null()]),
        parts: T.Integer(),
        attempts: T.Integer(),
        createdAt: T.String(),
        settledAt: T.Union([T.String(), T.Null()]),
      }),
    ),
  }),
  personal: {
    purpose: "messages.follow",
    subjects: (out) => out.messages.flatMap((m) => (m.person === null ? [] : [m.person])),
  },
});

export const resendMessage = contract({
  id: "messages.resend",
  method: "POST",
  path: "/api/messages/{id}/resend",
  summary: "Send a message of the caller's institution again, as a new one",
  who: official(handleMessages),
  input: T.Object({ id: T.String({ pattern: "^[0-9a-f-]{36}$" }) }),
  output: T.Object({ id: T.String() }),
});

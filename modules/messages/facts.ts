import { T, fact } from "#kernel";

const common = { channel: T.String(), provider: T.String(), institution: T.Optional(T.String()) };

export const messageSent = fact("messages.sent", T.Object({ ...common, parts: T.Integer(), attempts: T.Integer() }), {
  fr: "Message confié à l’opérateur",
  en: "Message handed to the carrier",
});
export const messageDelivered = fact("messages.delivered", T.Object(common), { fr: "Message remis", en: "Message delivered" });
export const messageFailed = fact("messages.failed", T.Object({ ...common, state: T.String(), why: T.String() }), {
  fr: "Message non remis",
  en: "Message not delivered",
});
export const messageResent = fact("messages.resent", T.Object({ copy: T.String() }), { fr: "Message renvoyé", en: "Message sent again" });

import { fact, T } from "#kernel";

const message = { exchange: T.String(), client: T.String(), service: T.String() };

/** Subject of both: `exchange:<id>`. */
export const messageExpired = fact("exchange.message-expired", T.Object(message), {
  fr: "Un message n’a pas pu être remis dans son délai",
  en: "A message could not be delivered in its time",
});
export const messageCancelled = fact("exchange.message-cancelled", T.Object(message), {
  fr: "Un agent a retiré un message en attente",
  en: "An official withdrew a waiting message",
});

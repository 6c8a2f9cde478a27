import { fact, T } from "#kernel";

const about = { room: T.String(), type: T.String() };

export const typeAdded = fact("exchange.event-type-added", T.Object({ ...about, version: T.String(), by: T.String() }), {
  fr: "Type d’événement ajouté à une salle",
  en: "Event type added to a room",
});
export const typeRetired = fact("exchange.event-type-retired", T.Object({ ...about, by: T.String() }), {
  fr: "Type d’événement retiré d’une salle",
  en: "Event type retired from a room",
});
export const subscribed = fact("exchange.subscribed", T.Object({ ...about, subscriber: T.String(), delivery: T.String() }), {
  fr: "Abonnement à un type d’événement",
  en: "Subscription to an event type",
});
export const unsubscribed = fact("exchange.unsubscribed", T.Object({ ...about, subscriber: T.String() }), {
  fr: "Fin d’un abonnement",
  en: "End of a subscription",
});
/** An event itself is its signed message in the log; that nobody took it is a fact. */
export const undeliverable = fact(
  "exchange.event-undeliverable",
  T.Object({ ...about, subscriber: T.String(), event: T.String(), sequence: T.Integer(), why: T.Optional(T.String()) }),
  { fr: "Événement resté sans preneur dans son délai", en: "Event nobody took in its time" },
);
export const roomFacts = [typeAdded, typeRetired, subscribed, unsubscribed, undeliverable];

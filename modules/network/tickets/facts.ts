/** What is remembered of tickets. Subject: `network:ticket:<id>`. No text of anybody's. */
import { fact, T } from "#kernel";

const which = { number: T.Integer(), version: T.Integer(), institution: T.Optional(T.String()) };
export const ticketOpened = fact(
  "network.ticket-opened",
  T.Object({ ...which, origin: T.String(), severity: T.String(), alarm: T.Optional(T.String()) }),
  { fr: "Un signalement du réseau est ouvert", en: "A network ticket was opened" },
);
/** `what`: note, taken, assigned, resolved, closed, reopened, linked. */
export const ticketMoved = fact("network.ticket-moved", T.Object({ ...which, what: T.String(), state: T.String() }), {
  fr: "Un signalement du réseau a avancé",
  en: "A network ticket moved on",
});
export const ticketFacts = [ticketOpened, ticketMoved];

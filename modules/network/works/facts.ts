/** What is remembered of works. Subject: `network:work:<id>`. */
import { fact, T } from "#kernel";

const which = { number: T.Integer(), version: T.Integer() };
export const workWritten = fact(
  "network.work-written",
  T.Object({ ...which, starts: T.String(), ends: T.String(), elements: T.Array(T.String()) }),
  { fr: "Des travaux sur le réseau ont été préparés ou modifiés", en: "Work on the network was prepared or changed" },
);
export const workProposed = fact("network.work-proposed", T.Object({ ...which, forced: T.Optional(T.String()) }), {
  fr: "Des travaux sur le réseau ont été soumis",
  en: "Work on the network was submitted",
});
export const workApproved = fact(
  "network.work-approved",
  T.Object({ ...which, down: T.Integer(), oneWay: T.Integer(), notices: T.Integer() }),
  { fr: "Des travaux sur le réseau ont été approuvés", en: "Work on the network was approved" },
);
export const workRefused = fact("network.work-refused", T.Object({ ...which, reason: T.String() }), {
  fr: "Des travaux sur le réseau ont été refusés",
  en: "Work on the network was refused",
});
export const workCancelled = fact("network.work-cancelled", T.Object({ ...which, reason: T.String(), notices: T.Integer() }), {
  fr: "Des travaux sur le réseau ont été annulés",
  en: "Work on the network was cancelled",
});
/** Subject `network:notice:<id>`; the institution is in the data, no address. */
export const noticeSent = fact(
  "network.notice-sent",
  T.Object({ work: T.String(), institution: T.String(), kind: T.String(), ways: T.Array(T.String()) }),
  { fr: "Une institution a été prévenue de travaux", en: "An institution was told of work on the network" },
);
export const contactChanged = fact("network.contact-changed", T.Object({ institution: T.String(), ways: T.Array(T.String()) }), {
  fr: "L’adresse des avis de travaux d’une institution a changé",
  en: "Where an institution is told of works has changed",
});
export const workFacts = [workWritten, workProposed, workApproved, workRefused, workCancelled, noticeSent, contactChanged];

/** What is remembered of branches. Subject: `network:branch:<id>`. */
import { fact, T } from "#kernel";

const which = { number: T.Integer(), version: T.Integer() };
export const branchOpened = fact(
  "network.branch-opened",
  T.Object({ ...which, title: T.String(), base: T.Integer(), undoes: T.Optional(T.String()) }),
  {
    fr: "Un projet de changement du réseau a été ouvert",
    en: "A planned change of the network was opened",
  },
);
export const branchEdited = fact("network.branch-edited", T.Object({ ...which, changes: T.Integer() }), {
  fr: "Un projet de changement du réseau a été modifié",
  en: "A planned change of the network was edited",
});
export const branchProposed = fact("network.branch-proposed", T.Object({ ...which, forced: T.Optional(T.String()) }), {
  fr: "Un projet de changement du réseau a été soumis",
  en: "A planned change of the network was submitted",
});
export const branchApproved = fact("network.branch-approved", T.Object(which), {
  fr: "Un projet de changement du réseau a été approuvé",
  en: "A planned change of the network was approved",
});
export const branchRefused = fact("network.branch-refused", T.Object({ ...which, reason: T.String() }), {
  fr: "Un projet de changement du réseau a été refusé",
  en: "A planned change of the network was refused",
});
export const branchWithdrawn = fact("network.branch-withdrawn", T.Object(which), {
  fr: "Un projet de changement du réseau a été retiré",
  en: "A planned change of the network was withdrawn",
});
/** `isolated`: who is cut off by it, when it was forced. */
export const branchMerged = fact(
  "network.branch-merged",
  T.Object({
    ...which,
    revision: T.Integer(),
    added: T.Integer(),
    changed: T.Integer(),
    removed: T.Integer(),
    isolated: T.Array(T.String()),
  }),
  { fr: "Un changement du réseau a été décidé", en: "A change of the network was decided" },
);
export const addressesAssigned = fact(
  "network.addresses-assigned",
  T.Object({ revision: T.Integer(), added: T.Integer(), removed: T.Integer() }),
  {
    fr: "Le plan d’adressage a été complété",
    en: "The address plan was completed",
  },
);
export const branchFacts = [branchOpened, branchEdited, branchProposed, branchApproved, branchRefused, branchWithdrawn, branchMerged, addressesAssigned]; // prettier-ignore

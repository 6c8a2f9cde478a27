/** What registry remembers. Subjects: `institution:<id>`, `assignment:<uuid>`; accounts are pseudonymous. */
import { fact, T } from "#kernel";

const role = { institution: T.String(), role: T.String(), account: T.String() };

export const packLoaded = fact(
  "registry.pack-loaded",
  T.Object({ country: T.String(), added: T.Integer(), changed: T.Integer(), closed: T.Integer() }),
  { fr: "Données du pays chargées", en: "Country data loaded" },
);
export const institutionAdded = fact("registry.institution-added", T.Object({ institution: T.String() }), {
  fr: "Institution ajoutée",
  en: "Institution added",
});
export const institutionChanged = fact("registry.institution-changed", T.Object({ institution: T.String(), fields: T.Array(T.String()) }), {
  fr: "Institution modifiée",
  en: "Institution changed",
});
export const roleRequested = fact("registry.role-requested", T.Object({ ...role, sensitive: T.Boolean() }), {
  fr: "Rôle demandé",
  en: "Role requested",
});
export const roleApproved = fact("registry.role-approved", T.Object(role), { fr: "Rôle approuvé", en: "Role approved" });
export const roleRefused = fact("registry.role-refused", T.Object(role), { fr: "Rôle refusé", en: "Role refused" });
export const roleEnded = fact("registry.role-ended", T.Object(role), { fr: "Rôle terminé", en: "Role ended" });
export const roleDelegated = fact(
  "registry.role-delegated",
  T.Object({ ...role, to: T.String(), from: T.String(), until: T.String(), approved: T.Boolean() }),
  { fr: "Rôle délégué", en: "Role delegated" },
);
export const delegationDecided = fact(
  "registry.delegation-decided",
  T.Object({ ...role, to: T.String(), outcome: T.Enum(["approved", "refused", "ended"]) }),
  { fr: "Délégation décidée", en: "Delegation decided" },
);

export const facts = [
  packLoaded,
  institutionAdded,
  institutionChanged,
  roleRequested,
  roleApproved,
  roleRefused,
  roleEnded,
  roleDelegated,
  delegationDecided,
];

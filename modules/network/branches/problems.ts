import { problem } from "#kernel";

export const branchUnknown = problem("network.branch-unknown", 404, {
  fr: "Ce projet n’existe pas.",
  en: "There is no such branch.",
});
export const branchMoved = problem("network.branch-moved", 409, {
  fr: "Le projet a changé depuis que vous l’avez lu\u202f: relisez-le.",
  en: "The branch has changed since you read it: read it again.",
});
export const branchState = problem("network.branch-state", 409, {
  fr: "L’état du projet ne permet pas cette action.",
  en: "The branch’s state does not allow this.",
});
export const ownBranch = problem(
  "network.own-branch",
  403,
  {
    fr: "Qui a écrit un projet ne l’approuve pas\u202f: une autre personne doit le relire.",
    en: "Whoever wrote a branch does not approve it: somebody else must review it.",
  },
  "operator",
);
export const branchEmpty = problem("network.branch-empty", 422, {
  fr: "Le projet ne change rien.",
  en: "The branch changes nothing.",
});
export const branchFaulty = problem(
  "network.branch-faulty",
  422,
  {
    fr: "Le réseau que donnerait ce projet ne tient pas ensemble\u202f: corrigez ce qui est signalé.",
    en: "The network this branch would give does not hold together: correct what is named.",
  },
  "operator",
);
export const branchConflicts = problem(
  "network.branch-conflicts",
  409,
  {
    fr: "Quelqu’un d’autre a changé les mêmes éléments depuis le début de ce projet\u202f: accordez-vous, puis remettez-le à jour.",
    en: "Somebody else changed the same elements since this branch began: agree with them, then bring it up to date.",
  },
  "operator",
);
export const wouldIsolate = problem(
  "network.would-isolate",
  409,
  {
    fr: "Ce projet couperait des sites du réseau. Il ne passe que si une raison est donnée, et elle est conservée.",
    en: "This branch would cut sites off. It goes on only with a reason, which is kept.",
  },
  "operator",
);
export const studyOnly = problem("network.study-only", 409, {
  fr: "Une étude se lit et se chiffre\u202f; elle ne s’applique pas à ce réseau.",
  en: "A study is read and costed; it is not applied to this network.",
});
export const addressesShort = problem(
  "network.addresses-short",
  409,
  {
    fr: "Une réserve d’adresses est épuisée\u202f: ajoutez une réserve au plan d’adressage.",
    en: "A pool of addresses is exhausted: add a pool to the address plan.",
  },
  "operator",
);
export const siteUnknown = problem("network.site-unknown", 404, {
  fr: "Ce site n’est pas au registre, ou n’a pas de position connue.",
  en: "This site is not in the register, or its position is not known.",
});
export const siteJoined = problem("network.site-joined", 409, {
  fr: "Ce site est déjà raccordé.",
  en: "This site is joined already.",
});
export const outside = problem("network.outside-country", 422, {
  fr: "Ce point est hors du pays.",
  en: "This point lies outside the country.",
});
export const noWayThere = problem("network.no-way-there", 409, {
  fr: "Aucun nœud relié au cœur n’est à portée.",
  en: "No node with a way to the core is within reach.",
});

/** Neighbours' door of identity: who signs in, how surely, and the person behind a pseudonym. */
import { defineModule } from "#kernel";
import { findOfficials, manageClients, provePersons } from "./api.ts";
import { findEntryWork } from "./counter/jobs.ts";
import * as facts from "./facts.ts";
import { handlers } from "./handlers.ts";
import { oidcGate } from "./oidc/gate.ts";
import { rotateKeys } from "./oidc/keys.ts";
import { registerSource } from "./pack.ts";
import { sendCodeWork } from "./phone/jobs.ts";
import { identityRegister, simSignal, simSource } from "./ports.ts";
import { askRegisterWork, giveBack } from "./proof/jobs.ts";
import { tidy } from "./sweeps.ts";

export {
  accountForOfficial,
  accountForPhone,
  attachRegisterIdentity,
  checkConsentCode,
  createOfficial,
  identityNumber,
  officialName,
  officialNames,
  personAttributes,
  personByAccount,
  personByNumber,
  personContact,
  personName,
  pseudonymOf,
  sendConsentCode,
  sessionCaller,
  tellPerson,
  type OfficialView,
  type PersonAttributes,
  type SessionCaller,
} from "./door.ts";
export { registerSource } from "./pack.ts";
export { requireLevel } from "./assurance/level.ts";
export { levelDropped, levelRaised, numberMoved, sessionEnded, signedInFact as signedIn, simChanged } from "./facts.ts";
export type { RegisterPerson } from "./ports.ts";

export const identity = defineModule({
  name: "identity",
  floor: 0,
  needs: ["messages"],
  handlers,
  facts: Object.values(facts),
  jobs: [sendCodeWork, askRegisterWork, findEntryWork],
  sweeps: [tidy, rotateKeys, giveBack],
  gates: [oidcGate],
  ports: [identityRegister, simSignal],
  permissions: [provePersons, manageClients, findOfficials],
  pack: [registerSource, simSource],
  purposes: {
    "identity.prove-at-counter": { fr: "Vérifier votre identité au guichet", en: "Verify your identity at a counter" },
    "identity.sign-in-application": {
      fr: "Vous connecter à une application à votre demande",
      en: "Sign you in to an application at your request",
    },
  },
  migrations: new URL("./migrations/", import.meta.url),
});

import { provide } from "#kernel";
import { concernedPersons, consentPersons } from "#exchange/ports";
import { checkConsentCode, identityNumber, personByNumber, pseudonymOf, sendConsentCode, tellPerson } from "#identity";

/** Whose page shows a read that named her by number. Only here may identity and exchange meet: neither module needs the other. */
export const personsOfExchange = provide(concernedPersons, () => ({ known: personByNumber, pseudonym: pseudonymOf }));

/** Who is asked for a consent, and how she answers at a counter. */
export const consentsOfExchange = provide(consentPersons, () => ({
  number: (ctx, person) => identityNumber(ctx, person, "exchange.consent"),
  pseudonym: pseudonymOf,
  tell: tellPerson,
  sendCode: sendConsentCode,
  checkCode: checkConsentCode,
}));

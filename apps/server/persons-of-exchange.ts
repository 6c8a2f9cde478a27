import { provide } from "#kernel";
import { concernedPersons } from "#exchange/ports";
import { personByNumber, pseudonymOf } from "#identity";

/** Whose page shows a read that named her by number. Only here may identity and exchange meet: neither module needs the other. */
export const personsOfExchange = provide(concernedPersons, () => ({ known: personByNumber, pseudonym: pseudonymOf }));

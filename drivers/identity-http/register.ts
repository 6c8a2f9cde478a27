/** The identity register over HTTP: `GET <register>?nip=…` or `?phone=…` answers `{ rows: […] }`. */
import { provide, type Provided } from "#kernel";
import { identityRegister, type IdentityRegisterDriver, type RegisterAnswer, type RegisterPerson } from "#identity/ports";
import { ask } from "./ask.ts";

/** For a country whose register is asked directly, not through the exchange. */
export function identityRegisterHttp(o: { url: string }): Provided {
  return provide(identityRegister, () => createRegister(o.url));
}

export function createRegister(url: string): IdentityRegisterDriver {
  const find = async (key: "nip" | "phone", value: string, signal: AbortSignal): Promise<RegisterAnswer> => {
    const answer = await ask(url, { [key]: value }, signal);
    if (answer === "refused") return { kind: "unknown" }; // a question the register cannot even read names nobody
    if (answer === "unavailable") return { kind: "unavailable" };
    if (answer.length !== 1) return { kind: "unknown" };
    const person = personOf(answer[0] as Row);
    if (!person) return { kind: "unavailable" };
    // registers search loosely (case, accents, hyphens): what was found must still be what was asked for
    const exact = key === "nip" ? plain(person.identityNumber) === plain(value) : person.phones.includes(value);
    return exact ? { kind: "found", person } : { kind: "unknown" };
  };
  return {
    holderOf: (phone, signal) => find("phone", phone, signal),
    person: (number, signal) => find("nip", number, signal),
  };
}

/** Identity numbers are typed with and without separators. */
const plain = (number: string): string =>
  number
    .normalize("NFKC")
    .toUpperCase()
    .replace(/[\s.\-/]/g, "");

type Row = Record<string, unknown>;
const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

/** A row without who, or without when born, is not an answer. */
function personOf(row: Row): RegisterPerson | undefined {
  const birth = (row.birth ?? {}) as Row;
  const [identityNumber, familyName, givenNames, birthDate] = [text(row.nip), text(row.family), text(row.given), text(birth.date)];
  if (!identityNumber || !familyName || !givenNames || !birthDate) return undefined;
  const [birthPlace, sex] = [text(birth.place), text(row.sex)];
  const phones = (Array.isArray(row.phone) ? (row.phone as unknown[]) : [row.phone]).flatMap((p) => text(p) ?? []);
  const documents = Array.isArray(row.documents) ? (row.documents as Row[]) : [];
  return {
    identityNumber,
    familyName,
    givenNames,
    birthDate,
    ...(birthPlace ? { birthPlace } : {}),
    ...(sex === "F" || sex === "M" ? { sex } : {}),
    phones,
    documents: documents.flatMap((d) => {
      const [kind, number, expires] = [text(d.kind), text(d.number), text(d.expires)];
      return kind && number ? [{ kind, number, ...(expires ? { expires } : {}) }] : [];
    }),
  };
}

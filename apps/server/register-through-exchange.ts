import { provide, type Host, type JobContext } from "#kernel";
import { ask, type Answer } from "#exchange";
import { registerSource, type RegisterPerson } from "#identity";
import { identityRegister, type RegisterAnswer } from "#identity/ports";

interface Row {
  nip: string;
  family: string;
  given: string;
  sex?: "F" | "M";
  birth: { date: string; place?: string };
  phone?: string | string[];
  documents?: { kind: string; number: string; expires?: string }[];
}

/**
 * The national identity register, asked like any other institution: signed, access-checked, logged on both sides, and
 * seen by the person. Only here may identity and exchange meet: neither module needs the other.
 */
export const registerThroughExchange = provide(identityRegister, (host: Host) => {
  async function find(query: Record<string, string>, signal: AbortSignal): Promise<RegisterAnswer> {
    const [source] = host.country.get(registerSource);
    if (!source) return { kind: "unavailable" };
    const j: JobContext = { ...host, signal };
    const answer: Answer = await ask(j, { client: source.client, service: source.service, method: "GET", query, purpose: source.purpose });
    if (answer.outcome === "unavailable") return { kind: "unavailable", retryAfter: answer.retryAfter };
    if (answer.outcome !== "answered" || answer.status !== 200) {
      host.log.warn({ outcome: answer.outcome, ...("type" in answer ? { type: answer.type } : {}) }, "identity register");
      return { kind: "unavailable" };
    }
    const { rows } = answer.body as { rows: Row[] };
    // nobody, or several: the register does not say who it is
    return rows.length === 1 && rows[0] ? { kind: "found", person: asPerson(rows[0]) } : { kind: "unknown" };
  }
  return {
    holderOf: (phone, signal) => find({ phone }, signal),
    person: (identityNumber, signal) => find({ nip: identityNumber }, signal),
  };
});

function asPerson(row: Row): RegisterPerson {
  return {
    identityNumber: row.nip,
    familyName: row.family,
    givenNames: row.given,
    birthDate: row.birth.date,
    ...(row.birth.place ? { birthPlace: row.birth.place } : {}),
    ...(row.sex ? { sex: row.sex } : {}),
    phones: row.phone === undefined ? [] : Array.isArray(row.phone) ? row.phone : [row.phone],
    documents: row.documents ?? [],
  };
}

/** The steps of J1 over HTTP, for tests and bench that need a case in some state. */
import { client, signInCitizen, signInOfficial, until, type Client } from "../client.ts";

export interface CaseOver {
  number: string;
  version: number;
  state: string;
  next: string;
  fees: { total: number };
  payment?: { state: string };
  receipt?: { number: string };
  act?: { number: string };
  documents: { kind: string }[];
  evidence: { state: string; id: string }[];
}

export const readCase = (c: Client, number: string) => c.get<CaseOver>(`/api/services/cases/${number}`);

export interface Known {
  phone: string;
  nip: string;
  birth: { date: string };
}

/** A citizen who says who she is, and whose number the identity register holds for that person: substantial. */
export async function citizen(origin: string, who: Known): Promise<Client> {
  const low = await signInCitizen(origin, who.phone);
  const account = () => low.get<{ reachable: string; level: string; proof: { state: string } }>("/api/identity/me");
  let now = await account();
  if (now.level !== "low") return low;
  if (now.reachable === "low") {
    await low.post("/api/identity/me/register-proof", { identityNumber: who.nip, birthDate: who.birth.date });
    now = await until("the register's answer", account, (a) => a.proof.state !== "waiting");
    if (now.proof.state !== "matched") throw new Error(`the register said ${now.proof.state}`);
  }
  const { token } = await low.post<{ token: string }>("/api/identity/session/refresh");
  return client(origin, token);
}

/** Draft, evidence from the registers, answers: ready to be sent. */
export async function readyCase(c: Client, procedure: string, answers: Record<string, string>): Promise<CaseOver> {
  const { number, version } = await c.post<CaseOver>("/api/services/cases", { procedure });
  await c.post(`/api/services/cases/${number}/evidence`, { version });
  const ready = await until(
    "the evidence",
    () => readCase(c, number),
    (k) => k.next !== "wait-evidence" && k.next !== "authorise-evidence",
  );
  await c.post(`/api/services/cases/${number}/answers`, { version: ready.version, answers });
  return readCase(c, number);
}

export async function submit(c: Client, number: string): Promise<CaseOver> {
  const { version } = await readCase(c, number);
  await c.post(`/api/services/cases/${number}/submission`, { version });
  return readCase(c, number);
}

export { signInOfficial };

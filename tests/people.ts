import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./tree.ts";

export interface DemoPerson {
  id: string;
  kind: "citizen" | "official";
  name: { family: string; given: string };
  phone: string;
  nip: string;
  birth: { date: string; place: string };
  login: string;
  role: string;
  institution: string;
}

/** The demonstration's people of a pack, and the procedure its journey walks. */
export function people(country: string) {
  const all = JSON.parse(readFileSync(join(root, `countries/${country}/demo/people.json`), "utf8")) as DemoPerson[];
  const citizens = all.filter((p) => p.kind === "citizen");
  const official = (role: string) => all.find((p) => p.role === role) as DemoPerson;
  return { all, citizens, citizen: citizens[0] as DemoPerson, official, procedure: "casier-judiciaire-b3" };
}

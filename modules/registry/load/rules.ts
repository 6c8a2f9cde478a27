/** The pack against itself, pure: every reference resolves, nothing is said without a ground. */
import type { PackDivision, PackInstitution, PackSite } from "../pack.ts";

export interface Pack {
  sources: readonly { id: string }[];
  rules: readonly { id: string; source: string }[];
  divisions: readonly PackDivision[];
  institutions: readonly PackInstitution[];
  sites: readonly PackSite[];
  buildings: readonly { id: string; site: string }[];
  offices: readonly { id: string; institution: string; site?: string; building?: string }[];
  competences: readonly { kind: string; division: string; institution: string; basis: string; source?: string; rule?: string }[];
}

/** Sentences for whoever writes the pack; empty when it holds together. */
export function packFaults(p: Pack): string[] {
  const faults: string[] = [];
  const ids = (what: string, rows: readonly { id: string }[]): Set<string> => {
    const seen = new Set<string>();
    for (const { id } of rows) {
      if (seen.has(id)) faults.push(`${what} ${id} is there twice`);
      seen.add(id);
    }
    return seen;
  };
  const sources = ids("source", p.sources);
  const rules = ids("rule", p.rules);
  const divisions = ids("division", p.divisions);
  const institutions = ids("institution", p.institutions);
  const sites = ids("site", p.sites);
  const buildings = ids("building", p.buildings);
  ids("office", p.offices);
  const refer = (who: string, set: Set<string>, what: string, id: string | undefined) => {
    if (id !== undefined && !set.has(id)) faults.push(`${who} names the ${what} ${id}, which does not exist`);
  };
  const grounded = (who: string, g: { basis?: string | undefined; source?: string | undefined; rule?: string | undefined }) => {
    refer(who, sources, "source", g.source);
    refer(who, rules, "rule", g.rule);
    if (g.basis === "sourced" && !g.source) faults.push(`${who} is sourced without a source`);
    if (g.basis === "derived" && !g.rule) faults.push(`${who} is derived without a rule`);
    if (g.basis === "illustrative" && (g.source || g.rule)) faults.push(`${who} is illustrative and yet names a ground`);
  };
  for (const r of p.rules) refer(`rule ${r.id}`, sources, "source", r.source);
  for (const d of p.divisions) {
    const who = `division ${d.id}`;
    for (const parent of d.parents) refer(who, divisions, "division", parent.id);
    for (const heir of d.successors ?? []) refer(who, divisions, "division", heir);
    refer(who, divisions, "division", d.capital);
    if (d.basis) grounded(who, d);
    if (d.from && d.until && d.from > d.until) faults.push(`${who} ends before it begins`);
  }
  const members = new Set<string>();
  for (const i of p.institutions) {
    const who = `institution ${i.id}`;
    refer(who, divisions, "division", i.division);
    refer(who, institutions, "institution", i.parent);
    for (const s of i.sites) refer(who, sites, "site", s);
    if (i.sites.length === 0) faults.push(`${who} has no site`);
    grounded(who, i);
    if (members.has(`${i.class}/${i.code}`)) faults.push(`${who} shares the member code ${i.class}/${i.code}`);
    members.add(`${i.class}/${i.code}`);
  }
  for (const loop of loops(p.institutions)) faults.push(`institution ${loop} is its own ancestor`);
  for (const s of p.sites) {
    refer(`site ${s.id}`, divisions, "division", s.division);
    if ((s.point === undefined) !== (s.located === undefined)) faults.push(`site ${s.id} has a point without saying how it is known`);
  }
  for (const b of p.buildings) refer(`building ${b.id}`, sites, "site", b.site);
  for (const o of p.offices) {
    refer(`office ${o.id}`, institutions, "institution", o.institution);
    refer(`office ${o.id}`, sites, "site", o.site);
    refer(`office ${o.id}`, buildings, "building", o.building);
  }
  for (const c of p.competences) {
    const who = `competence ${c.kind} for ${c.division}`;
    refer(who, divisions, "division", c.division);
    refer(who, institutions, "institution", c.institution);
    grounded(who, c);
  }
  return faults;
}

/** Ids that meet themselves among their ancestors. */
export function loops(rows: readonly { id: string; parent?: string | undefined }[]): string[] {
  const parent = new Map(rows.map((r) => [r.id, r.parent]));
  return rows
    .filter((r) => {
      const seen = new Set<string>();
      for (let at = parent.get(r.id); at; at = parent.get(at)) {
        if (at === r.id) return true;
        if (seen.has(at)) return false;
        seen.add(at);
      }
      return false;
    })
    .map((r) => r.id);
}

/** Another instance as this program works with it: its servers and seals, each judged under its own anchor's authorities alone. */
import type { Db } from "#kernel";
import { fingerprintOf, judgeUnder, type UnderAuthorities } from "#trust";
import type { Document } from "./document.ts";
import { anchorOf, documentOf, type FederationRow, partnerHeads } from "./store.ts";

export interface PartnerServer {
  id: string;
  address: string;
  members: ReadonlySet<string>;
  certificates: readonly { fingerprint: string; certificate: string; notBefore: Date; notAfter: Date }[];
}

export interface PartnerView {
  instance: string;
  federation: string;
  version: number;
  /** When it last said that this is its newest configuration. */
  at: Date;
  /** Until when its anchor counts. */
  until: Date;
  servers: readonly PartnerServer[];
  /** Services of another class of data than the usual one. */
  classes: ReadonlyMap<string, string>;
  /** Whose seal is this certificate? Undefined: of nobody its configuration names, or not good at that moment. */
  sealOf(certificate: string, at: Date): (UnderAuthorities & { member: string }) | undefined;
}

const mostKept = 500;

function viewOf(row: FederationRow, version: number, at: Date, d: Document): PartnerView {
  const anchor = anchorOf(row);
  const issued = new Date(d.issuedAt);
  const members = new Map(d.seals.map((one) => [fingerprintOf(one.certificate), one.member]));
  const judged = new Map<string, UnderAuthorities | undefined>();
  return {
    instance: row.instance,
    federation: row.id,
    version,
    at,
    until: new Date(anchor.validUntil),
    classes: new Map(d.services.flatMap((one) => (one.dataClass === "ordinary" ? [] : [[one.id, one.dataClass] as const]))),
    servers: d.servers.map((one) => ({
      id: one.id,
      address: one.address,
      members: new Set(one.members),
      certificates: one.certificates.flatMap((certificate) => {
        const good = judgeUnder(anchor.authorities, certificate, issued);
        return good?.tls ? [{ fingerprint: good.fingerprint, certificate, notBefore: good.from, notAfter: good.until }] : [];
      }),
    })),
    sealOf(certificate, moment) {
      if (!judged.has(certificate)) {
        if (judged.size >= mostKept) judged.clear();
        judged.set(certificate, judgeUnder(anchor.authorities, certificate, moment));
      }
      const known = judged.get(certificate);
      const member = known && members.get(known.fingerprint);
      if (!known || known.tls || member === undefined) return undefined;
      return known.from <= moment && moment <= known.until ? { ...known, member } : undefined;
    },
  };
}

/**
 * Views of all approved instances; one that has not changed since is the same one, with the newest word's time. `confirmed`: on a
 * gateway, when its centre last vouched for all of it.
 */
export async function partnerViews(
  db: Db,
  before: ReadonlyMap<string, PartnerView>,
  confirmed: Date | undefined,
): Promise<ReadonlyMap<string, PartnerView>> {
  const views = new Map<string, PartnerView>();
  for (const { row, version, at: heard } of await partnerHeads(db)) {
    const at = confirmed ?? heard;
    const known = before.get(row.instance);
    const until = new Date(anchorOf(row).validUntil);
    if (known?.federation === row.id && known.version === version && known.until.getTime() === until.getTime()) {
      views.set(row.instance, { ...known, at });
      continue;
    }
    const document = await documentOf(db, row.id);
    if (document) views.set(row.instance, viewOf(row, version, at, document));
  }
  return views;
}

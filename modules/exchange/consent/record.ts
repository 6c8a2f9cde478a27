/**
 * The person's copy: a consent record (ISO/IEC TS 27560:2023, 6.3: header, processing, parties, events) as the content of a receipt
 * (6.4). Field names are the specification's; a field we have no honest value for is absent. Pure.
 */
import type { Text } from "#kernel";

export interface Particulars {
  id: string;
  person: string;
  lang: string;
  country: string;
  origin: string;
  client: { id: string; institution: string; name: Text };
  provider: { institution: string; name: Text };
  service: { id: string; title: Text };
  purpose: { code: string; label: Text };
  fields: { pointer: string; label: Text }[] | null;
  basis: Text;
  issue: string | null;
  how: "page" | "counter";
  givenAt: Date;
  until: Date;
  withdrawnAt: Date | null;
  fact: string;
}

const party = (id: string, name: Text, role: string) => ({ party_id: id, party_name: name.fr, party_role: role });

export function recordOf(p: Particulars, issuedAt: Date) {
  const days = Math.round((p.until.getTime() - p.givenAt.getTime()) / 86_400_000);
  const event = (at: Date, state: string) => ({
    event_time: at.toISOString(),
    event_type: "explicit",
    event_state: state,
    entity_id: p.person,
  });
  return {
    receipt_metadata: { receipt_id: p.id, issued_at: issuedAt.toISOString(), issuer: p.origin },
    schema_version: "ISO/IEC TS 27560:2023",
    record_id: p.id,
    // the pseudonym under which the person's page and the sealed log know her
    pii_principal_id: p.person,
    pii_processing: {
      privacy_notice: `${p.origin}/compte/accords/${p.id}`,
      language: p.lang,
      purposes: [
        {
          purpose: p.purpose.code,
          purpose_description: p.purpose.label.fr,
          lawful_basis: "consent",
          lawful_basis_reference: p.basis.fr,
          ...(p.issue === null ? {} : { case_reference: p.issue }),
          pii_information: (p.fields ?? [{ pointer: "", label: { fr: "toute la réponse", en: "the whole answer" } }]).map((one) => ({
            pii_type: one.label.fr,
            pii_attribute_id: one.pointer,
          })),
          pii_controllers: [p.client.institution],
          recipient_third_parties: [],
          collection_method: p.service.id,
          services: [p.service.title.fr],
          jurisdiction: p.country,
          withdrawal_method: `${p.origin}/compte/accords/${p.id}`,
          privacy_rights: `${p.origin}/mes-donnees`,
        },
      ],
    },
    party_identification: [
      party(p.client.institution, p.client.name, "PII controller"),
      party(p.provider.institution, p.provider.name, "source"),
    ],
    events: [
      {
        ...event(p.givenAt, "given"),
        validity_duration: `P${days}D`,
        collected: p.how === "counter" ? "one-time code at a counter" : "signed-in page",
      },
      ...(p.withdrawnAt ? [event(p.withdrawnAt, "withdrawn")] : []),
    ],
    /** Its entry in the sealed log. */
    ledger_fact: p.fact,
  };
}

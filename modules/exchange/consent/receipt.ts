/** The person's copy is signed by the exchange's centre, as JWS (RFC 7515, flattened JSON): whoever holds the root can check it alone. */
import { type JobContext, work } from "#kernel";
import { signConfiguration } from "#trust";
import { clientOf, memberNames, purposeMap, serviceOf } from "../directory/store.ts";
import { pointerOf } from "../directory/expand.ts";
import { labelsOf } from "../log/labels.ts";
import { signReceipt } from "./jobs-names.ts";
import { type Particulars, recordOf } from "./record.ts";
import { consentOf, setReceipt } from "./store.ts";

const base64url = (text: string | Uint8Array): string => Buffer.from(text).toString("base64url");

async function particularsOf(j: JobContext, id: string): Promise<Particulars | undefined> {
  return j.transaction(
    async ({ db }) => {
      const c = await consentOf(db, id);
      if (!c?.answeredAt || !c.until || !c.how || !c.fact || c.receipt !== null) return undefined;
      const [client, service] = [await clientOf(db, c.client), await serviceOf(db, c.service)];
      const names = await memberNames(db, [c.institution, c.clientInstitution]);
      const purpose = (await purposeMap(db)).get(c.purpose);
      const plain = (text: string) => ({ fr: text, en: text });
      const fields = service && c.fields;
      return {
        id: c.id,
        person: c.person,
        lang: "fr",
        country: j.country.code.toUpperCase(),
        origin: j.config.origin,
        client: { id: c.client, institution: c.clientInstitution, name: client?.memberName ?? plain(c.clientInstitution) },
        provider: { institution: c.institution, name: names.get(c.institution) ?? plain(c.institution) },
        service: { id: c.service, title: service?.title ?? plain(c.service) },
        purpose: { code: c.purpose, label: purpose?.label ?? plain(c.purpose) },
        fields: fields
          ? fields.map((pointer) => ({
              pointer,
              label:
                labelsOf([pointer], service.fields)[0] ??
                service.fields.find((f) => pointerOf(f.name) === pointer)?.label ??
                plain(pointer),
            }))
          : null,
        basis: c.basis,
        issue: c.issue,
        how: c.how,
        givenAt: c.answeredAt,
        until: c.until,
        withdrawnAt: c.withdrawnAt,
        fact: c.fact,
      };
    },
    { readOnly: true },
  );
}

export const receiptSigned = work(signReceipt, async (j, { consent }) => {
  const p = await particularsOf(j, consent);
  if (!p) return;
  const protectedHeader = base64url(JSON.stringify({ alg: "ES256", typ: "consent-receipt+json" }));
  const payload = base64url(JSON.stringify(recordOf(p, j.clock.now())));
  const { signature, certificate } = await signConfiguration(j, Buffer.from(`${protectedHeader}.${payload}`));
  const x5c = [...certificate.matchAll(/-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----/g)].map((one) =>
    one[1]!.replace(/\s/g, ""),
  );
  const receipt = JSON.stringify({ payload, protected: protectedHeader, header: { x5c }, signature: base64url(signature) });
  await j.transaction((ctx) => setReceipt(ctx.db, consent, receipt));
});

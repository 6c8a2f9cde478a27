import { anyone, type Context, gate, notFound } from "#kernel";
import { held } from "../certificates/issue.ts";
import { authorities, revoked } from "../certificates/store.ts";
import { fromHex } from "../der/read.ts";
import { buildCrl } from "../x509/revocations.ts";
import { pem } from "../x509/read.ts";
import { asModule, bytes } from "./system.ts";

const day = 86_400_000;
const cached = "public, max-age=3600";

/** The revocation list of an authority of ours, made when asked: it says what is so now and holds for a day. */
export const crl = gate({
  id: "trust.crl",
  method: "GET",
  path: "/crl/{name}",
  who: anyone(),
  async handle(g, request) {
    const j = asModule(g);
    const found = await j.transaction(
      async (ctx) => {
        const row = (await authorities(ctx)).find((a) => `${a.serial}.crl` === request.params.name && a.key !== null);
        return row && { row, list: await revoked(ctx, row.id) };
      },
      { readOnly: true },
    );
    if (!found) throw notFound();
    const authority = held(j, found.row);
    const now = new Date(Math.floor(j.clock.now().getTime() / 1000) * 1000);
    const list = await buildCrl(
      {
        issuer: authority.certificate.subject,
        issuerSpki: authority.certificate.spki,
        // Each list's number is above the last one's, as long as the clock runs forward.
        number: Math.floor(now.getTime() / 1000),
        thisUpdate: now,
        nextUpdate: new Date(now.getTime() + day),
        revoked: found.list.map((r) => ({ serial: fromHex(r.serial), at: r.revokedAt, reason: r.reason })),
      },
      authority.sign,
    );
    return bytes("application/pkix-crl", list, cached);
  },
});

export const issuer = gate({
  id: "trust.issuer",
  method: "GET",
  path: "/trust/issuers/{name}",
  who: anyone(),
  async handle(g, request) {
    const rows = await asModule(g).transaction((ctx) => authorities(ctx), { readOnly: true });
    const row = rows.find((a) => `${a.serial}.cer` === request.params.name);
    if (!row) throw notFound();
    return bytes("application/pkix-cert", row.der, cached);
  },
});

/** What a stranger needs to check anything of ours: the roots, ours and those we admitted. */
export const anchors = gate({
  id: "trust.anchors",
  method: "GET",
  path: "/trust/anchors.pem",
  who: anyone(),
  async handle(g) {
    return bytes("application/x-pem-file", await asModule(g).transaction(anchorsPem, { readOnly: true }), cached);
  },
});

/** The roots of `/trust/anchors.pem`, each under its name. */
export const anchorsPem = async (ctx: Context): Promise<string> =>
  (await authorities(ctx))
    .filter((row) => row.kind === "root" || row.kind === "anchor")
    .map((row) => `# ${row.name}\n${pem("CERTIFICATE", row.der)}`)
    .join("");

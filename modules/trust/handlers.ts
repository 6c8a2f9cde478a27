import { canonical, type Context, factById, forbidden, implement, leafIndexOf, ledgerData, ledgerRows, relay } from "#kernel";
import * as api from "./api.ts";
import { keyFor } from "./certificates/choice.ts";
import { addAnchor, importCertificate } from "./certificates/external.ts";
import { buildIssued, factSubject, held, keepIssued, type Subject, subjectName } from "./certificates/issue.ts";
import { bySerial, type CertificateRow, type Kind, keepRequest, list, revoke, usable } from "./certificates/store.ts";
import { hex } from "./der/read.ts";
import { certificateRequested, certificateRevoked } from "./facts.ts";
import { renew } from "./jobs.ts";
import { consistencyProof, inclusionAt, type SignedHead, showHead } from "./ledger/proofs.ts";
import { heads, latestHead } from "./ledger/store.ts";
import { keysPort } from "./ports.ts";
import {
  alreadyRevoked,
  certificateIs,
  certificateMissing,
  certificateUnknown,
  entryUnknown,
  notRevocable,
  notSealed,
  rangeUnknown,
} from "./problems.ts";
import { legalStatus } from "./signing/verify.ts";
import { buildRequest } from "./x509/build.ts";
import { pem } from "./x509/read.ts";

const view = (row: CertificateRow) => ({
  serial: row.serial,
  kind: row.kind,
  subject: row.subject,
  ...(row.institution ? { institution: row.institution } : {}),
  name: row.name,
  notBefore: row.notBefore.toISOString(),
  notAfter: row.notAfter.toISOString(),
  external: row.external,
  retired: row.retiredAt !== null,
  ...(row.revokedAt && row.reason ? { revokedAt: row.revokedAt.toISOString(), reason: row.reason } : {}),
});

const found = async (ctx: Context, serial: string): Promise<CertificateRow> => {
  const row = await bySerial(ctx, serial);
  if (!row) throw certificateUnknown();
  return row;
};

const shownHead = async (ctx: Context): Promise<SignedHead> => {
  const row = await latestHead(ctx, { signed: true });
  const head = row && (await showHead(ctx, row));
  if (!head) throw notSealed();
  return head;
};

const authorityKinds = new Set<Kind>(["root", "issuing", "anchor", "intermediate"]);

interface Asked {
  kind: "seal" | "person" | "tsa";
  subject: string;
  institution?: string;
  institutionName?: string;
  name: string;
}

/** A seal is its institution's own; a person decides for one; our time-stamp authority is nobody's. */
const subjectOf = (o: Asked): Subject =>
  o.kind === "tsa"
    ? { kind: "tsa", subject: "tsa", name: o.name }
    : {
        kind: o.kind,
        subject: o.subject,
        institution: o.kind === "seal" ? o.subject : o.institution,
        ...(o.institutionName ? { organization: o.institutionName } : {}),
        name: o.name,
      };

/** A seal may be made for any institution by whoever holds the permission; an official's certificate only by her own. */
const ownOfficial = (ctx: Context, o: Asked): Subject => {
  const subject = subjectOf(o);
  const elsewhere = ctx.caller.kind === "official" && ctx.caller.institution !== subject.institution;
  if (subject.kind === "person" && elsewhere) throw forbidden();
  return subject;
};

export const handlers = implement(api, {
  async listCertificates(ctx, input) {
    const rows = await list(ctx, input);
    const last = rows.length === 100 ? rows[rows.length - 1] : undefined;
    return { certificates: rows.map(view), ...(last ? { next: last.id } : {}) };
  },

  async readCertificate(ctx, input) {
    const row = await found(ctx, input.serial);
    return { certificate: view(row), pem: [row.der, ...row.chain].map((der) => pem("CERTIFICATE", der)).join("") };
  },

  async revokeCertificate(ctx, input) {
    const row = await found(ctx, input.serial);
    if (authorityKinds.has(row.kind)) throw notRevocable();
    if (!(await revoke(ctx, row.id, input.reason))) throw alreadyRevoked();
    await ctx.record(certificateRevoked, factSubject(row), { serial: row.serial, kind: row.kind, reason: input.reason });
    // Our own services do not wait for the hourly sweep to get a new certificate.
    await ctx.enqueue(renew, {});
    return { certificate: view(await found(ctx, input.serial)) };
  },

  issueCertificate: relay({
    async before(ctx, input) {
      const subject = ownOfficial(ctx, input);
      const [current, issuing] = [
        await usable(ctx, [{ kind: input.kind, subject: input.subject }]),
        await usable(ctx, [{ kind: "issuing", subject: "issuing" }]),
      ];
      if (current.length > 0) throw certificateIs();
      if (!issuing[0]) throw certificateMissing();
      return { subject, issuing: issuing[0] };
    },
    outside: (out, state) => buildIssued(out, state.subject, held(out, state.issuing)),
    async after(ctx, _state, made) {
      if (!(await keepIssued(ctx, made))) throw certificateIs();
      return { serial: made.serial, pem: [made.der, ...made.chain].map((der) => pem("CERTIFICATE", der)).join("") };
    },
  }),

  requestCertificate: relay({
    before: async (ctx, input) => ownOfficial(ctx, input),
    async outside(out, subject) {
      const keys = out.port(keysPort);
      const key = await keys.generate(`${subject.kind} ${subject.subject}`, keyFor(out.config, subject));
      return { key, csr: await buildRequest(subjectName(out, subject), key.spki, (message) => keys.sign(key.id, message)) };
    },
    async after(ctx, subject, made) {
      const id = ctx.ids.uuid();
      const kind = subject.kind as "seal" | "person" | "tsa";
      await keepRequest(ctx, {
        id,
        kind,
        subject: subject.subject,
        institution: subject.institution ?? null,
        name: subject.name,
        key: made.key.id,
        spki: made.key.spki,
        csr: made.csr,
      });
      await ctx.record(certificateRequested, factSubject(subject), { request: id, kind });
      return { request: id, pem: pem("CERTIFICATE REQUEST", made.csr) };
    },
  }),

  importCertificate: async (ctx, input) => ({ certificate: view(await importCertificate(ctx, input.request, input.pem)) }),
  addAnchor: async (ctx, input) => ({ certificate: view(await addAnchor(ctx, input.pem, input.fingerprint)) }),

  async readLegalStatus(ctx, input) {
    const status = await legalStatus(ctx, input.institution);
    return { ...status, text: ctx.say(status.text) };
  },

  readHead: (ctx) => shownHead(ctx),

  async listHeads(ctx, input) {
    const rows = await heads(ctx, { after: input.after ?? 0, stamped: true, limit: 100 });
    const shown = await Promise.all(rows.map((row) => showHead(ctx, row)));
    return { heads: shown.filter((head) => head !== undefined) };
  },

  async readInclusion(ctx, input) {
    const index = input.fact === undefined ? input.index : await leafIndexOf(ctx, input.fact);
    const proof = index === undefined ? undefined : await inclusionAt(ctx, index, input.size);
    if (!proof) throw notSealed();
    const { header: _header, dataHash: _dataHash, ...hashes } = proof;
    return hashes;
  },

  async readMyEntry(ctx, input) {
    const fact = await factById(ctx, input.fact);
    const mine = ctx.caller.kind === "person" && ctx.caller.person !== null ? `person:${ctx.caller.person}` : undefined;
    // Somebody else's entry and no entry look the same.
    if (!fact || fact.subject !== mine) throw entryUnknown();
    const index = await leafIndexOf(ctx, input.fact);
    const proof = index === undefined ? undefined : await inclusionAt(ctx, index);
    if (!proof) throw notSealed();
    const [kept] = await ledgerData(ctx, proof.index, proof.index + 1);
    return { ...proof, ...(kept ? { data: canonical(kept.data), salt: hex(kept.salt) } : {}) };
  },

  readConsistency: (ctx, input) => consistencyProof(ctx, input.from, input.to),

  async exportEntries(ctx, input) {
    const size = (await latestHead(ctx))?.size ?? 0;
    if (input.from > input.to || input.to > size || input.to - input.from > 1000) throw rangeUnknown();
    const rows = await ledgerRows(ctx, input.from, input.to);
    return {
      from: input.from,
      entries: rows.map((row) => ({ index: Number(row.index), header: row.header, dataHash: hex(row.dataHash) })),
    };
  },
});

/** The centre's gates for other servers: joining with a token, the directory and its signed head, renewal of certificates. */
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import {
  anyone,
  gate,
  type GateContext,
  type GateReply,
  type GateRequest,
  type JobContext,
  notFound,
  Problem,
  problemBody,
  T,
} from "#kernel";
import { readAs } from "../configuration/head.ts";
import { pressedBy, readDictionaryHeader } from "../configuration/delta.ts";
import { directoryChanged, documentWithHash, publish, readVersion, signedHead } from "../configuration/publish.ts";
import { TreeReport, witness } from "../evidence/witness.ts";
import { perProgram } from "../memory/program.ts";
import { bookOf, lookAgain, refreshBook } from "./book.ts";
import { addressesToHandOver, anchorsOf } from "./hand-over.ts";
import { asks, certifyAdmitted } from "./invite.ts";
import { heardOf, longestNotice, maintenancePath } from "./maintenance.ts";
import { requestUnreadable, serverNotProved, tokenRefused } from "./problems.ts";
import { proofHolds, readProof } from "./prove.ts";
import { moved, renew } from "./renewal.ts";
import { seen, serves } from "./store.ts";
import { memberOf } from "./store-invitations.ts";
import { addressPattern } from "./token.ts";

const Pem = T.String({ maxLength: 4000 });
const AskBody = T.Object(
  {
    invitation: T.String({ maxLength: 40, pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" }),
    secret: T.String({ maxLength: 60 }),
    address: T.String({ pattern: addressPattern }),
    tls: Pem,
    seal: Pem,
    log: T.Optional(T.String({ pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" })),
  },
  { additionalProperties: false },
);
const HeadBody = T.Object(
  { version: T.Integer({ minimum: 0 }), address: T.String({ pattern: addressPattern }), fresh: T.Boolean(), tree: T.Optional(TreeReport) },
  { additionalProperties: false },
);
const RenewBody = T.Object(
  { kind: T.Enum(["tls", "seal"]), csr: Pem, address: T.String({ pattern: addressPattern }) },
  { additionalProperties: false },
);

const MaintenanceBody = T.Union([
  T.Object({ ended: T.Literal(true) }, { additionalProperties: false }),
  T.Object(
    {
      until: T.String({ pattern: "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$" }),
      notice: T.String({ maxLength: longestNotice }),
    },
    { additionalProperties: false },
  ),
]);

/** These gates look as the module itself: who calls is said by token or signature, not by a session. */
export const asModule = (g: GateContext): JobContext => ({
  ...g,
  transaction: (fn, o = {}) => g.transaction(fn, { ...o, caller: { kind: "system", module: "exchange" } }),
});

export const json = (value: unknown, status = 200): GateReply => ({
  status,
  headers: { "content-type": "application/json", "cache-control": "no-store" },
  body: JSON.stringify(value),
});

const refusalBody = (g: GateContext, p: Problem): GateReply => ({
  status: p.status,
  headers: { "content-type": "application/problem+json", "cache-control": "no-store" },
  body: JSON.stringify(problemBody(p, g.lang, g.ids.uuid())),
});

/** A refusal in the problem's own words; everything else is the kernel's to answer. */
export const answering = (g: GateContext, run: () => Promise<GateReply>): Promise<GateReply> =>
  run().catch((error: unknown) => {
    if (error instanceof Problem) return refusalBody(g, error);
    throw error;
  });

/** One address for asking and for asking again: the state, and once admitted everything the server needs. */
export const joinGate = gate({
  id: "exchange.join",
  method: "POST",
  path: "/exchange/join",
  who: anyone(),
  limit: 16 * 1024,
  handle: (g, req) =>
    answering(g, async () => {
      const body = readAs(AskBody, Buffer.from(req.body).toString("utf8"));
      if (!body) throw requestUnreadable();
      const j = asModule(g);
      const row = await j.transaction((ctx) => asks(ctx, body));
      // The job does the same; who waits at the door need not wait for the queue.
      if (row.state === "approved") await certifyAdmitted(j, { invitation: row.id });
      const now = row.state === "approved" ? await j.transaction((ctx) => asks(ctx, body)) : row;
      // a server given up gets nothing more by its old token
      if (now.state === "joined" && !(await j.transaction((ctx) => serves(ctx.db, now.server), { readOnly: true }))) throw tokenRefused();
      if (now.state !== "joined") return json({ state: now.state, server: now.server, ...(now.reason ? { reason: now.reason } : {}) }, 202);
      const { member, ...more } = await j.transaction(
        async (ctx) => ({
          member: await memberOf(ctx.db, now.institution),
          anchors: await anchorsOf(ctx),
          addresses: await addressesToHandOver(ctx, now.institution),
        }),
        { readOnly: true },
      );
      return json({
        state: now.state,
        server: now.server,
        institution: now.institution,
        name: member?.name.fr ?? now.institution,
        tls: now.tlsCertificate,
        seal: now.sealCertificate,
        ...more,
      });
    }),
});

const skew = 5 * 60_000;

/** The registered server whose key signed this request; its word counts for five minutes. */
export async function proved(j: JobContext, req: GateRequest): Promise<string> {
  const proof = readProof(req.headers);
  if (!proof || Math.abs(proof.at.getTime() - j.clock.now().getTime()) > skew) throw serverNotProved();
  const said = { ...proof, method: req.method, path: req.path, body: req.body };
  const holds = () =>
    bookOf(j)
      ?.servers.get(proof.server)
      ?.certificates.some((one) => proofHolds(said, one.certificate)) ?? false;
  if (!holds()) await lookAgain(j);
  if (!holds()) throw serverNotProved();
  return proof.server;
}

export const headGate = gate({
  id: "exchange.configuration-head",
  method: "POST",
  path: "/exchange/configuration/head",
  who: anyone(),
  handle: (g, req) =>
    answering(g, async () => {
      const j = asModule(g);
      const server = await proved(j, req);
      const body = readAs(HeadBody, Buffer.from(req.body).toString("utf8"));
      if (!body) throw requestUnreadable();
      await j.transaction((ctx) => seen(ctx, server, body.version || null));
      await moved(j, server, body.address);
      const tree = body.tree && (await witness(j, server, body.tree));
      return json({ ...(await signedHead(j, await publish(j, { fresh: body.fresh }))), ...(tree ? { tree } : {}) });
    }),
});

const packed = perProgram(() => new Map<string, Buffer>());

/** The document of a version, packed once for everybody who can read it so. */
function pack(j: JobContext, name: string, press: () => Buffer): Buffer {
  const held = packed(j);
  const known = held.get(name);
  if (known) return known;
  const made = press();
  if (held.size >= 8) held.clear();
  held.set(name, made);
  return made;
}

/** What the asking side says it has and can read, the shortest first: what changed since, packed whole, whole. */
async function packedFor(
  j: JobContext,
  req: GateRequest,
  version: number,
  document: Buffer,
): Promise<{ encoding?: "dcz" | "br" | "gzip"; body: Buffer }> {
  const accepted = String(req.headers["accept-encoding"] ?? "");
  const has = /\bdcz\b/.test(accepted) ? readDictionaryHeader(req.headers["available-dictionary"]) : undefined;
  if (has) {
    const name = `${version} ${has.toString("base64")}`;
    const known = packed(j).get(name) ? document : await documentWithHash(j, has);
    if (known) return { encoding: "dcz", body: pack(j, name, () => pressedBy(known, document)) };
  }
  if (/\bbr\b/.test(accepted)) {
    const params = { [constants.BROTLI_PARAM_QUALITY]: 5 };
    return { encoding: "br", body: pack(j, `${version} br`, () => brotliCompressSync(document, { params })) };
  }
  if (/\bgzip\b/.test(accepted)) return { encoding: "gzip", body: pack(j, `${version} gzip`, () => gzipSync(document, { level: 6 })) };
  return { body: document };
}

export const configurationGate = gate({
  id: "exchange.configuration",
  method: "GET",
  path: "/exchange/configuration/{version}",
  who: anyone(),
  handle: (g, req) =>
    answering(g, async () => {
      const j = asModule(g);
      const server = await proved(j, req);
      const version = Number(req.params.version);
      const found = Number.isSafeInteger(version) && version > 0 ? await readVersion(j, version) : undefined;
      if (!found) throw notFound();
      const { document } = found;
      await j.transaction((ctx) => seen(ctx, server, version));
      const etag = `"${found.sha256.toString("hex")}"`;
      const headers = { etag, "cache-control": "private, no-cache", vary: "accept-encoding, available-dictionary" };
      if (req.headers["if-none-match"] === etag) return { status: 304, headers };
      const { encoding, body } = await packedFor(j, req, version, document);
      return {
        status: 200,
        headers: { ...headers, "content-type": "application/json", ...(encoding ? { "content-encoding": encoding } : {}) },
        body,
      };
    }),
});

export const renewGate = gate({
  id: "exchange.renew-certificate",
  method: "POST",
  path: "/exchange/renew",
  who: anyone(),
  limit: 16 * 1024,
  handle: (g, req) =>
    answering(g, async () => {
      const j = asModule(g);
      await proved(j, req);
      // what was revoked a moment ago is still in the book: a certificate would outlive that moment
      await refreshBook(j);
      const server = await proved(j, req);
      const body = readAs(RenewBody, Buffer.from(req.body).toString("utf8"));
      if (!body) throw requestUnreadable();
      const certificate = await renew(j, server, body);
      directoryChanged(j);
      return json({ certificate });
    }),
});

/** A server speaks of itself alone: it is the one whose key signed. */
export const maintenanceGate = gate({
  id: "exchange.server-maintenance",
  method: "POST",
  path: maintenancePath,
  who: anyone(),
  limit: 4 * 1024,
  handle: (g, req) =>
    answering(g, async () => {
      const j = asModule(g);
      const server = await proved(j, req);
      const body = readAs(MaintenanceBody, Buffer.from(req.body).toString("utf8"));
      if (!body || ("until" in body && Number.isNaN(Date.parse(body.until)))) throw requestUnreadable();
      const version = await heardOf(j, server, "ended" in body ? body : { until: new Date(body.until), notice: body.notice });
      return json({ version });
    }),
});

export const serverGates = [joinGate, headGate, configurationGate, renewGate, maintenanceGate];

/** A gateway joins: keys made here, requests sent with the token, certificates taken, the directory fetched. Each step may be repeated. */
import { type JobContext, T } from "#kernel";
import { fingerprintOf, makeTlsKey, pinAnchor, requestSeal, takeSeal, takeTlsCertificate } from "#trust";
import { readAs } from "../configuration/head.ts";
import { pull } from "../configuration/pull.ts";
import { callCentre } from "./centre.ts";
import { ownLog } from "./log-identity.ts";
import { joinedBefore, type JoinedRow, joinedRow, moveCentre, putAddresses, putJoined, putJoining } from "./store.ts";
import { keepUp } from "./run.ts";
import { type JoiningToken, requestFingerprint } from "./token.ts";

const Waiting = T.Object({ state: T.String(), server: T.String(), reason: T.Optional(T.String()) });
const Admitted = T.Object({
  state: T.Literal("joined"),
  server: T.String({ maxLength: 255 }),
  institution: T.String({ maxLength: 200 }),
  name: T.String({ maxLength: 300 }),
  tls: T.String({ maxLength: 20_000 }),
  seal: T.String({ maxLength: 20_000 }),
  anchors: T.Array(T.String({ maxLength: 20_000 }), { maxItems: 50 }),
  addresses: T.Record(
    T.String(),
    T.Object({
      url: T.String({ maxLength: 2000 }),
      verifyTls: T.Boolean(),
      ca: T.Union([T.String({ maxLength: 60_000 }), T.Null()]),
    }),
  ),
});

export type Progress =
  | { state: "joined"; server: string; institution: string }
  /** `fingerprint`: to be read to whoever decides at the centre. */
  | { state: "waiting"; fingerprint: string; why: string }
  | { state: "refused"; why: string };

/** Keys and requests are made once: a start that died goes on with the same ones. */
async function prepare(j: JobContext, token: JoiningToken | undefined, address: string): Promise<JoinedRow | undefined> {
  const known = await j.transaction((ctx) => joinedRow(ctx), { readOnly: true });
  if (known?.joinedAt || (known && (!token || token.invitation === known.invitation))) return known;
  if (!token) return undefined;
  const tls = known ? { id: known.tlsRequest, csr: known.tlsCsr } : await makeTlsKey(j, `join ${token.invitation}`);
  const seal = known?.sealRequest
    ? { id: known.sealRequest, csr: known.sealCsr! }
    : await requestSeal(j, { id: `join-${token.invitation}`, name: token.invitation });
  await j.transaction((ctx) =>
    putJoining(ctx, {
      centre: token.centre,
      anchor: token.anchor,
      invitation: token.invitation,
      secret: token.secret,
      address,
      tlsRequest: tls.id,
      sealRequest: seal.id,
      tlsCsr: tls.csr,
      sealCsr: seal.csr,
    }),
  );
  return j.transaction((ctx) => joinedRow(ctx), { readOnly: true });
}

/** One attempt; `waiting` means: again in a few seconds. Undefined: never joined and no token. */
export async function join(
  j: JobContext,
  o: { token?: JoiningToken | undefined; address: string; centre?: string | undefined },
): Promise<Progress | undefined> {
  if (o.centre) await j.transaction((ctx) => moveCentre(ctx.db, o.centre!));
  const row = await prepare(j, o.token && { ...o.token, centre: o.centre ?? o.token.centre }, o.address);
  if (!row) return undefined;
  if (row.joinedAt) return { state: "joined", server: row.server!, institution: row.institution! };
  const fingerprint = requestFingerprint(row.tlsCsr, row.sealCsr!);
  const reply = await callCentre(j, {
    centre: row.centre,
    method: "POST",
    path: "/exchange/join",
    body: JSON.stringify({
      invitation: row.invitation,
      secret: row.secret,
      address: row.address,
      tls: row.tlsCsr,
      seal: row.sealCsr,
      log: await ownLog(j),
    }),
  });
  if (!reply.ok) return { state: "waiting", fingerprint, why: `the centre at ${row.centre} is not reached: ${reply.why}` };
  const text = reply.body.toString("utf8");
  if (reply.status === 202) {
    const said = readAs(Waiting, text);
    if (said?.state === "refused") return { state: "refused", why: said.reason ?? "the centre refused this server" };
    return { state: "waiting", fingerprint, why: "somebody at the centre has to admit this server" };
  }
  if (reply.status >= 500) return { state: "waiting", fingerprint, why: `the centre answered ${reply.status}` };
  const admitted = reply.status === 200 ? readAs(Admitted, text) : undefined;
  if (!admitted) return { state: "refused", why: `the centre answered ${reply.status}: ${text.slice(0, 300)}` };
  const anchor = admitted.anchors.find((one) => fingerprintOf(one) === row.anchor);
  if (!anchor) return { state: "refused", why: "the centre does not show the root its token named: this is another centre" };
  await j.transaction(async (ctx) => {
    await pinAnchor(ctx, anchor, row.anchor);
    await takeTlsCertificate(ctx, row.tlsRequest, admitted.tls, admitted.server);
    await takeSeal(ctx, row.sealRequest!, admitted.seal, { id: admitted.institution, name: admitted.name });
    await putJoined(ctx, admitted);
  });
  await keepUp(j);
  await pull(j);
  // whoever joined this database before has them already, as they are today
  await j.transaction(async (ctx) => {
    if (!(await joinedBefore(ctx))) await putAddresses(ctx.db, admitted.institution, admitted.addresses);
  });
  return { state: "joined", server: admitted.server, institution: admitted.institution };
}

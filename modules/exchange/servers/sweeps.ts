import { type JobContext, sweep, T, work } from "#kernel";
import { ensureTlsIdentity, makeTlsKey, requestSeal, sealKeyFor, takeSeal, takeTlsCertificate, tlsIdentities } from "#trust";
import { forgetReports, reportConcerned } from "../access/report.ts";
import { readAs } from "../configuration/head.ts";
import { publish } from "../configuration/publish.ts";
import { pull } from "../configuration/pull.ts";
import { pullConsents } from "../consent/pull.ts";
import { newestFor } from "../consent/store.ts";
import { perProgram } from "../memory/program.ts";
import { changedPath } from "../transport/listen.ts";
import { requestOn } from "../transport/dial.ts";
import { bookOf } from "./book.ts";
import { callCentre } from "./centre.ts";
import { currentIdentity, isWorn } from "./identity.ts";
import { certifyAdmitted, certifyServer } from "./invite.ts";
import { keepUp } from "./run.ts";
import { keepMaintenance } from "./maintenance.ts";
import { type JoinedRow, joinedRow } from "./store.ts";
import { hostOf } from "./token.ts";

/** Twice a minute, so that a revocation at the centre is known here within one. */
export const pullConfiguration = sweep("exchange.pull-configuration", { seconds: 30 }, async (j) => {
  if (j.config.role !== "gateway") return;
  const joined = await j.transaction((ctx) => joinedRow(ctx), { readOnly: true });
  if (!joined?.joinedAt) return;
  const pulled = await pull(j);
  await pullConsents(j);
  await keepUp(j);
  if (!pulled.ok) alarm(j);
});

/** Said louder the longer it lasts: what stops is stopped by the policy, not by surprise. */
function alarm(j: JobContext): void {
  const known = bookOf(j)?.configuration;
  const hours = known ? (j.clock.now().getTime() - known.at.getTime()) / 3_600_000 : Number.POSITIVE_INFINITY;
  if (hours > 1)
    j.log.error({ hours: Math.floor(hours), version: known?.version }, "exchange: no word of the centre, the directory grows old");
}

const Renewed = T.Object({ certificate: T.String({ maxLength: 20_000 }) });

/** Before a third of its life is left a certificate gets its successor; the old one stands until it ends. */
export const renewCertificates = sweep("exchange.renew-certificates", { seconds: 3600 }, async (j) => {
  if (j.config.role !== "gateway") return renewHouse(j);
  const joined = await j.transaction((ctx) => joinedRow(ctx), { readOnly: true });
  if (!joined?.server) return;
  const now = j.clock.now();
  const newest = (await tlsIdentities(j, joined.server))[0];
  if (!newest || isWorn(newest, now)) {
    const made = await makeTlsKey(j, joined.server);
    const certificate = await ask(j, joined, "tls", made.csr);
    if (certificate) await j.transaction((ctx) => takeTlsCertificate(ctx, made.id, certificate));
  }
  const owner = { id: joined.institution!, name: joined.name! };
  const seal = await sealKeyFor(j, owner);
  if (seal.notAfter.getTime() - now.getTime() > yearAndMore) return;
  const made = await requestSeal(j, owner);
  const certificate = await ask(j, joined, "seal", made.csr);
  if (certificate) await j.transaction((ctx) => takeSeal(ctx, made.id, certificate));
});
/** The house certifies itself; its gateways hear of the new certificate before it shows it. */
async function renewHouse(j: JobContext): Promise<void> {
  const book = bookOf(j);
  const self = book?.house === undefined ? undefined : book.servers.get(book.house);
  if (!self) return;
  await ensureTlsIdentity(j, { subject: self.id, organization: j.country.name.fr, host: hostOf(self.address) });
  await keepUp(j);
}

/** A third of a seal's three years. */
const yearAndMore = 365 * 86_400_000;

async function ask(j: JobContext, joined: JoinedRow, kind: "tls" | "seal", csr: string): Promise<string | undefined> {
  const identity = await currentIdentity(j, joined.server!);
  if (!identity) return undefined;
  const reply = await callCentre(j, {
    centre: joined.centre,
    method: "POST",
    path: "/exchange/renew",
    body: JSON.stringify({ kind, csr, address: joined.address }),
    as: { server: joined.server!, key: identity.key },
  });
  const said = reply.ok && reply.status === 200 ? readAs(Renewed, reply.body.toString("utf8")) : undefined;
  if (!said) j.log.error({ kind, why: reply.ok ? reply.status : reply.why }, "exchange: a certificate could not be renewed");
  return said?.certificate;
}

/** Which version each server has heard of. */
const told = perProgram(() => new Map<string, string>());

/** The centre tells its gateways that there is something new; who does not hear it asks within half a minute anyway. */
export const tellGateways = sweep("exchange.tell-gateways", { seconds: 10 }, async (j) => {
  if (j.config.role === "gateway") return;
  const others = [...(bookOf(j)?.servers.values() ?? [])].filter((one) => !one.centre && !one.foreign);
  if (others.length === 0) return;
  const { version } = await publish(j, { fresh: true });
  const heard = told(j);
  await Promise.all(
    others.map(async ({ id, members }) => {
      // a consent taken back is told as soon as a certificate revoked
      const consents = await j.transaction(({ db }) => newestFor(db, [...members]), { readOnly: true });
      const news = `${version} ${consents}`;
      if (heard.get(id) === news) return;
      const signal = AbortSignal.any([j.signal, AbortSignal.timeout(5000)]);
      await requestOn(j, id, { method: "POST", path: changedPath, signal }).then(
        (res) => {
          res.resume();
          heard.set(id, news);
        },
        // away: told at the next look
        () => undefined,
      );
    }),
  );
});

export const serverSweeps = [pullConfiguration, renewCertificates, tellGateways, keepMaintenance, reportConcerned, forgetReports];
export const serverJobs = [work(certifyServer, certifyAdmitted)];

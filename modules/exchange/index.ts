/** The exchange's door for its neighbours upstairs. */
import { type Context, defineModule, type Text } from "#kernel";
import { answerByHand, followTraffic, manageServices, proveMessage, readRights, searchTraffic } from "./api.ts";
import { reportRefused } from "./access/facts.ts";
import { askConsents } from "./consent/contracts.ts";
import { consentFacts } from "./consent/facts.ts";
import { consentsGate } from "./consent/gate.ts";
import { learnPersons } from "./consent/persons.ts";
import { receiptSigned } from "./consent/receipt.ts";
import { watchFolders } from "./connectors/drop.ts";
import { connectorFacts } from "./connectors/facts.ts";
import { loadCountry } from "./directory/load.ts";
import { serviceByCode, servicesList, subsystemsOf } from "./directory/store.ts";
import type { Offer } from "./door.ts";
import { logArchived } from "./evidence/archive.ts";
import { epochBegun } from "./evidence/epoch.ts";
import { evidenceSweeps } from "./evidence/sweeps.ts";
import { answered, answeredByHand, asked, failed, handAsked, refused, serviceState, unanswered } from "./facts.ts";
import { approveFederation, manageFederation } from "./federation/contracts.ts";
import { federationFacts } from "./federation/facts.ts";
import { federationGates } from "./federation/gates.ts";
import { federationJobs, federationSweeps } from "./federation/jobs.ts";
import { handlers } from "./handlers.ts";
import { deliver, lapse } from "./hand/jobs.ts";
import { concludeOrphans, erase } from "./log/sweeps.ts";
import { cancelMessages, readOutbox } from "./outbox/contracts.ts";
import { messageCancelled, messageExpired } from "./outbox/facts.ts";
import { outboxSweeps } from "./outbox/sweeps.ts";
import { approveServers, manageServers, readServers } from "./servers/contracts.ts";
import { serverFacts } from "./servers/facts.ts";
import { serverGates } from "./servers/gates.ts";
import { runServer } from "./servers/run.ts";
import { serverJobs, serverSweeps } from "./servers/sweeps.ts";
import { readOperations } from "./monitoring/contracts.ts";
import { diagnose } from "./monitoring/diagnose.ts";
import { yearReported } from "./monitoring/facts.ts";
import { members, purposes, rights, services } from "./pack.ts";
import { dropFolder, mysqlRows, postgresRows } from "./ports.ts";
import { approveDirectory, approveProposals } from "./publish/contracts.ts";
import { publishFacts } from "./publish/facts.ts";
import { readDescription, refreshDescriptions } from "./publish/jobs.ts";
import { roomFacts } from "./rooms/facts.ts";
import { rooms } from "./rooms/pack.ts";
import { roomSweeps } from "./rooms/sweeps.ts";

export type { Answer, AnsweredBy, Offer, Question } from "./door.ts";
export { ask } from "./gateway/ask.ts";
/** What a courier carries between servers no link joins. */
export { exportBundle, importBundle } from "./courier/bundle.ts";
/** The r1 surface, for the listener that the composition root opens. */
export { r1, type Identify } from "./gates/r1/serve.ts";
export { demonstrationInvites, invite } from "./servers/invite.ts";
export { join, type Progress } from "./servers/join.ts";
/** Is this the log whose secrets this program holds? */
export { ownLog } from "./servers/log-identity.ts";
export { keepUp, openPort, whereOpened, whoJoined } from "./servers/run.ts";
export { addressPattern, readToken, requestFingerprint, type JoiningToken } from "./servers/token.ts";
/** Federation with other instances, for the local command. */
export { anchorFingerprint } from "./federation/anchor.ts";
export { decide as decideFederation, importFile as importAnchor, setOpening, stop as stopFederation } from "./federation/decide.ts";
export { ensureAnchor } from "./federation/own.ts";
export { bookOf, configurationOf, refreshBook } from "./servers/book.ts";
/** Maintenance mode of this gateway, for its own machine. */
export {
  enterMaintenance,
  leaveMaintenance,
  longestDays,
  longestNotice,
  type OwnMaintenance,
  ownState as maintenanceState,
} from "./servers/maintenance.ts";
export { gatewayHealth, type GatewayHealth } from "./servers/health.ts";
export { connectLocally } from "./connectors/local.ts";
export { pull } from "./configuration/pull.ts";
/** How far the message log is sealed and time-stamped. */
export { stateOf as evidenceState } from "./evidence/handlers.ts";
/** For the local command that moves old rows of the message log into files. */
export { type Archive, dropArchived, nextArchive, recordArchive, youngestArchived } from "./evidence/archive.ts";
/** A gateway's log that was put back, and the log against itself: for its local commands. */
export { beginByHand as beginEpoch } from "./evidence/epoch.ts";
export { epochs, heldSince, holdSeals } from "./evidence/store-epochs.ts";
export { type LogVerdict, verifyLog } from "./evidence/verify-log.ts";
export { setBase } from "./directory/load.ts";
/** A right may want the consent of the person concerned: the one there is, or the question that now waits for her. */
export { consentFor, type ConsentState } from "./consent/ask.ts";
/** Subject: the person; `consent` names the question. */
export { consentGiven, consentRefused } from "./consent/facts.ts";
/** Subject `exchange-request:<id>`: ask again with the same key (answered), or ask anew (unanswered). */
export { answeredByHand, unanswered } from "./facts.ts";

/** Which service answers this kind of question for that institution? */
export async function offer(ctx: Context, q: { institution: string; service: string }): Promise<Offer | undefined> {
  const s = await serviceByCode(ctx.db, q.institution, q.service);
  if (!s) return undefined;
  const { id: service, institution, enabled, answersInDays } = s;
  // to who asks, a view and a file are systems: they answer at once
  const kind = s.kind === "person" ? "person" : "http";
  return { service, kind, institution, enabled, ...(answersInDays === null ? {} : { answersInDays }) };
}

/** What is published, by whom: for neighbours that tell what falls silent when an institution does. */
export async function publishedServices(ctx: Context): Promise<{ id: string; title: Text; institution: string; enabled: boolean }[]> {
  return (await servicesList(ctx.db, undefined)).map(({ id, title, institution, enabled }) => ({ id, title, institution, enabled }));
}

/** As which client an institution asks; its only subsystem, or the one named. */
export async function subsystemOf(ctx: Context, q: { institution: string; code?: string }): Promise<string | undefined> {
  const all = await subsystemsOf(ctx.db, q.institution);
  return q.code === undefined ? all[0]?.id : all.find((s) => s.code === q.code)?.id;
}

export const exchange = defineModule({
  name: "exchange",
  floor: 1,
  needs: ["registry", "trust", "documents"],
  handlers,
  facts: [
    asked,
    answered,
    refused,
    failed,
    handAsked,
    answeredByHand,
    unanswered,
    serviceState,
    reportRefused,
    ...consentFacts,
    logArchived,
    epochBegun,
    ...publishFacts,
    yearReported,
    messageExpired,
    messageCancelled,
    ...serverFacts,
    ...federationFacts,
    ...connectorFacts,
    ...roomFacts,
  ],
  jobs: [receiptSigned, deliver, diagnose, readDescription, ...serverJobs, ...federationJobs],
  sweeps: [
    refreshDescriptions,
    watchFolders,
    lapse,
    concludeOrphans,
    erase,
    ...outboxSweeps,
    ...roomSweeps,
    ...evidenceSweeps,
    ...serverSweeps,
    ...federationSweeps,
  ],
  gates: [...serverGates, ...federationGates, consentsGate],
  permissions: [
    answerByHand,
    askConsents,
    approveDirectory,
    approveProposals,
    manageServices,
    readRights,
    searchTraffic,
    followTraffic,
    proveMessage,
    readOperations,
    readServers,
    manageServers,
    approveServers,
    manageFederation,
    approveFederation,
    readOutbox,
    cancelMessages,
  ],
  purposes: {
    "exchange.answer-by-hand": {
      fr: "Répondre à la demande d’une autre institution",
      en: "Answering another institution’s request",
    },
    "exchange.consent": { fr: "Vous demander votre accord", en: "Asking for your consent" },
    "exchange.archive-log": { fr: "Archiver le journal des échanges", en: "Archiving the exchange log" },
    "exchange.prove-message": { fr: "Produire la preuve d’un échange", en: "Producing the proof of an exchange" },
  },
  ports: [postgresRows, mysqlRows, dropFolder],
  pack: [members, services, rights, purposes, rooms],
  migrations: new URL("./migrations/", import.meta.url),
  start: async (host) => {
    // a gateway's directory is what the centre signed, not the country's folder
    const loaded = host.config.role === "gateway" ? undefined : await host.transaction((ctx) => loadCountry(ctx));
    if (loaded) host.log.info(loaded, "exchange directory loaded");
    learnPersons(host);
    host.onStop(await runServer(host));
  },
});

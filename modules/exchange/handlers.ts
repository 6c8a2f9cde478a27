import { implement } from "#kernel";
import * as api from "./api.ts";
import { connect, connectorsShown, dropsShown, look, trial } from "./connectors/handlers.ts";
import { consistencyOf, containerOf, headOf, stateOf } from "./evidence/handlers.ts";
import { policiesShown } from "./agreements/handlers.ts";
import { classesShown, classShown } from "./classes/handlers.ts";
import * as federation from "./federation/handlers.ts";
import { changeState, membersOf, oneService, rightsOf, servicesOf } from "./directory/handlers.ts";
import { askedList, askedOne, asked as consentAsked, concluded, offersShown } from "./consent/counter.ts";
import { given, listMine, readMine, receiptShown, refused, takenBack as consentTakenBack } from "./consent/handlers.ts";
import { answerOne, declineOne, listOf, readOne } from "./hand/handlers.ts";
import { mine, proofOf, searchOf } from "./log/handlers.ts";
import {
  announceOne,
  classify,
  configurationsOf,
  decideOne,
  endOne,
  invitationsOf,
  inviteOne,
  retireOne,
  serversOf,
  setPolicy,
  withdrawOne,
} from "./servers/handlers.ts";
import { diagnosesShown, diagnosisShown, diagnosisStarted, operationsShown, troublesShown } from "./monitoring/handlers.ts";
import { nationalYear, yearShown } from "./monitoring/year.ts";
import { makeYearReport } from "./monitoring/year-report.ts";
import { trafficOf } from "./log/traffic.ts";
import { deliveriesShown, roomsShown } from "./rooms/handlers.ts";
import { cancelled, destinationsOf, waitingOf } from "./outbox/handlers.ts";
import { decided } from "./publish/decide.ts";
import {
  changeProposed,
  refreshAsked,
  rightProposed,
  rightTaken,
  serviceProposed,
  subsystemProposed,
  takenBack,
} from "./publish/propose.ts";
import { proposalShown, proposalsShown, publicationOf, purposesShown } from "./publish/views.ts";

export const handlers = implement(api, {
  listMembers: membersOf,
  listOperations: operationsShown,
  readYear: yearShown,
  readNationalYear: nationalYear,
  makeYearReport,
  listTroubles: troublesShown,
  listDiagnoses: diagnosesShown,
  startDiagnosis: diagnosisStarted,
  readDiagnosis: diagnosisShown,
  listConnectors: connectorsShown,
  lookConnection: look,
  connectView: connect,
  connectFile: connect,
  tryConnector: trial,
  listDrops: dropsShown,
  listServices: servicesOf,
  readService: oneService,
  setServiceState: changeState,
  listRights: rightsOf,
  listHandRequests: listOf,
  readHandRequest: readOne,
  answerHandRequest: answerOne,
  declineHandRequest: declineOne,
  searchLog: searchOf,
  readProof: proofOf,
  readContainer: containerOf,
  readTreeHead: headOf,
  readTreeConsistency: consistencyOf,
  readTreeState: stateOf,
  readTraffic: trafficOf,
  readsOfMe: mine,
  myConsents: listMine,
  myConsent: readMine,
  giveConsent: given,
  refuseConsent: refused,
  withdrawConsent: consentTakenBack,
  readReceipt: receiptShown,
  listConsentOffers: offersShown,
  listConsentsAsked: askedList,
  readConsentAsked: askedOne,
  askConsent: consentAsked,
  concludeConsent: concluded,
  listDestinations: destinationsOf,
  listOutbox: waitingOf,
  cancelMessage: cancelled,
  proposeSubsystem: subsystemProposed,
  proposeService: serviceProposed,
  proposeServiceChange: changeProposed,
  proposeRight: rightProposed,
  listProposals: proposalsShown,
  readProposal: proposalShown,
  decideProposal: decided,
  withdrawProposal: takenBack,
  endRight: rightTaken,
  refreshDescription: refreshAsked,
  readPublication: publicationOf,
  listPurposes: purposesShown,
  readPolicies: policiesShown,
  listServers: serversOf,
  listInvitations: invitationsOf,
  inviteServer: inviteOne,
  decideServer: decideOne,
  withdrawInvitation: withdrawOne,
  retireServer: retireOne,
  announceMaintenance: announceOne,
  endMaintenance: endOne,
  listConfigurations: configurationsOf,
  listFederations: federation.federationsOf,
  readFederation: federation.federationShown,
  makeAnchor: federation.anchorAsked,
  readAnchorFile: federation.anchorShown,
  importAnchor: federation.imported,
  decideFederation: federation.federationDecided,
  suspendFederation: federation.suspended,
  resumeFederation: federation.resumed,
  withdrawFederation: federation.ended,
  openToInstance: federation.opened,
  listRooms: roomsShown,
  listDeliveries: deliveriesShown,
  setOfflinePolicy: setPolicy,
  classifyService: classify,
  listDataClasses: classesShown,
  readDataClass: classShown,
});

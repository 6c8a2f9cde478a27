import { implement } from "#kernel";
import * as api from "./api.ts";
import { connect, connectorsShown, dropsShown, look, trial } from "./connectors/handlers.ts";
import { consistencyOf, containerOf, headOf, stateOf } from "./evidence/handlers.ts";
import { policiesShown } from "./agreements/handlers.ts";
import { changeState, membersOf, oneService, rightsOf, servicesOf } from "./directory/handlers.ts";
import { answerOne, declineOne, listOf, readOne } from "./hand/handlers.ts";
import { mine, proofOf, searchOf } from "./log/handlers.ts";
import {
  classify,
  configurationsOf,
  decideOne,
  invitationsOf,
  inviteOne,
  retireOne,
  serversOf,
  setPolicy,
  withdrawOne,
} from "./servers/handlers.ts";
import { diagnosisShown, diagnosisStarted, operationsShown, yearShown } from "./monitoring/handlers.ts";
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
  listConfigurations: configurationsOf,
  listRooms: roomsShown,
  listDeliveries: deliveriesShown,
  setOfflinePolicy: setPolicy,
  classifyService: classify,
});

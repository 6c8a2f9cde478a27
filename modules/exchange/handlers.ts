import { implement } from "#kernel";
import * as api from "./api.ts";
import { changeState, membersOf, oneService, rightsOf, servicesOf } from "./directory/handlers.ts";
import { answerOne, declineOne, listOf, readOne } from "./hand/handlers.ts";
import { mine, proofOf, searchOf } from "./log/handlers.ts";
import { trafficOf } from "./log/traffic.ts";

export const handlers = implement(api, {
  listMembers: membersOf,
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
  readTraffic: trafficOf,
  readsOfMe: mine,
});

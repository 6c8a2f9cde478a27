import { classesPage, policyAction } from "./classes.ts";
import { diagnosesPage, diagnosisAction } from "./diagnoses.ts";
import { diagnosisPage } from "./diagnosis.ts";
import { directoryPage } from "./directory.ts";
import { federationActions, federationPage } from "./federation.ts";
import { federationOnePage, openingAction } from "./federation-one.ts";
import { grantActions, grantPage } from "./grant.ts";
import { containerPage, logPage, proofPage } from "./log.ts";
import { membersPage, subsystemAction } from "./members.ts";
import { cancelAction, outboxPage } from "./outbox.ts";
import { proposalActions, proposalPage, proposalsPage } from "./proposals.ts";
import { publishAction, publishPage } from "./publish.ts";
import { policiesPage, rightsPage } from "./rights.ts";
import { deliveriesPage, roomsPage } from "./rooms.ts";
import { refreshAction, rightEndAction, serviceAction, serviceClassAction, servicePage } from "./service.ts";
import { serverActions, serversPage } from "./servers.ts";
import { dropsPage, sourcesPage } from "./sources.ts";
import { trafficPage } from "./traffic.ts";
import { yearFilePage, yearPage, yearReportAction } from "./year.ts";

export const exchangePages = [
  directoryPage,
  membersPage,
  servicePage,
  rightsPage,
  policiesPage,
  proposalsPage,
  proposalPage,
  publishPage,
  grantPage,
  trafficPage,
  diagnosesPage,
  diagnosisPage,
  yearPage,
  yearFilePage,
  classesPage,
  serversPage,
  federationPage,
  federationOnePage,
  outboxPage,
  sourcesPage,
  dropsPage,
  roomsPage,
  deliveriesPage,
  logPage,
  proofPage,
  containerPage,
];
export const exchangeActions = [
  serviceAction,
  refreshAction,
  rightEndAction,
  subsystemAction,
  publishAction,
  ...grantActions,
  ...proposalActions,
  ...serverActions,
  ...federationActions,
  openingAction,
  cancelAction,
  diagnosisAction,
  yearReportAction,
  policyAction,
  serviceClassAction,
];

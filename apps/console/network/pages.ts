import { alarmPage, alarmsPage } from "./alarms.ts";
import { addressesPage, assignAction } from "./addresses.ts";
import { branchActions } from "./branch-actions.ts";
import { branchPage } from "./branch.ts";
import { branchesPage, uploadAction } from "./branches.ts";
import { changeActions } from "./change-actions.ts";
import { changePage } from "./change.ts";
import { capacityPage } from "./capacity.ts";
import { coveragePage } from "./coverage.ts";
import { doublesPage } from "./doubles.ts";
import { equipmentActions, equipmentPage } from "./equipment.ts";
import { equipmentListActions, equipmentListPage, equipmentRegisterPage } from "./equipment-list.ts";
import { exportAction, filesPage, importAction } from "./files.ts";
import { nodesPage, spansPage } from "./lists.ts";
import { nodePage } from "./node.ts";
import { operationAction, operationPage } from "./operation.ts";
import { fabricActions, fabricPage, operationsPage } from "./operations.ts";
import { orderAction, orderPage } from "./order.ts";
import { overviewPage } from "./overview.ts";
import { planPage } from "./plan.ts";
import { reportAction, reportPage } from "./report.ts";
import { historyPage } from "./history.ts";
import { closeMonthAction, levelPage, levelsPage, paperAction } from "./levels.ts";
import { ownActions, ownPage } from "./own.ts";
import { spanPage } from "./span.ts";
import { ticketActions, ticketPage, ticketsPage } from "./tickets.ts";
import { workActions } from "./work-actions.ts";
import { workPage } from "./work.ts";
import { openWorkAction, worksPage } from "./works.ts";

/** The network in the console: what there is, what a cut costs, what is planned, what it is called. */
export const networkPages = [
  overviewPage,
  spansPage,
  spanPage,
  nodesPage,
  nodePage,
  reportPage,
  planPage,
  doublesPage,
  capacityPage,
  branchesPage,
  branchPage,
  changePage,
  orderPage,
  coveragePage,
  fabricPage,
  operationsPage,
  operationPage,
  addressesPage,
  equipmentListPage,
  equipmentRegisterPage,
  equipmentPage,
  filesPage,
  alarmsPage,
  alarmPage,
  historyPage,
  ticketsPage,
  ticketPage,
  worksPage,
  workPage,
  levelsPage,
  levelPage,
  ownPage,
];
export const networkActions = [
  uploadAction,
  ...branchActions,
  ...changeActions,
  orderAction,
  assignAction,
  importAction,
  exportAction,
  reportAction,
  ...fabricActions,
  ...equipmentListActions,
  ...equipmentActions,
  operationAction,
  ...ticketActions,
  openWorkAction,
  ...workActions,
  closeMonthAction,
  paperAction,
  ...ownActions,
];

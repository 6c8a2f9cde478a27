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
import { spanPage } from "./span.ts";

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
];

import { nodesPage, spansPage } from "./lists.ts";
import { nodePage } from "./node.ts";
import { overviewPage } from "./overview.ts";
import { planPage } from "./plan.ts";
import { spanPage } from "./span.ts";

/** The network in the console: map, spans, sites, what the next kilometre buys. */
export const networkPages = [overviewPage, spansPage, spanPage, nodesPage, nodePage, planPage];

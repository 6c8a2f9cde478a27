import { defineApp, official, page, seeOther } from "#kernel";
import { failureOf, officialSignIn } from "#ui";
import { exchangeActions, exchangePages } from "./exchange/pages.ts";
import { factsPage } from "./facts/page.ts";
import { healthPage } from "./health/page.ts";
import { institutionsPage } from "./institutions/list.ts";
import { institutionPage } from "./institutions/one.ts";
import { messagesPage } from "./messages/page.ts";
import { networkActions, networkPages } from "./network/pages.ts";
import { paymentsPage, statementAction } from "./payments/page.ts";
import { roleActions } from "./roles/actions.ts";
import { rolesPage } from "./roles/page.ts";
import { openTo, shell } from "./site.ts";
import { certificatesPage } from "./trust/certificates.ts";
import { ledgerPage } from "./trust/ledger.ts";
import { words } from "./words.ts";

const home = page({
  id: "console.home",
  path: "/console",
  who: official(),
  render: (p) => seeOther(openTo(p.caller)[0]?.path ?? "/bureau"),
});

/** The operators' and auditors' console: measures and metadata, contracts only. */
export const operations = defineApp({
  name: "console",
  prefix: "/console",
  pages: [
    home,
    healthPage,
    institutionsPage,
    institutionPage,
    ...networkPages,
    rolesPage,
    messagesPage,
    paymentsPage,
    ...exchangePages,
    certificatesPage,
    ledgerPage,
    factsPage,
  ],
  actions: [...roleActions, ...networkActions, statementAction, ...exchangeActions],
  signInPath: officialSignIn,
  failure: (p, problem) =>
    shell(p, undefined, {
      title: words(p.lang).failedTitle,
      failed: true,
      main: failureOf(p, problem, { words: words(p.lang), home: "/console" }),
    }),
});

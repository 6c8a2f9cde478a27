import { defineApp, html, official, page, seeOther, type Html, type PageContext, type Problem } from "#kernel";
import { banner, buttonLink } from "#ui";
import { directoryPage, rightsPage, serviceAction, servicePage } from "./exchange/directory.ts";
import { logPage, proofPage } from "./exchange/log.ts";
import { factsPage } from "./facts/page.ts";
import { healthPage } from "./health/page.ts";
import { institutionsPage } from "./institutions/list.ts";
import { institutionPage } from "./institutions/one.ts";
import { messagesPage } from "./messages/page.ts";
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
    rolesPage,
    messagesPage,
    paymentsPage,
    directoryPage,
    servicePage,
    rightsPage,
    logPage,
    proofPage,
    certificatesPage,
    ledgerPage,
    factsPage,
  ],
  actions: [...roleActions, statementAction, serviceAction],
  signInPath: (p) => `/bureau/connexion?${new URLSearchParams({ suite: p.url }).toString()}`,
  failure,
});

/** What went wrong, its code for whoever runs the platform, and a way on. */
function failure(p: PageContext, problem: Problem): Html {
  const w = words(p.lang);
  const official = p.caller.kind === "official";
  const hint =
    problem.status === 404
      ? w.missing
      : problem.status === 403
        ? w.forbidden
        : problem.status >= 500 || problem.status === 429
          ? w.later
          : "";
  return shell(p, undefined, {
    title: w.failedTitle,
    failed: true,
    main: html`<h1>${w.failedTitle}</h1>
      ${banner(
        p.lang,
        "problem",
        html`<p><b>${p.say(problem.kind.title)}</b></p>
          ${problem.more.detail ? html`<p>${p.say(problem.more.detail)}</p>` : ""}
          <p>${hint}</p>`,
        w.notDone,
      )}
      <p class="t-source">${w.code} <code>${problem.code}</code></p>
      <div class="t-actions">
        ${buttonLink(official ? "/console" : "/bureau/connexion", official ? w.failedHome : w.signIn, "second")}
      </div>`,
  });
}

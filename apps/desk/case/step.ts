import { handleCases, readDeskCase, type DeskCase } from "#services/api";
import { html, official, T, type Contract, type Form, type Html, type PageContext, type Permission } from "#kernel";
import { deskPage, sent, type Again, type Screen } from "../screen.ts";
import { refusalOf, type View } from "../site.ts";
import { colleagueNames, colleagueReads } from "../standing.ts";
import { caseCrumbs, caseHead } from "./page.ts";

export interface CaseRef {
  number: string;
}
export const CaseRefInput = T.Object({ number: T.String({ minLength: 6, maxLength: 32 }) });
export const caseRefOf = (form: Form): CaseRef => ({ number: sent(form, "number") });
export const movingForm = { number: T.String({ minLength: 6, maxLength: 32 }), version: T.Integer({ minimum: 1 }) };

/** A page where one step of a case is looked at before saying yes: the case's head, then what the step asks. */
export function stepScreen(o: {
  title(p: PageContext, file: DeskCase): string;
  reads?: readonly Contract[];
  keys?(p: PageContext): View["keys"];
  body(p: PageContext, file: DeskCase, again: Again | undefined): Promise<Html> | Html;
  /** Whether the page itself shows this problem beside its fields. */
  fieldsShown?: readonly string[];
}): Screen<CaseRef> {
  return {
    reads: [readDeskCase, ...colleagueReads, ...(o.reads ?? [])],
    async view(p, { number }, again) {
      const file = await p.call(readDeskCase, { number });
      const title = o.title(p, file);
      return {
        title: `${title} – ${file.number}`,
        current: "cases",
        crumbs: caseCrumbs(p, file.number),
        failed: Boolean(again),
        keys: o.keys?.(p) ?? [],
        main: html`${refusalOf(p, again?.problem)}${caseHead(p, file, await colleagueNames(p), title)}
          <div class="t-text">${await o.body(p, file, again)}</div>`,
      };
    },
  };
}

export function stepPage(id: string, where: string, screen: Screen<CaseRef>, permission: Permission = handleCases) {
  return deskPage({ id, path: `/bureau/dossiers/{number}/${where}`, who: official(permission), input: CaseRefInput, screen });
}

export function versionOf(p: PageContext, file: DeskCase): Html {
  return html`${p.csrf}<input type="hidden" name="version" value="${file.version}" />`;
}

export function wrongField(again: Again | undefined, path: string): boolean {
  return again?.problem.more.fields?.some((f) => f.path === path || f.path.startsWith(`${path}.`)) ?? false;
}

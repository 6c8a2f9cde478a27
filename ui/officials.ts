/**
 * What the officials' applications share: pages made of screens, forms that come back on their page when refused, the
 * account line of the header, the failure page. Contracts stay with the applications: they are passed in.
 */
import {
  action,
  html,
  page,
  type Action,
  type ActionContext,
  type Caller,
  type Contract,
  type Form,
  type Html,
  type OfficialCaller,
  type Page,
  type PageContext,
  type Problem,
  type Reply,
  type Static,
  type TObject,
  type Who,
} from "#kernel";
import type { Content } from "./attributes.ts";
import { button, buttonLink, form } from "./controls.ts";
import { banner } from "./notices.ts";

export function officialOf(caller: Caller): OfficialCaller {
  if (caller.kind !== "official") throw new Error("the page's `who` lets officials in only");
  return caller;
}

export function may(caller: Caller, permission: string): boolean {
  return caller.kind === "official" && caller.permissions.has(permission);
}

/** In which role and institution one works now. */
export interface Standing {
  name?: string | undefined;
  role: string;
  institution: string;
  /** More than one role to choose from. */
  several: boolean;
}

interface RoleLine {
  institution: string;
  institutionName: string;
  role: string;
  roleName: string;
}

export function standingOf(caller: Caller, name: string | undefined, roles: readonly RoleLine[]): Standing {
  const { institution, role } = officialOf(caller);
  const now = roles.find((one) => one.institution === institution && one.role === role);
  return { name, role: now?.roleName ?? role, institution: now?.institutionName ?? institution, several: roles.length > 1 };
}

/** Name, role and institution; then the ways out. */
export function accountLine(
  p: PageContext,
  standing: Standing,
  words: { account: string; changeRole: string; signOut: string },
  links: readonly { href: string; text: Content }[] = [],
): Html {
  return html`<li class="d-standing">
      <a href="/bureau/compte">${standing.name ?? words.account}</a>
      <div>${standing.role} · ${standing.institution}</div>
    </li>
    ${standing.several ? html`<li><a href="/bureau/role">${words.changeRole}</a></li>` : ""}
    ${links.map((link) => html`<li><a href="${link.href}">${link.text}</a></li>`)}
    <li>${form({ action: "/bureau/deconnexion", hidden: p.csrf }, button(words.signOut, { kind: "plain" }))}</li>`;
}

/** A form as it was sent, and why it was not taken. */
export interface Again {
  problem: Problem;
  form: Form;
}

/** What a page shows, and what the form on it shows again when it was refused. */
export interface Screen<I, V> {
  reads: readonly Contract[];
  view(p: PageContext, input: I, again?: Again): Promise<V | Reply>;
}

/** Pages and actions of one application: `reads` and `draw` are what each of its pages needs around its own part. */
export function screens<V extends object>(o: { reads: readonly Contract[]; draw(p: PageContext, view: V): Promise<Html> }) {
  const show = async (p: PageContext, shown: V | Reply): Promise<Html | Reply> =>
    "kind" in shown ? (shown as Reply) : o.draw(p, shown as V);
  return {
    page<S extends TObject>(s: { id: string; path: string; who: Who; input: S; screen: Screen<Static<S>, V> }): Page {
      return page({
        id: s.id,
        path: s.path,
        who: s.who,
        reads: [...s.screen.reads, ...o.reads],
        input: s.input,
        render: async (p, input) => show(p, await s.screen.view(p, input)),
      });
    },
    action<F extends TObject, I>(s: {
      id: string;
      path: string;
      who: Who;
      form: F;
      /** Bytes of the whole form; 64 KiB unless said. */
      limit?: number;
      calls: readonly Contract[];
      handle(a: ActionContext, form: Static<F>): Promise<Reply>;
      back: Screen<I, V>;
      /** What the page to come back to takes, out of the form as sent. */
      backInput(form: Form): I;
    }): Action {
      return action({
        id: s.id,
        path: s.path,
        who: s.who,
        form: s.form,
        ...(s.limit === undefined ? {} : { limit: s.limit }),
        calls: [...s.calls, ...s.back.reads, ...o.reads],
        handle: s.handle,
        failed: async (a, form, problem) => show(a, await s.back.view(a, s.backInput(form), { problem, form })),
      });
    },
  };
}

/** One value of a form as sent, whatever came. */
export function sent(form: Form | undefined, name: string): string {
  const value = form?.[name];
  return typeof value === "string" ? value : "";
}

export function sentAll(form: Form | undefined, name: string): string[] {
  const value = form?.[name];
  return typeof value === "string" ? [value] : Array.isArray(value) ? value : [];
}

/** Why a form was not taken, above the page it came from. */
export function refusedForm(p: PageContext, problem: Problem | undefined, title: string): Html | "" {
  if (!problem) return "";
  const { detail } = problem.more;
  return banner(
    p.lang,
    "problem",
    html`<p>${p.say(problem.kind.title)}</p>
      ${detail ? html`<p>${p.say(detail)}</p>` : ""}`,
    title,
  );
}

/** The whole of a failure page: what went wrong, who can act, a code, and a way on. */
export function failureOf(
  p: PageContext,
  problem: Problem,
  o: {
    words: {
      failedTitle: string;
      failedHome: string;
      signIn: string;
      notDone: string;
      forbidden: string;
      missing: string;
      later: string;
      code: string;
    };
    home: string;
  },
): Html {
  const { words } = o;
  const official = p.caller.kind === "official";
  const { status } = problem;
  const hint = status === 404 ? words.missing : status === 403 ? words.forbidden : status >= 500 || status === 429 ? words.later : "";
  return html`<h1>${words.failedTitle}</h1>
    ${banner(
      p.lang,
      "problem",
      html`<p><b>${p.say(problem.kind.title)}</b></p>
        ${problem.more.detail ? html`<p>${p.say(problem.more.detail)}</p>` : ""}
        <p>${hint}</p>`,
      words.notDone,
    )}
    <p class="t-source">${words.code} <code>${problem.code}</code></p>
    <div class="t-actions">
      ${buttonLink(official ? o.home : "/bureau/connexion", official ? words.failedHome : words.signIn, "second")}
    </div>`;
}

/** Where a stranger signs in, to come back here. */
export const officialSignIn = (p: { url: string }): string => `/bureau/connexion?${new URLSearchParams({ suite: p.url }).toString()}`;

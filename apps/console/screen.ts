import { readMyAccount } from "#identity/api";
import { myRoles } from "#registry/api";
import {
  action,
  page,
  type Action,
  type ActionContext,
  type Contract,
  type Form,
  type Html,
  type Page,
  type PageContext,
  type Problem,
  type Reply,
  type Static,
  type TObject,
  type Who,
} from "#kernel";
import { officialOf, shell, type Standing, type View } from "./site.ts";

const standingReads = [readMyAccount, myRoles];

async function readStanding(p: PageContext): Promise<Standing> {
  const caller = officialOf(p.caller);
  const me = await p.call(readMyAccount, {});
  const { roles } = await p.call(myRoles, {});
  const now = roles.find((one) => one.institution === caller.institution && one.role === caller.role);
  return {
    name: me.name ?? me.username,
    role: now?.roleName ?? caller.role,
    institution: now?.institutionName ?? caller.institution,
    several: roles.length > 1,
  };
}

export interface Again {
  problem: Problem;
  form: Form;
}

/** What a page shows, and what the form on it shows again when it was refused. */
export interface Screen<I> {
  reads: readonly Contract[];
  view(p: PageContext, input: I, again?: Again): Promise<View | Reply>;
}

async function draw(p: PageContext, shown: View | Reply): Promise<Html | Reply> {
  return "kind" in shown ? shown : shell(p, await readStanding(p), shown);
}

export function consolePage<S extends TObject>(o: { id: string; path: string; who: Who; input: S; screen: Screen<Static<S>> }): Page {
  return page({
    id: o.id,
    path: o.path,
    who: o.who,
    reads: [...o.screen.reads, ...standingReads],
    input: o.input,
    render: async (p, input) => draw(p, await o.screen.view(p, input)),
  });
}

export function consoleAction<F extends TObject, I>(o: {
  id: string;
  path: string;
  who: Who;
  form: F;
  calls: readonly Contract[];
  handle(a: ActionContext, form: Static<F>): Promise<Reply>;
  back: Screen<I>;
  backInput(form: Form): I;
}): Action {
  return action({
    id: o.id,
    path: o.path,
    who: o.who,
    form: o.form,
    calls: [...o.calls, ...o.back.reads, ...standingReads],
    handle: o.handle,
    failed: async (a, form, problem) => draw(a, await o.back.view(a, o.backInput(form), { problem, form })),
  });
}

export function sent(form: Form | undefined, name: string): string {
  const value = form?.[name];
  return typeof value === "string" ? value : "";
}

/** A link to the same page with some of its filters changed; empty ones fall away. */
export function withQuery(path: string, values: Record<string, string | undefined>): string {
  const kept = Object.entries(values).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return kept.length ? `${path}?${new URLSearchParams(kept).toString()}` : path;
}

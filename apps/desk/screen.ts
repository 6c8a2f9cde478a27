import {
  action,
  page,
  type Action,
  type ActionContext,
  type Contract,
  type Form,
  type Page,
  type PageContext,
  type Problem,
  type Reply,
} from "#kernel";
import type { Html, Static, TObject, Who } from "#kernel";
import { shell, type View } from "./site.ts";
import { readStanding, standingReads } from "./standing.ts";

type Shown = View | Reply;

/** What a page shows, and what the form on it shows again when it was refused. */
export interface Screen<I> {
  reads: readonly Contract[];
  view(p: PageContext, input: I, again?: Again): Promise<Shown>;
}

export interface Again {
  problem: Problem;
  form: Form;
}

async function draw(p: PageContext, shown: Shown): Promise<Html | Reply> {
  return "kind" in shown ? shown : shell(p, await readStanding(p), shown);
}

/** A page of the desk: its own reads, and the few that every header needs. */
export function deskPage<S extends TObject>(o: { id: string; path: string; who: Who; input: S; screen: Screen<Static<S>> }): Page {
  return page({
    id: o.id,
    path: o.path,
    who: o.who,
    reads: [...o.screen.reads, ...standingReads],
    input: o.input,
    render: async (p, input) => draw(p, await o.screen.view(p, input)),
  });
}

/** A form of the desk. Refused, it comes back on its page, with what was typed and the sentence that says why. */
export function deskAction<F extends TObject, I>(o: {
  id: string;
  path: string;
  who: Who;
  form: F;
  calls: readonly Contract[];
  handle(a: ActionContext, form: Static<F>): Promise<Reply>;
  back: Screen<I>;
  /** What the page to come back to takes, out of the form as sent. */
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

/** One value of a form as sent, whatever came. */
export function sent(form: Form | undefined, name: string): string {
  const value = form?.[name];
  return typeof value === "string" ? value : "";
}

export function sentAll(form: Form | undefined, name: string): string[] {
  const value = form?.[name];
  return typeof value === "string" ? [value] : Array.isArray(value) ? value : [];
}

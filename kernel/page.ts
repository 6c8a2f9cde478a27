import type { Static, TObject } from "typebox";
import type { Clock, PublicConfig } from "./context.ts";
import type { Contract, InputOf, OutputOf } from "./contract.ts";
import type { Country } from "./country.ts";
import type { Html } from "./html.ts";
import type { Problem } from "./problem.ts";
import type { Caller, Who } from "./who.ts";
import type { Lang, Text } from "./words.ts";

/** A file of a multipart form. */
export interface Upload {
  name: string;
  type: string;
  bytes: Uint8Array;
}
/** Fields of a form, flat, as the browser sent them. */
export type Form = Record<string, string | string[] | Upload>;

export interface PageContext {
  lang: Lang;
  caller: Caller;
  clock: Clock;
  country: Country;
  config: PublicConfig;
  /** Path as asked, without the query. */
  path: string;
  /** Path and query, for language links and "come back here". */
  url: string;
  query: Record<string, string>;
  ip: string;
  /** Hidden inputs every form carries: the CSRF token and the idempotency key. */
  csrf: Html;
  say(text: Text): string;
  /** A contract named in `reads` (page) or `calls` (action), with the same checks as over HTTP. */
  call<C extends Contract>(contract: C, input: InputOf<C>): Promise<OutputOf<C>>;
  /** The known-device cookie, if the browser sent one. */
  device: string | undefined;
  /** Address of a static file with its content hash (assets()). */
  asset(path: string): string;
}

export interface ActionContext extends PageContext {
  /** Sets the session cookie: the token a sign-in contract answered. */
  signIn(token: string, device?: string): void;
  signOut(): void;
}

export interface Reply {
  readonly kind: "reply";
  status: number;
  headers?: Record<string, string>;
  body?: Html | string | Uint8Array;
  /** Extra Content-Security-Policy form targets (a sign-in that redirects elsewhere). */
  formAction?: string;
}

export interface Page {
  readonly kind: "page";
  readonly id: string;
  readonly path: string;
  readonly who: Who;
  readonly reads: readonly Contract[];
  readonly input?: TObject;
  render(p: PageContext, input: never): Promise<Html | Reply> | Html | Reply;
}
export interface Action {
  readonly kind: "action";
  readonly id: string;
  readonly path: string;
  readonly who: Who;
  readonly calls: readonly Contract[];
  readonly form?: TObject;
  readonly limit: number;
  /** The whole form may be repeated harmlessly, so its key may be missing (sign-in). */
  handle(a: ActionContext, form: never): Promise<Html | Reply>;
  failed?(a: ActionContext, form: Form, problem: Problem): Promise<Html | Reply> | Html | Reply;
}

/** Path `{names}` and the query reach `render` as one checked object (`input`), as text converted by its schema. */
export function page<I extends TObject = TObject>(
  p: Omit<Page, "kind" | "render" | "input" | "reads"> & {
    input?: I;
    reads?: readonly Contract[];
    render(p: PageContext, input: Static<I>): Promise<Html | Reply> | Html | Reply;
  },
): Page {
  return { kind: "page", reads: [], ...p } as unknown as Page;
}

/** A form's target. Path `{names}` are merged into the form; without `form` schema every field is passed as sent. */
export function action<F extends TObject>(
  a: Omit<Action, "kind" | "handle" | "form" | "limit" | "calls"> & {
    form: F;
    limit?: number;
    calls?: readonly Contract[];
    handle(a: ActionContext, form: Static<F>): Promise<Html | Reply>;
  },
): Action;
export function action(
  a: Omit<Action, "kind" | "handle" | "form" | "limit" | "calls"> & {
    limit?: number;
    calls?: readonly Contract[];
    handle(a: ActionContext, form: Form): Promise<Html | Reply>;
  },
): Action;
export function action(a: object): Action {
  return { kind: "action", limit: 64 * 1024, calls: [], ...a } as unknown as Action;
}

export function seeOther(location: string, headers: Record<string, string> = {}): Reply {
  return { kind: "reply", status: 303, headers: { location, ...headers } };
}
export function reply(status: number, body: Html | string | Uint8Array, headers: Record<string, string> = {}): Reply {
  return { kind: "reply", status, headers, body };
}
/** A file to keep: the name is reduced to letters, digits, dot, dash and underscore. */
export function download(bytes: Uint8Array, type: string, name: string, o: { inline?: boolean } = {}): Reply {
  const safe = name.replace(/[^\w.-]+/g, "_");
  return reply(200, bytes, {
    "content-type": type,
    "content-disposition": `${o.inline ? "inline" : "attachment"}; filename="${safe}"`,
    "cache-control": "private, no-store",
  });
}

export interface Assets {
  readonly kind: "assets";
  /** `/assets/`-like prefix with both slashes. */
  readonly prefix: string;
  readonly dir: URL;
}
export function assets(a: Omit<Assets, "kind">): Assets {
  return { kind: "assets", ...a };
}

/** A front door of the house: its pages speak contracts only. */
export interface App {
  readonly kind: "app";
  readonly name: string;
  /** Pages below this path show this app's failure page; the app with `/` takes the rest. */
  readonly prefix: string;
  readonly pages: readonly Page[];
  readonly actions: readonly Action[];
  readonly assets: readonly Assets[];
  /** Where a stranger is sent to sign in, and somebody whose level is too low. */
  signInPath(p: { url: string; path: string }): string;
  raiseLevelPath?(p: { url: string; path: string }): string;
  failure(p: PageContext, problem: Problem): Html;
}
export function defineApp(a: Omit<App, "kind" | "assets"> & { assets?: readonly Assets[] }): App {
  return { kind: "app", assets: [], ...a };
}

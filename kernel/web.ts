import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Context } from "./context.ts";
import { pathNames, type Contract } from "./contract.ts";
import { readCookies, sign, signed, type CookieNames } from "./cookies.ts";
import { checkInput, fromText } from "./dispatch.ts";
import { add, parseUrlEncoded } from "./forms.ts";
import { html, type Html } from "./html.ts";
import { fastifyPath, sameOrigin } from "./request.ts";
import type { Kernel } from "./kernel.ts";
import type { Action, ActionContext, App, Form, Page, PageContext, Reply } from "./page.ts";
import { Problem, csrfRefused, levelTooLow, malformed, notFound, signInFirst } from "./problem.ts";
import { compress, loadAssets } from "./static.ts";
import { say } from "./words.ts";

type Failure = (request: FastifyRequest, reply: FastifyReply, p: Problem) => Promise<unknown>;

/** Pages and form actions of all apps; answers how to show a problem as a page. */
export async function mountPages(server: FastifyInstance, kernel: Kernel, apps: readonly App[], names: CookieNames): Promise<Failure> {
  const files = loadAssets(apps.flatMap((a) => a.assets));
  const secret = kernel.host.secret("kernel.csrf");
  for (const [url, file] of files.byUrl) {
    server.get(url, { config: { kind: "asset" } }, async (request, reply) => {
      const accept = request.headers["accept-encoding"] ?? "";
      reply.type(file.type).header("cache-control", "public, max-age=31536000, immutable").header("vary", "accept-encoding");
      if (file.br && /\bbr\b/.test(accept)) return reply.header("content-encoding", "br").send(file.br);
      if (file.gzip && /\bgzip\b/.test(accept)) return reply.header("content-encoding", "gzip").send(file.gzip);
      return reply.send(file.plain);
    });
  }

  function cookie(reply: FastifyReply, name: string, value: string, seconds: number): void {
    const attributes = seconds > 0 ? `${names.attributes}; Max-Age=${seconds}` : names.attributes;
    const before = (reply.getHeader("set-cookie") as string[] | undefined) ?? [];
    void reply.header("set-cookie", [...before.filter((c) => !c.startsWith(`${name}=`)), `${name}=${value}; ${attributes}`]);
  }

  /** What the CSRF token hangs on: the session, or for a stranger a random seed in a cookie. */
  function seed(request: FastifyRequest, reply: FastifyReply): string {
    if (request.caller.kind !== "stranger" && request.session) return request.session;
    const has = request.cookies[names.seed];
    if (has && /^[\w-]{22,64}$/.test(has)) return has;
    const fresh = kernel.host.ids.token(16);
    request.cookies[names.seed] = fresh;
    cookie(reply, names.seed, fresh, 0);
    return fresh;
  }

  function base(request: FastifyRequest, reply: FastifyReply): Omit<PageContext, "call"> {
    const [path = "/"] = request.url.split("?");
    const query: Record<string, string> = Object.create(null);
    for (const [name, value] of Object.entries(request.query as Record<string, unknown>))
      if (typeof value === "string") query[name] = value;
    if (query.lang === request.lang && request.cookies[names.lang] !== request.lang) cookie(reply, names.lang, request.lang, 31_536_000);
    return {
      lang: request.lang,
      caller: request.caller,
      clock: kernel.host.clock,
      country: kernel.country,
      config: kernel.config,
      path,
      url: request.url,
      query,
      ip: request.ip,
      device: request.cookies[names.device],
      get csrf(): Html {
        return html`<input type="hidden" name="_csrf" value="${sign(secret, seed(request, reply))}" /><input
            type="hidden"
            name="_key"
            value="${kernel.host.ids.token(16)}"
          />`;
      },
      say: (text) => say(text, request.lang),
      asset: (name) => files.byName.get(name)?.url ?? name,
    };
  }

  const run = { kernel, base, cookie, names, secret, seed };
  for (const app of apps) {
    for (const page of app.pages) mountPage(server, run, app, page);
    for (const action of app.actions) mountAction(server, run, app, action);
  }

  const byPrefix = [...apps].sort((a, b) => b.prefix.length - a.prefix.length);
  return async (request, reply, p) => {
    const path = request.url.split("?")[0] as string;
    const app = byPrefix.find((a) => path === a.prefix || path.startsWith(a.prefix.endsWith("/") ? a.prefix : `${a.prefix}/`));
    if (!app) return undefined;
    request.caller ??= { kind: "stranger" };
    request.cookies ??= readCookies(request.headers.cookie);
    const b = base(request, reply);
    if (request.method === "GET" && signInFirst.is(p)) return reply.redirect(app.signInPath(b), 303);
    if (request.method === "GET" && levelTooLow.is(p) && app.raiseLevelPath) return reply.redirect(app.raiseLevelPath(b), 303);
    const page = app.failure(
      withCall(b, () => Promise.reject(notFound())),
      p,
    );
    return sendHtml(request, reply, p.status, page);
  };
}

interface Run {
  kernel: Kernel;
  base(request: FastifyRequest, reply: FastifyReply): Omit<PageContext, "call">;
  cookie(reply: FastifyReply, name: string, value: string, seconds: number): void;
  names: CookieNames;
  secret: Uint8Array;
  seed(request: FastifyRequest, reply: FastifyReply): string;
}

/** Adds `call` without evaluating the lazy `csrf` getter. */
function withCall<T extends object>(b: T, call: PageContext["call"], more: object = {}): PageContext {
  const descriptors = Object.getOwnPropertyDescriptors(b);
  return Object.defineProperties({ call, ...more }, descriptors) as unknown as PageContext;
}

function declared(list: readonly Contract[], c: Contract, where: string): void {
  if (!list.includes(c)) throw new Error(`${where} calls ${c.id} without naming it`);
}

function mountPage(server: FastifyInstance, run: Run, _app: App, page: Page): void {
  const personal = page.reads.some((c) => c.personal || c.writes);
  server.get(fastifyPath(page.path), { config: { kind: "page", who: page.who } }, async (request, reply) => {
    const b = run.base(request, reply);
    const input = fromText(page.input ?? { type: "object" }, { ...b.query, ...(request.params as object) }) as Record<string, unknown>;
    if (page.input) {
      for (const name of Object.keys(input)) if (!(name in page.input.properties)) delete input[name];
      try {
        checkInput(page.input, input);
      } catch (error) {
        if (error instanceof Problem && pathNames(page.path).some((n) => error.more.fields?.some((f) => f.path === n)))
          throw notFound({ cause: error });
        throw error;
      }
    }
    const env = { caller: request.caller, lang: request.lang, ip: request.ip, requestId: request.id };
    const render = (ctx: Context | undefined) =>
      page.render(
        withCall(b, (contract, value) => {
          declared(page.reads, contract, page.id);
          return (ctx ? run.kernel.dispatch.within(ctx, contract, value) : run.kernel.call(contract, value, env)) as never;
        }),
        input as never,
      );
    // one transaction for all reads of the page (read-write when a personal read must be written down); a page that
    // reads through a relay has none, for nothing may wait for the outside inside a transaction
    const relayed = page.reads.some((c) => typeof run.kernel.dispatch.implemented(c).handler !== "function");
    const answer =
      page.reads.length && !relayed
        ? await run.kernel.transaction(async (ctx) => render(ctx), { ...env, readOnly: !personal })
        : await render(undefined);
    return send(request, reply, answer);
  });
}

function mountAction(server: FastifyInstance, run: Run, _app: App, action: Action): void {
  // plain forms and multipart; bodies of other types are refused
  void server.register(async (scope) => {
    scope.addContentTypeParser(
      "application/x-www-form-urlencoded",
      { parseAs: "string", bodyLimit: action.limit },
      (_request, body, done) => {
        try {
          done(null, parseUrlEncoded(body as string));
        } catch (error) {
          done(error as Error);
        }
      },
    );
    scope.post(
      fastifyPath(action.path),
      { bodyLimit: action.limit, config: { kind: "action", who: action.who } },
      async (request, reply) => {
        const form: Form = request.isMultipart() ? await readMultipart(request) : ((request.body as Form | undefined) ?? {});
        const mark = typeof form._csrf === "string" ? form._csrf : "";
        const seedNow = request.caller.kind !== "stranger" && request.session ? request.session : (request.cookies[run.names.seed] ?? "");
        if (!seedNow || !signed(run.secret, seedNow, mark)) throw csrfRefused();
        if (request.headers.origin && request.headers.origin !== "null") sameOrigin(request, run.kernel);
        const key = typeof form._key === "string" && form._key.length >= 16 ? form._key.slice(0, 64) : "";
        delete form._csrf;
        delete form._key;
        for (const [name, value] of Object.entries(request.params as Record<string, string>)) form[name] = value;
        let count = 0;
        const b = run.base(request, reply);
        const a = withCall(
          b,
          (contract, value) => {
            declared(action.calls, contract, action.id);
            return run.kernel.call(contract, value, {
              caller: request.caller,
              lang: request.lang,
              ip: request.ip,
              requestId: request.id,
              ...(key ? { key: `${key}:${contract.id}:${count++}` } : {}),
            });
          },
          {
            signIn: (token: string, device?: string) => {
              run.cookie(reply, run.names.session, token, 0);
              if (device) run.cookie(reply, run.names.device, device, 34_560_000);
            },
            signOut: () => void reply.header("set-cookie", [`${run.names.session}=; ${run.names.attributes}; Max-Age=0`]),
          },
        ) as ActionContext;
        try {
          let input: unknown = form;
          if (action.form) {
            input = fromText(action.form, form as Record<string, unknown>);
            checkInput(action.form, input);
          }
          return await send(request, reply, await action.handle(a, input as never));
        } catch (error) {
          if (!(error instanceof Problem) || !action.failed || error.status >= 500) throw error;
          if (error.more.retryAfter !== undefined) void reply.header("retry-after", String(error.more.retryAfter));
          const answer = await action.failed(a, form, error);
          return "kind" in answer ? send(request, reply, answer) : sendHtml(request, reply, error.status, answer);
        }
      },
    );
  });
}

async function readMultipart(request: FastifyRequest): Promise<Form> {
  const form: Form = Object.create(null);
  for await (const part of request.parts()) {
    if (part.fieldname === "__proto__") throw malformed();
    if (part.type === "file") {
      const bytes = await part.toBuffer();
      if (bytes.length || part.filename) form[part.fieldname] = { name: part.filename, type: part.mimetype, bytes };
    } else add(form, part.fieldname, String(part.value));
  }
  return form;
}

function send(request: FastifyRequest, reply: FastifyReply, answer: Html | Reply): unknown {
  if (!("kind" in answer)) return sendHtml(request, reply, 200, answer);
  void reply.headers(answer.headers ?? {});
  if (answer.body === undefined) return reply.status(answer.status).send();
  if (typeof answer.body === "object" && "html" in answer.body)
    return sendHtml(request, reply, answer.status, answer.body, answer.formAction);
  return reply.status(answer.status).send(typeof answer.body === "string" ? answer.body : Buffer.from(answer.body));
}

function sendHtml(request: FastifyRequest, reply: FastifyReply, status: number, page: Html, formAction = ""): unknown {
  const { body, encoding } = compress(Buffer.from(page.html), request.headers["accept-encoding"]);
  if (encoding) void reply.header("content-encoding", encoding);
  const form = ["'self'", formAction].filter(Boolean).join(" ");
  void reply.headers({
    "content-security-policy": `default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; manifest-src 'self'; form-action ${form}; base-uri 'none'; frame-ancestors 'none'`,
    "cache-control": request.caller?.kind === "stranger" ? "no-cache" : "private, no-store",
    "content-language": request.lang,
    vary: "accept-encoding, accept-language, cookie",
  });
  return reply.status(status).type("text/html; charset=utf-8").send(body);
}

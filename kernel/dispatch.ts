import { createHash } from "node:crypto";
import { Compile, type Validator } from "typebox/compile";
import { Value } from "typebox/value";
import type { Context, Outside } from "./context.ts";
import { isContract, type Contract, type TSchema } from "./contract.ts";
import type { Implemented, Relay } from "./define.ts";
import { actorOf, canonical } from "./facts.ts";
import { internalError, invalidInput, keyMissing, keyReused, Problem, unavailable } from "./problem.ts";
import type { Tx } from "./db.ts";
import { sql } from "./sql.ts";
import { refusal, type Caller } from "./who.ts";
import type { Text } from "./words.ts";

const compiled = new WeakMap<object, Validator>();

export function validator(schema: TSchema): Validator {
  let v = compiled.get(schema);
  if (!v) compiled.set(schema, (v = Compile(schema) as unknown as Validator));
  return v as Validator;
}

const fieldTexts: Record<string, Text> = {
  required: { fr: "Cette information est obligatoire.", en: "This information is required." },
  additionalProperties: { fr: "Cette information n’est pas attendue ici.", en: "This information is not expected here." },
  type: { fr: "Cette information n’a pas la forme attendue.", en: "This information does not have the expected form." },
  maxLength: { fr: "Ce texte est trop long.", en: "This text is too long." },
  minLength: { fr: "Ce texte est trop court.", en: "This text is too short." },
  pattern: { fr: "Cette information n’est pas écrite comme attendu.", en: "This information is not written as expected." },
  enum: { fr: "Ce choix n’existe pas.", en: "This choice does not exist." },
};
const otherwise: Text = { fr: "Cette information n’est pas valable.", en: "This information is not valid." };

/** Throws `kernel.invalid-input` with one entry a wrong field, at most 20. */
export function checkInput(schema: TSchema, value: unknown): void {
  const v = validator(schema);
  if (v.Check(value)) return;
  const fields = new Map<string, Text>();
  for (const error of v.Errors(value) as { keyword: string; instancePath: string; params: Record<string, unknown> }[]) {
    if (error.keyword === "boolean" || fields.size >= 20) continue;
    const base = error.instancePath.split("/").slice(1);
    const names = (error.params.requiredProperties ?? error.params.additionalProperties) as string[] | undefined;
    const paths = names ? names.map((n) => [...base, n]) : [base];
    for (const path of paths.slice(0, 20)) {
      const key = path.join(".").slice(0, 200);
      if (!fields.has(key)) fields.set(key, fieldTexts[error.keyword] ?? otherwise);
    }
  }
  throw invalidInput({ fields: [...fields].map(([path, message]) => ({ path, message })) });
}

/** Query and form values arrive as text: integers and booleans of the schema are read out of it, nothing else is bent. */
export function fromText(schema: TSchema, value: Record<string, unknown>): unknown {
  return Value.Convert(schema, value);
}

export function isKept(error: unknown): error is Problem {
  return error instanceof Problem && error.more.keep === true;
}

export interface Dispatch {
  /** Inside a running transaction: pages, modules, handlers. */
  within(ctx: Context, contract: Contract, input: unknown): Promise<unknown>;
  /** A call of its own: transaction, idempotency, relay. */
  alone(contract: Contract, input: unknown, env: CallEnvironment): Promise<unknown>;
  implemented(contract: Contract): Implemented;
}

export interface CallEnvironment {
  caller: Caller;
  key: string | undefined;
  transaction<T>(o: { readOnly: boolean }, fn: (ctx: Context) => Promise<T>): Promise<T>;
  outside(): Outside;
}

export function createDispatch(all: readonly Implemented[]): Dispatch {
  const byContract = new Map<string, Implemented>();
  for (const one of all) {
    if (!isContract(one.contract)) throw new Error("implement() was given something that is not a contract");
    if (byContract.has(one.contract.id)) throw new Error(`contract ${one.contract.id} is implemented twice`);
    byContract.set(one.contract.id, one);
  }
  const implemented = (c: Contract): Implemented => {
    const found = byContract.get(c.id);
    if (!found) throw new Error(`contract ${c.id} has no handler in this program`);
    return found;
  };

  async function recordReads(ctx: Context, c: Contract, output: unknown): Promise<void> {
    if (!c.personal) return;
    const seen = new Set(c.personal.subjects(output as never).filter(Boolean));
    for (const subject of seen) await ctx.recordRead(subject, c.personal.purpose, c.id);
  }

  async function perform(ctx: Context, one: Implemented, input: unknown): Promise<unknown> {
    if (typeof one.handler !== "function")
      throw internalError({ cause: new Error(`${one.contract.id} is a relay: it cannot run inside a transaction`) });
    const output = await one.handler(ctx, input as never);
    if (!validator(one.contract.output).Check(output)) {
      const [first] = validator(one.contract.output).Errors(output);
      throw internalError({
        cause: new Error(`${one.contract.id} answered outside its schema at ${first?.instancePath ?? "/"}: ${first?.message}`),
      });
    }
    await recordReads(ctx, one.contract, output);
    return output;
  }

  return {
    implemented,
    async within(ctx, c, input) {
      const refused = refusal(c.who, ctx.caller);
      if (refused) throw refused;
      checkInput(c.input, input);
      return perform(ctx, implemented(c), input);
    },
    async alone(c, input, env) {
      const refused = refusal(c.who, env.caller);
      if (refused) throw refused;
      checkInput(c.input, input);
      const one = implemented(c);
      if (typeof one.handler !== "function") return relayed(one.handler, c, input, env, recordReads);
      const readOnly = c.method === "GET" && !c.personal && !c.writes;
      if (!c.once) return env.transaction({ readOnly }, (ctx) => perform(ctx, one, input));
      if (!env.key) throw keyMissing();
      return env.transaction({ readOnly: false }, (ctx) => once(ctx, c, input, env.key as string, () => perform(ctx, one, input)));
    },
  };
}

/** The first answer under this key is every answer under this key; two at once: the second waits for the first. */
async function once(ctx: Context, c: Contract, input: unknown, key: string, run: () => Promise<unknown>): Promise<unknown> {
  const caller = actorOf(ctx.caller);
  const hash = createHash("sha256").update(canonical(input)).digest();
  const mine = await ctx.db.run(sql`
    insert into kernel.answer (key, caller, contract, input, at) values (${key.slice(0, 200)}, ${caller}, ${c.id}, ${hash}, ${ctx.clock.now()})
    on conflict do nothing`);
  if (mine === 0) {
    const before = await ctx.db.one<{ contract: string; input: Buffer; output: unknown }>(
      sql`select contract, input, output from kernel.answer where caller = ${caller} and key = ${key.slice(0, 200)}`,
    );
    if (before.contract !== c.id || !before.input.equals(hash)) throw keyReused();
    return before.output;
  }
  const output = await run();
  (ctx.db as Tx).send(
    sql`update kernel.answer set output = ${JSON.stringify(output)}::jsonb where caller = ${caller} and key = ${key.slice(0, 200)}`,
  );
  return output;
}

async function relayed(
  relay: Relay,
  c: Contract,
  input: unknown,
  env: CallEnvironment,
  recordReads: (ctx: Context, c: Contract, output: unknown) => Promise<void>,
): Promise<unknown> {
  const state = await env.transaction({ readOnly: false }, (ctx) => relay.before(ctx, input as never));
  const out = env.outside();
  let result: unknown;
  try {
    result = await relay.outside(out, state);
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw unavailable({ cause: error, retryAfter: 5 });
  }
  return env.transaction({ readOnly: false }, async (ctx) => {
    const output = await relay.after(ctx, state, result);
    await recordReads(ctx, c, output);
    return output;
  });
}

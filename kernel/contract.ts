import { Type as T, type Static, type TObject, type TSchema } from "typebox";
import type { Level, Who } from "./who.ts";

export { T, type Static, type TSchema, type TObject };

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** A personal read: each person whose data the answer shows gets one fact, committed before the first byte leaves. */
export interface Personal<O> {
  /** Why: a stable code, shown to the person through the module's `purposes` texts. */
  purpose: string;
  /** Person ids (pseudonymous uuids) whose data `output` shows; the reader's own id is recorded too, marked as own. */
  subjects(output: O): readonly string[];
}

/** An endpoint as data: what it takes and gives, who may, what it costs the person's privacy. */
export interface Contract<I extends TObject = TObject, O extends TSchema = TSchema> {
  readonly kind: "contract";
  readonly id: string;
  readonly method: Method;
  /** `/api/<module>/…` with `{name}` segments taken from the input. */
  readonly path: string;
  readonly summary: string;
  readonly who: Who;
  readonly input: I;
  readonly output: O;
  readonly personal?: Personal<Static<O>>;
  /** Largest body in bytes; 64 KiB unless said. */
  readonly limit: number;
  /** Non-GET takes an Idempotency-Key and answers a repeat from its record; false opts out (say why beside it). */
  readonly once: boolean;
  /** A GET that writes (a sweep of its own, a counter); personal reads are read-write by themselves. */
  readonly writes: boolean;
  readonly status: number;
  readonly deprecated?: string;
}

type ContractSpec<I extends TObject, O extends TSchema> = Pick<
  Contract<I, O>,
  "id" | "method" | "path" | "summary" | "who" | "input" | "output"
> &
  Partial<Pick<Contract<I, O>, "personal" | "limit" | "once" | "writes" | "status" | "deprecated">>;

export function contract<I extends TObject, O extends TSchema>(spec: ContractSpec<I, O>): Contract<I, O> {
  return {
    kind: "contract",
    limit: 64 * 1024,
    once: spec.method !== "GET",
    writes: spec.method !== "GET",
    status: 200,
    ...spec,
    input: strict(spec.input),
  };
}

/** The same object type with unknown fields refused (TypeBox keeps its marks unenumerable: a spread would lose them). */
export function strict<O extends TObject>(schema: O): O {
  const { properties, type: _type, required: _required, ...rest } = schema as O & Record<string, unknown>;
  return T.Object(properties, { ...rest, additionalProperties: false }) as unknown as O;
}

export function isContract(value: unknown): value is Contract {
  return typeof value === "object" && value !== null && (value as Contract).kind === "contract";
}

/** The names in `{…}` of a path. */
export function pathNames(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map((m) => m[1] as string);
}

export type InputOf<C> = C extends Contract<infer I, TSchema> ? Static<I> : never;
export type OutputOf<C> = C extends Contract<TObject, infer O> ? Static<O> : never;
export type { Level };

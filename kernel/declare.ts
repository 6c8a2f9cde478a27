import type { TObject, TSchema } from "typebox";
import { strict } from "./contract.ts";
import type { Text } from "./words.ts";

/** Names with a shape and nothing behind them yet: facts, jobs, ports, sections of a country pack. */

// ---- facts: the audit line, the trigger and the metric, written once in the same transaction
export interface Fact<D extends TObject = TObject> {
  readonly kind: "fact";
  readonly type: string;
  readonly data: D;
  readonly title: Text;
}
export function fact<D extends TObject>(type: string, data: D, title: Text): Fact<D> {
  return { kind: "fact", type, data: strict(data), title };
}

// ---- jobs: work outside the request; they carry ids only and run at least once
export interface Job<D extends TObject = TObject> {
  readonly kind: "job";
  readonly name: string;
  readonly data: D;
  readonly retryLimit: number;
  /** Seconds before the first retry; doubled each time. */
  readonly retryDelay: number;
  /** Seconds after which a run counts as dead and is taken again. */
  readonly expire: number;
}
export function job<D extends TObject>(name: string, data: D, o: Partial<Pick<Job, "retryLimit" | "retryDelay" | "expire">> = {}): Job<D> {
  return { kind: "job", name, data, retryLimit: 8, retryDelay: 1, expire: 60, ...o };
}
// ---- ports and drivers: the outside
export interface Port<D> {
  readonly kind: "port";
  readonly name: string;
  readonly driver?: D;
}
export function port<D>(name: string): Port<D> {
  return { kind: "port", name };
}
// ---- country pack sections
export interface PackSection<S extends TSchema = TSchema> {
  readonly kind: "pack-section";
  /** `<module>.<name>`: read from countries/<cc>/<module>/<name>.json, or every *.json of the folder of that name. */
  readonly name: string;
  readonly schema: S;
  readonly optional: boolean;
}
export function packSection<S extends TSchema>(name: string, schema: S, o: { optional?: boolean } = {}): PackSection<S> {
  return { kind: "pack-section", name, schema, optional: o.optional ?? false };
}

/** What a running program holds in memory between exchanges: one value per kernel, gone with it. */
import type { PublicConfig } from "#kernel";

export interface Program {
  config: PublicConfig;
}

export function perProgram<T>(make: () => T): (j: Program) => T {
  const held = new WeakMap<PublicConfig, T>();
  return ({ config }) => {
    let value = held.get(config);
    if (value === undefined) held.set(config, (value = make()));
    return value;
  };
}

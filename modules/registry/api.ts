/** The street door of registry: territory, institutions, roles. Data only. */
export * from "./divisions/contracts.ts";
export * from "./institutions/contracts.ts";
export * from "./assignments/contracts.ts";

/** The kernel's door: the few things everything stands on. */
export {
  T,
  contract,
  isContract,
  pathNames,
  type Contract,
  type InputOf,
  type OutputOf,
  type Static,
  type TObject,
  type TSchema,
} from "./contract.ts";
export {
  anyOf,
  anyone,
  allPermissions,
  atLeast,
  describeWho,
  internal,
  official,
  permission,
  person,
  refusal,
  signedIn,
  type Caller,
  type Level,
  type OfficialCaller,
  type Permission,
  type PersonCaller,
  type Who,
} from "./who.ts";
export * from "./declare.ts";
export * from "./define.ts";
export type {
  Clock,
  Context,
  Db,
  GateContext,
  Host,
  Ids,
  JobContext,
  Log,
  Metrics,
  Outside,
  PublicConfig,
  TransactionOptions,
} from "./context.ts";
export { fitsSchema, schemaFault } from "./json-schema.ts";
export * from "./problem.ts";
export { messages, preferredLang, say, type Lang, type Text } from "./words.ts";
export { joinSql, rawSql, sql, type Sql } from "./sql.ts";
export { escapeHtml, html, raw, type Html, type HtmlValue } from "./html.ts";
export {
  canonical,
  dataHash,
  factById,
  factsOf,
  leafIndexOf,
  ledgerBacklog,
  ledgerBatch,
  ledgerData,
  ledgerRows,
  personalRead,
  strayFacts,
  type LedgerRow,
  type Recorded,
} from "./facts.ts";
export { CountryFile, easter, loadCountry, type Country } from "./country.ts";
export * from "./page.ts";
export { localDate, randomIds, systemClock } from "./time.ts";
export { checkInput } from "./dispatch.ts";
export * from "./reconcile/index.ts";

import type { RowsTrouble } from "#exchange/ports";

const known: Record<string, RowsTrouble> = {
  ER_ACCESS_DENIED_ERROR: "credentials",
  ER_ACCESS_DENIED_NO_PASSWORD_ERROR: "credentials",
  ER_DBACCESS_DENIED_ERROR: "credentials",
  ER_BAD_DB_ERROR: "credentials",
  ER_NOT_SUPPORTED_AUTH_MODE: "credentials",
  ER_MUST_CHANGE_PASSWORD_LOGIN: "credentials",
  ER_CON_COUNT_ERROR: "busy",
  ER_TOO_MANY_USER_CONNECTIONS: "busy",
  ER_USER_LIMIT_REACHED: "busy",
  ER_QUERY_TIMEOUT: "timeout",
  ER_STATEMENT_TIMEOUT: "timeout",
  ER_QUERY_INTERRUPTED: "timeout",
  ER_LOCK_WAIT_TIMEOUT: "timeout",
  ER_NO_SUCH_TABLE: "no-table",
  ER_UNKNOWN_TABLE: "no-table",
  ER_BAD_FIELD_ERROR: "no-column",
  ER_VIEW_INVALID: "no-column",
  ER_TABLEACCESS_DENIED_ERROR: "forbidden",
  ER_COLUMNACCESS_DENIED_ERROR: "forbidden",
  ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION: "unfit",
  ER_TRUNCATED_WRONG_VALUE: "unfit",
  ER_SERVER_SHUTDOWN: "cut",
};
/** Numbers that MariaDB has and the client's list does not. */
const numbers: Record<number, RowsTrouble> = { 1969: "timeout", 3024: "timeout", 1317: "timeout", 1927: "cut" };

/** The message may quote a value: only the code is told. */
export function troubleOf(error: unknown, connected: boolean): { trouble: RowsTrouble; detail: string } {
  const {
    code = "",
    errno = 0,
    message = "",
    sqlState,
  } = (error ?? {}) as { code?: string; errno?: number; message?: string; sqlState?: string };
  const said = (trouble: RowsTrouble) => ({ trouble, detail: code || message.slice(0, 80) });
  if (Object.hasOwn(numbers, errno)) return said(numbers[errno]!);
  if (Object.hasOwn(known, code)) return said(known[code]!);
  if (sqlState !== undefined && sqlState !== "" && code !== "PROTOCOL_CONNECTION_LOST") return said("other");
  if (/certificate|self.signed|CERT|HANDSHAKE_NO_SSL|altname/i.test(`${code} ${message}`)) return said("insecure");
  return said(connected ? "cut" : "unreachable");
}

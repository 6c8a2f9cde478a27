/** What drivers fill for the exchange: rows of a table or view elsewhere, and files dropped in a folder. */
import { type Context, port } from "#kernel";

/** What a value is when it is compared. Text: character by character. Number: decimal digits. Date: YYYY-MM-DD. */
export type ParameterType = "text" | "number" | "date" | "boolean";

export interface Condition {
  column: string;
  type: ParameterType;
  /** Bound as a parameter, never part of the statement. */
  value: string;
}

/** Rows of one table or view where every condition holds; there is no other question. */
export interface RowsQuestion {
  /** Address with user and password: from a setting, never logged, never in an error. */
  url: string;
  /** Absent: `public` (PostgreSQL), the address's own database (MySQL). */
  schema?: string;
  table: string;
  columns: readonly string[];
  /** At least one. */
  where: readonly Condition[];
  /** Rows; a driver never gives more. */
  limit: number;
  /** Characters of one cell and bytes of all together (UTF-8): beyond, `too-large`. */
  cellLimit: number;
  byteLimit: number;
  /** Milliseconds for the whole of it, connecting included. */
  deadlineMs: number;
  /** A production gateway refuses a database it reaches without TLS over a network. */
  needsTls: boolean;
}

/** Cells as the database writes them: dates YYYY-MM-DD, times YYYY-MM-DD HH:MM:SS, decimals with a point. */
export type Row = (string | null)[];

export const rowsTroubles = [
  "unreachable",
  "credentials",
  "insecure",
  "busy",
  "timeout",
  "cut",
  "no-table",
  "no-column",
  "forbidden",
  "unfit",
  "too-large",
  "other",
] as const;
export type RowsTrouble = (typeof rowsTroubles)[number];

/** `detail`: for the log, without values and without the address's password. */
export type Rows = { rows: Row[] } | { trouble: RowsTrouble; detail: string };

export interface TableSeen {
  schema: string;
  name: string;
  columns: { name: string; type: string }[];
}
export type Tables = { tables: TableSeen[] } | { trouble: RowsTrouble; detail: string };

/** A database elsewhere, only ever read: in a read-only transaction, with a statement timeout of its own. */
export interface RowsDriver {
  find(q: RowsQuestion, signal: AbortSignal): Promise<Rows>;
  /** Tables and views this log-in may read, at most 500. */
  tables(q: Pick<RowsQuestion, "url" | "deadlineMs" | "needsTls">, signal: AbortSignal): Promise<Tables>;
}

export const postgresRows = port<RowsDriver>("exchange.rows-postgres");
export const mysqlRows = port<RowsDriver>("exchange.rows-mysql");

// ---- files dropped in a folder

export interface FileSeen {
  name: string;
  /** Bytes. */
  size: number;
  modified: Date;
}

export interface SheetFormat {
  format: "csv" | "xlsx";
  /** CSV: one character; default `;`. */
  separator?: string;
  /** CSV: default UTF-8 (a byte order mark is skipped). */
  encoding?: "utf-8" | "latin-1";
  /** CSV: default `"`; doubled inside. */
  quote?: string;
  /** XLSX: default the first sheet. */
  sheet?: string;
}

/** `line`: where it begins, from 1. Cells as text; XLSX dates YYYY-MM-DD[ HH:MM:SS], formulas as their last value, errors as U+001A. */
export interface Line {
  line: number;
  cells: string[];
}

/** Why a file cannot be read as what it should be; `line` where known. */
export const sheetFaults = [
  "gone",
  "changed",
  "not-a-file",
  "too-large",
  "encoding",
  "quotes",
  "line-too-long",
  "too-many-columns",
  "not-a-workbook",
  "no-sheet",
  "encrypted",
  "unpacks-too-large",
] as const;
export type SheetFault = (typeof sheetFaults)[number];

/** Carried by the error that `lines` throws. */
export interface Unreadable {
  fault: SheetFault;
  line?: number;
}
export const unreadable = (fault: SheetFault, line?: number): Error & Unreadable =>
  Object.assign(new Error(`unreadable file: ${fault}`), { fault, ...(line === undefined ? {} : { line }) });
export const faultOf = (error: unknown): Unreadable | undefined => {
  const { fault, line } = (error ?? {}) as Partial<Unreadable>;
  return fault !== undefined && sheetFaults.includes(fault) ? { fault, ...(line === undefined ? {} : { line }) } : undefined;
};

export interface DropDriver {
  /** Plain files of the folder itself (no links, no folders below), at most 1000. Throws when there is no such folder. */
  files(folder: string): Promise<FileSeen[]>;
  /** Lines in their order, a portion at a time, in bounded memory; throws `Unreadable`, also when the file changes while it is read. */
  lines(folder: string, file: FileSeen, format: SheetFormat, signal: AbortSignal): AsyncIterable<Line[]>;
}
export const dropFolder = port<DropDriver>("exchange.drop-folder");

// ---- people whom a program's question names

/** From a register's identity number to the pseudonym whose page shows who looked. */
export interface ConcernedPersons {
  /** Undefined: nobody we know has that number. */
  known(ctx: Context, identityNumber: string): Promise<string | undefined>;
  /** A register answered with that number: it is somebody's, who gets a pseudonym now if she has none. */
  pseudonym(ctx: Context, identityNumber: string): Promise<string>;
}
export const concernedPersons = port<ConcernedPersons>("exchange.concerned-persons");

// ---- people who are asked for a consent

/** Whoever knows people: their numbers, their telephones. All of it inside one's own transaction. */
export interface ConsentPersons {
  /** The identity number behind a pseudonym; the read is recorded. */
  number(ctx: Context, person: string): Promise<string | undefined>;
  /** The pseudonym of a number somebody typed, made when there is none. */
  pseudonym(ctx: Context, identityNumber: string): Promise<string>;
  /** A message to every telephone of hers; answers to how many. */
  tell(ctx: Context, person: string, text: { fr: string; en: string }): Promise<number>;
  /** A one-time code to her verified telephone, at the wish of that official; undefined when she has none. */
  sendCode(ctx: Context, o: { person: string; official: string }): Promise<string | undefined>;
  /** Throws a problem unless it is the code that was sent for it to a number still hers; wrong ones are counted. */
  checkCode(ctx: Context, o: { person: string; challenge: string; code: string }): Promise<void>;
}
export const consentPersons = port<ConsentPersons>("exchange.consent-persons");

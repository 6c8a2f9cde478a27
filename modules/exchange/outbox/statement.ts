/**
 * What an institution asked says of messages it was sent, as text to be signed (ES256 over its UTF-8 bytes) and kept: that they
 * arrived, or why they were not answered. Lines end with LF. The hash is the message's x-road-request-hash, so it stands for
 * header part and body both.
 */
import type { StatementKind } from "./store-statements.ts";

export interface Said {
  kind: StatementKind;
  /** Registry's id of the institution that speaks. */
  institution: string;
  at: Date;
  /** Which directory its gateway went by; undefined: it is the directory. */
  configuration?: { version: number; age: number } | undefined;
  /** Seconds since the status of certificates was last known; undefined: it is the authority. */
  statusAge?: number | undefined;
  /** `type`: X-Road's error type, where there is an error. */
  messages: readonly { exchange: string; hash: string; type?: string | undefined }[];
}

const first = "exchange-statement/1";
const kinds: readonly string[] = ["received", "refused", "unknown", "expired"];

export const statementText = (s: Said): string =>
  [
    first,
    `kind:${s.kind}`,
    `institution:${s.institution}`,
    `at:${s.at.toISOString()}`,
    s.configuration ? `configuration:version ${s.configuration.version}, ${s.configuration.age} s old` : "configuration:own",
    s.statusAge === undefined ? "certificate-status:own" : `certificate-status:${s.statusAge} s old`,
    ...s.messages.map((m) => `message:${m.exchange} ${m.hash}${m.type === undefined ? "" : ` ${m.type}`}`),
  ]
    .map((line) => `${line}\n`)
    .join("");

/** Undefined for anything that `statementText` would not have written, letter for letter. */
export function readStatement(text: string): Said | undefined {
  const lines = text.split("\n");
  if (text.length > 1024 * 1024 || lines.pop() !== "" || lines[0] !== first || lines.length < 7) return undefined;
  const value = (at: number, name: string) => (lines[at]!.startsWith(`${name}:`) ? lines[at]!.slice(name.length + 1) : undefined);
  const [kind, institution, at, configuration, status] = ["kind", "institution", "at", "configuration", "certificate-status"].map(
    (name, i) => value(i + 1, name),
  );
  const messages = lines.slice(6).map((line) => /^message:([0-9a-f-]{36}) ([A-Za-z0-9+/]{86}==)(?: ([a-z0-9_.]{1,120}))?$/.exec(line));
  const conf = /^version (\d{1,15}), (\d{1,12}) s old$/.exec(configuration ?? "");
  const known = /^(\d{1,12}) s old$/.exec(status ?? "");
  if (!kind || !kinds.includes(kind) || !institution || !at || Number.isNaN(Date.parse(at)) || messages.includes(null)) return undefined;
  const said: Said = {
    kind: kind as StatementKind,
    institution,
    at: new Date(at),
    ...(conf ? { configuration: { version: Number(conf[1]), age: Number(conf[2]) } } : {}),
    ...(known ? { statusAge: Number(known[1]) } : {}),
    messages: messages.map((m) => ({ exchange: m![1]!, hash: m![2]!, ...(m![3] === undefined ? {} : { type: m![3] }) })),
  };
  return statementText(said) === text ? said : undefined;
}

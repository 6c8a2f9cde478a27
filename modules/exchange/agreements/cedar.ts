/**
 * Rights as Cedar policies (docs.cedarpolicy.com, version 4): what an auditor reads and a machine that is not ours can judge.
 * The text is made from the same rows the gateway decides by; a property test holds both decisions equal. Pure.
 */
import type { Right } from "../access/rules.ts";

export interface Agreement extends Right {
  basis: string;
}

/** Segments told one by one to a policy; deeper paths are granted by `**` only. */
export const mostSegments = 16;

/** A Cedar string: what is not a plain character is written as \u{…}. */
export const quoted = (text: string): string =>
  `"${text.replace(/[\\"]/g, "\\$&").replace(/\p{Cc}/gu, (c) => `\\u{${c.codePointAt(0)!.toString(16)}}`)}"`;

const entity = (type: string, id: string): string => `Exchange::${type}::${quoted(id)}`;

/** `*` of our globs is a run inside one segment: each segment is compared by itself, so that a star never crosses a slash. */
function pathConditions(glob: string): string[] {
  if (glob === "**") return [];
  const parts = glob === "" || glob === "/" ? [] : glob.replace(/^\//, "").split("/");
  const open = parts.at(-1) === "**";
  const fixed = open ? parts.slice(0, -1) : parts;
  if (fixed.includes("**")) throw new RangeError(`a ** in the middle of a path has no policy: ${glob}`);
  const each = fixed.map((part, i) =>
    part.includes("*") ? `context.segment${i + 1} like ${quoted(part)}` : `context.segment${i + 1} == ${quoted(part)}`,
  );
  return [`context.segments ${open ? ">=" : "=="} ${fixed.length}`, ...each];
}

export function policyOf(a: Agreement): string {
  const who = a.subject.startsWith("group:")
    ? `principal in ${entity("Group", a.subject.slice(6))}`
    : `principal == ${entity("Subsystem", a.subject)}`;
  const conditions = [
    `[${a.purposes.map(quoted).join(", ")}].contains(context.purpose)`,
    `context.today >= datetime(${quoted(a.from)})`,
    ...(a.until === null ? [] : [`context.today <= datetime(${quoted(a.until)})`]),
    ...pathConditions(a.path),
    // whether it is hers, for this, and not taken back, is looked at in the table of consents
    ...(a.consent == null ? [] : ["context.consent"]),
  ];
  return [
    `@id(${quoted(`${a.service} ${a.id} ${a.subject}`)})`,
    `@basis(${quoted(a.basis)})`,
    // what may be seen is an obligation beside the permission: the gateway removes the rest before it signs
    `@fields(${quoted(a.fields === null ? "*" : a.fields.join(" "))})`,
    // days one lasts; what it covers is the person's to say
    ...(a.consent == null ? [] : [`@consent(${quoted(String(a.consent))})`]),
    "permit (",
    `  ${who},`,
    `  action in [${a.methods.map((m) => entity("Action", m)).join(", ")}],`,
    `  resource == ${entity("Service", a.service)}`,
    ") when {",
    `  ${conditions.join(" &&\n  ")}`,
    "};",
  ].join("\n");
}

/** Nothing is permitted but what a policy says: Cedar's default is ours. */
export const policiesOf = (agreements: readonly Agreement[]): string => agreements.map((a) => `${policyOf(a)}\n`).join("\n");

/** What a request is to these policies. */
export function requestOf(w: {
  client: string;
  groups: readonly string[];
  service: string;
  method: string;
  segments: readonly string[];
  purpose: string;
  today: string;
  consent?: boolean;
}) {
  const segments = w.segments.length === 1 && w.segments[0] === "" ? [] : w.segments;
  const named = Object.fromEntries(Array.from({ length: mostSegments }, (_, i) => [`segment${i + 1}`, segments[i] ?? ""]));
  return {
    principal: { type: "Exchange::Subsystem", id: w.client },
    action: { type: "Exchange::Action", id: w.method },
    resource: { type: "Exchange::Service", id: w.service },
    context: {
      purpose: w.purpose,
      today: { __extn: { fn: "datetime", arg: w.today } },
      consent: w.consent ?? false,
      segments: segments.length,
      ...named,
    },
    entities: [
      {
        uid: { type: "Exchange::Subsystem", id: w.client },
        attrs: {},
        parents: w.groups.map((id) => ({ type: "Exchange::Group", id })),
      },
    ],
  };
}

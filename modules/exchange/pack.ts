/** What a country pack says of its exchange: who takes part, what is published, who may read what and why. */
import { packSection, type Static, T } from "#kernel";
import { FileDefinition, ViewDefinition } from "./connectors/definition.ts";

const Words = T.Object({ fr: T.String(), en: T.String() }, { additionalProperties: T.String() });
const strict = { additionalProperties: false };
const Code = T.String({ pattern: "^[A-Za-z0-9'()+,\\-.=?]+$", maxLength: 60 });
const Provenance = {
  /** The text it rests on, or the rule it was derived by. */
  source: T.Optional(T.String()),
  /** True when made up for the demonstration. */
  illustrative: T.Optional(T.Boolean()),
};

/** One institution, several, or every institution of a kind but some. */
export const Selection = T.Object(
  {
    institution: T.Optional(T.String()),
    institutions: T.Optional(T.Array(T.String())),
    kind: T.Optional(T.String()),
    except: T.Optional(T.Array(T.String())),
  },
  strict,
);
export type Selection = Static<typeof Selection>;

const Member = T.Object(
  {
    of: Selection,
    subsystems: T.Array(T.Object({ code: Code, name: Words, groups: T.Optional(T.Array(Code)) }, strict)),
    ...Provenance,
  },
  strict,
);
export const members = packSection("exchange.members", T.Array(Member));

const Field = T.Object(
  {
    /** Dotted name in a row of the answer. */
    name: T.String({ pattern: "^[A-Za-z][A-Za-z0-9]*(\\.[A-Za-z][A-Za-z0-9]*)*$" }),
    label: Words,
    /** Where its value stands in the answer, `*` for every element of a list; absent: by its name in each of `rows`. */
    pointer: T.Optional(T.String({ pattern: "^/", maxLength: 500 })),
    type: T.Optional(T.Union([T.Literal("text"), T.Literal("date"), T.Literal("number"), T.Literal("boolean"), T.Literal("choice")])),
    required: T.Optional(T.Boolean()),
    options: T.Optional(T.Array(T.Object({ value: T.String(), label: Words }, strict))),
  },
  strict,
);
export type FieldSpec = Static<typeof Field>;

/** The person a service is about: a query parameter, the nth segment below the service (from 1), values of the answer. */
export const Subject = T.Object(
  {
    query: T.Optional(T.String({ minLength: 1, maxLength: 80 })),
    segment: T.Optional(T.Integer({ minimum: 1, maximum: 9 })),
    /** A JSON pointer, `*` for every element of a list. */
    answer: T.Optional(T.String({ pattern: "^/", maxLength: 200 })),
  },
  strict,
);
export type Subject = Static<typeof Subject>;

const Service = T.Object(
  {
    of: Selection,
    subsystem: Code,
    code: Code,
    title: Words,
    /** `room`: the exchange itself answers (see rooms/). */
    kind: T.Union([T.Literal("http"), T.Literal("person"), T.Literal("view"), T.Literal("file"), T.Literal("room")]),
    /** Kind `view` or `file`: which table or file, which columns. Addresses and passwords are settings. */
    connector: T.Optional(T.Union([ViewDefinition, FileDefinition])),
    /** `{institution}` is filled in; `sandbox:/…` is the simulated outside world. */
    url: T.Optional(T.String()),
    timeoutSeconds: T.Optional(T.Integer({ minimum: 1, maximum: 120 })),
    /** A person answers: working days to expect, and days after which the question lapses. */
    answersInDays: T.Optional(T.Integer({ minimum: 1 })),
    /** Its system or its link is too weak to be waited for: every call of it is answered later. */
    stored: T.Optional(T.Boolean()),
    /** Its system cannot tell a question cut short from a whole one: it gets large ones only once they are whole and verified. */
    spooled: T.Optional(T.Boolean()),
    lapsesInDays: T.Optional(T.Integer({ minimum: 1 })),
    endpoints: T.Optional(T.Array(T.Object({ method: T.String(), path: T.String() }, strict))),
    /** Query parameters understood, with the words a person reads. */
    query: T.Array(T.Object({ name: T.String(), label: Words }, strict)),
    fields: T.Array(Field),
    /** Where a question or its answer names the person concerned by her identity number; absent: it is about nobody. */
    subject: T.Optional(Subject),
    /** Days the body of an answer is kept; its proof is kept longer. */
    keepDays: T.Optional(T.Integer({ minimum: 0 })),
    ...Provenance,
  },
  strict,
);
export type ServiceSpec = Static<typeof Service>;
export const services = packSection("exchange.services", T.Array(Service));

const Right = T.Object(
  {
    id: T.String({ pattern: "^[a-z0-9-]+$" }),
    service: T.Object({ of: Selection, code: Code, subsystem: T.Optional(Code) }, strict),
    /** A group, named institutions, or each providing institution itself (`own`). */
    to: T.Object({ group: T.Optional(Code), of: T.Optional(Selection), own: T.Optional(T.Boolean()), subsystem: T.Optional(Code) }, strict),
    methods: T.Optional(T.Array(T.String())),
    /** Glob below the service; `**` by itself, at the end. */
    path: T.Optional(T.String({ pattern: "^(\\*\\*|/([^*]|\\*(?!\\*))*(?<=/)\\*\\*|/([^*]|\\*(?!\\*))*)$" })),
    purposes: T.Array(T.String(), { minItems: 1 }),
    /** Names of fields each row may keep; absent = the whole answer. */
    fields: T.Optional(T.Array(T.String())),
    /** The law named in `basis` wants the person concerned to agree first; how many days her consent lasts. */
    consent: T.Optional(T.Object({ days: T.Integer({ minimum: 1, maximum: 3660 }) }, strict)),
    basis: Words,
    from: T.String({ pattern: "^\\d{4}-\\d\\d-\\d\\d$" }),
    until: T.Optional(T.String({ pattern: "^\\d{4}-\\d\\d-\\d\\d$" })),
    ...Provenance,
  },
  strict,
);
export const rights = packSection("exchange.rights", T.Array(Right));

export const purposes = packSection(
  "exchange.purposes",
  T.Array(T.Object({ code: T.String({ pattern: "^[a-z0-9-]+$" }), label: Words, basis: T.Optional(Words), ...Provenance }, strict)),
);

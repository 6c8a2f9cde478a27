/**
 * A procedure as versioned data (countries/<cc>/services/procedures/*.json). A case keeps the version it started with.
 * Descriptors follow CPSV-AP 3.2 (public service, life event, cost, rule, evidence, output); the rest is what makes it run.
 */
import { packSection, T, type Static } from "#kernel";
import { Computation, Condition } from "../forms/expression.ts";
import { fieldTypes } from "../forms/types.ts";

const strict = { additionalProperties: false };
const id = T.String({ pattern: "^[a-zA-Z][a-zA-Z0-9-]{0,59}$" });
const day = T.String({ pattern: "^\\d{4}(-\\d\\d(-\\d\\d)?)?$" });

export const Words = T.Object({ fr: T.String({ minLength: 1 }), en: T.String({ minLength: 1 }) }, { additionalProperties: T.String() });

/** No figure without its source. `confirmed` only once the competent institution has signed the entry. */
export const Provenance = T.Object(
  {
    text: T.String({ minLength: 3 }),
    date: T.Optional(day),
    reliability: T.Enum(["official", "press", "third-party", "illustrative"]),
    confirmed: T.Boolean(),
  },
  strict,
);

export const LegalText = T.Object({ id, text: Words, reference: T.Optional(T.String()), source: Provenance }, strict);

/** `competent`: the institution that decides the case. */
const Payee = T.Union([T.Literal("competent"), T.Object({ institution: T.String(), name: T.Optional(Words) }, strict)]);

export const FeeLine = T.Object(
  {
    id,
    label: Words,
    payee: Payee,
    amount: T.Integer({ minimum: 0, maximum: 1_000_000_000 }),
    source: Provenance,
    when: T.Optional(Condition),
  },
  strict,
);

export const Delay = T.Object(
  {
    amount: T.Integer({ minimum: 1, maximum: 10_000 }),
    /** working-hours: every hour of a working day; opening-hours: only those when the office is open. */
    unit: T.Enum(["working-hours", "opening-hours", "working-days", "calendar-days"]),
    source: Provenance,
    legalBasis: T.Optional(id),
  },
  strict,
);

/** Who answers: a named institution, or the one competent for a division given by a field. */
const Provider = T.Union([
  T.Object({ institution: T.String() }, strict),
  T.Object({ kind: T.String(), division: id }, strict),
  T.Object({ competent: T.Literal(true) }, strict),
]);
/** `person`: the applicant's number in the identity register; else a field's value. */
const Asked = T.Object({ name: T.String(), from: T.Union([T.Literal("person"), T.Object({ field: id }, strict)]) }, strict);

export const EvidenceRequirement = T.Object(
  {
    id,
    title: Words,
    holder: Words,
    provider: Provider,
    service: T.String(),
    query: T.Array(Asked, { minItems: 1 }),
    /** Asked as well when a person answers: nobody finds a name in a book by a number. */
    queryByHand: T.Optional(T.Array(Asked)),
    purpose: T.String({ pattern: "^[a-z0-9-]+$" }),
    purposeText: Words,
    legalBasis: id,
    after: T.Optional(T.Array(id)),
    /** When the answer so far makes it pointless (born abroad: no commune's register). */
    when: T.Optional(Condition),
    /** From the register's row (dotted) to a field of the form. */
    fields: T.Array(T.Object({ from: T.String(), to: id }, strict), { minItems: 1 }),
    /** When the records are on paper, a person answers: what the citizen is told. */
    byHand: T.Optional(Words),
  },
  strict,
);

const Option = T.Object({ value: T.String(), label: Words, hint: T.Optional(Words) }, strict);

const fieldParts = {
  id,
  type: T.Enum([...fieldTypes]),
  label: Words,
  hint: T.Optional(Words),
  /** True unless said. */
  required: T.Optional(T.Boolean()),
  when: T.Optional(Condition),
  maxLength: T.Optional(T.Integer({ minimum: 1, maximum: 20_000 })),
  min: T.Optional(T.Union([T.Number(), T.String()])),
  max: T.Optional(T.Union([T.Number(), T.String()])),
  pattern: T.Optional(T.String()),
  unit: T.Optional(Words),
  options: T.Optional(T.Array(Option, { minItems: 1 })),
  /** For linked lists: the field whose value selects, and the options of each value. */
  linkedTo: T.Optional(id),
  linkedOptions: T.Optional(T.Record(T.String(), T.Array(Option))),
  /** Kind of institution, for `institution`. */
  kind: T.Optional(T.String()),
  compute: T.Optional(Computation),
  message: T.Optional(Words),
  /** The evidence that fills it: then it is shown, not asked. */
  evidence: T.Optional(id),
  autocomplete: T.Optional(T.String()),
};
export const LeafField = T.Object(fieldParts, strict);
export const Field = T.Object(
  {
    ...fieldParts,
    fields: T.Optional(T.Array(LeafField, { minItems: 1 })),
    minItems: T.Optional(T.Integer({ minimum: 0 })),
    maxItems: T.Optional(T.Integer({ minimum: 1, maximum: 100 })),
    addLabel: T.Optional(Words),
    itemTitle: T.Optional(Words),
  },
  strict,
);

export const Section = T.Object(
  { id, title: Words, intro: T.Optional(Words), when: T.Optional(Condition), fields: T.Array(Field, { minItems: 1 }) },
  strict,
);

/** A register searched by the office before it decides; each person found is reviewed by a human being. */
export const Search = T.Object(
  {
    title: Words,
    holder: Words,
    provider: Provider,
    service: T.String(),
    /** Each list is one question; what they find is joined. */
    queries: T.Array(T.Array(Asked, { minItems: 1 }), { minItems: 1 }),
    /** The one question put to a person, where the register is on paper. */
    queryByHand: T.Array(Asked, { minItems: 1 }),
    purpose: T.String({ pattern: "^[a-z0-9-]+$" }),
    purposeText: Words,
    legalBasis: id,
    reference: T.String(),
    /** Persons less alike than this (0 to 100) are not kept: other people's records are nobody's business here. */
    least: T.Integer({ minimum: 0, maximum: 100 }),
    compare: T.Array(
      T.Object(
        { label: Words, field: id, from: T.String(), as: T.Enum(["name", "date", "code"]), weight: T.Integer({ minimum: 1 }) },
        strict,
      ),
      { minItems: 1 },
    ),
    entries: T.Object(
      {
        from: T.String(),
        /** A sheet copied by hand has words instead of entries: where they are, and under which column they stand. */
        words: T.Object({ from: T.String(), to: T.String() }, strict),
        id: T.String(),
        rows: T.Array(
          T.Object(
            { label: Words, from: T.String(), as: T.Enum(["text", "date", "choice"]), choices: T.Optional(T.Record(T.String(), Words)) },
            strict,
          ),
        ),
        /** First rule that holds keeps the entry off the act, with its reason. */
        withheld: T.Array(T.Object({ when: Condition, reason: Words }, strict)),
      },
      strict,
    ),
  },
  strict,
);

export const Output = T.Object(
  {
    title: Words,
    subtitle: T.Optional(Words),
    template: T.Enum(["act"]),
    /** Type of document in the 2D code, e.g. criminal-record-3. */
    codeType: T.String({ pattern: "^[a-z0-9-]{1,32}$" }),
    /** Field whose date of birth the 2D code carries. */
    birth: T.Optional(id),
    /** What the signing authority certifies, before the identity. */
    opening: T.Array(Words, { minItems: 1 }),
    /** Between the identity and the conclusion. */
    leading: T.Optional(Words),
    /** Under the conclusion. */
    statements: T.Object({ none: Words, mentions: Words }, strict),
    /** Conditions of use, and texts that give the signature its force. */
    notes: T.Array(Words),
    legal: T.Array(id),
    /** Fields printed, in order. */
    fields: T.Array(id),
    conclusions: T.Object({ none: Words, mentions: Words }, strict),
    validity: T.Optional(
      T.Object({ amount: T.Integer({ minimum: 1 }), unit: T.Enum(["days", "months", "years"]), source: Provenance }, strict),
    ),
    letterTitle: Words,
  },
  strict,
);

export const Procedure = T.Object(
  {
    slug: T.String({ pattern: "^[a-z][a-z0-9-]{2,60}$" }),
    version: T.Integer({ minimum: 1 }),
    /** The institution in whose name the registers are asked before the deciding one is known. */
    asksFor: T.String(),
    validFrom: T.String({ pattern: "^\\d{4}-\\d\\d-\\d\\d$" }),
    title: Words,
    summary: Words,
    description: T.Array(Words),
    whoMay: T.Array(Words),
    keywords: T.Array(T.String()),
    lifeEvents: T.Array(id),
    steps: T.Array(Words),
    authority: T.Object(
      {
        text: Words,
        /** One institution for the whole country … */
        institution: T.Optional(T.String()),
        /** … or the one of this kind competent for the division this field holds. */
        kind: T.Optional(T.String()),
        division: T.Optional(id),
        abroad: T.Optional(T.Object({ when: Condition, division: T.String(), text: Words, legalBasis: T.Optional(id) }, strict)),
        legalBasis: T.Optional(id),
      },
      strict,
    ),
    legalBasis: T.Array(LegalText, { minItems: 1 }),
    fees: T.Array(FeeLine),
    delay: Delay,
    evidence: T.Array(EvidenceRequirement),
    sections: T.Array(Section),
    applicant: T.Object({ family: id, given: id }, strict),
    search: T.Optional(Search),
    grounds: T.Array(T.Object({ code: id, text: Words, legalBasis: T.Optional(id) }, strict), { minItems: 1 }),
    appeal: T.Array(Words, { minItems: 1 }),
    output: Output,
  },
  strict,
);

export const LifeEvent = T.Object({ id, title: Words, summary: Words }, strict);

export type Procedure = Static<typeof Procedure>;
export type Section = Static<typeof Section>;
export type Field = Static<typeof Field>;
export type LeafField = Static<typeof LeafField>;
export type EvidenceRequirement = Static<typeof EvidenceRequirement>;
export type Search = Static<typeof Search>;
export type FeeLine = Static<typeof FeeLine>;
export type Delay = Static<typeof Delay>;
export type Provider = Static<typeof Provider>;
export type Asked = Static<typeof Asked>;
export type LifeEvent = Static<typeof LifeEvent>;
export type Provenance = Static<typeof Provenance>;

export const procedures = packSection("services.procedures", T.Array(Procedure), { optional: true });
export const lifeEvents = packSection("services.life-events", T.Array(LifeEvent), { optional: true });
/** Words people use, each with the words the catalogue uses. */
export const synonyms = packSection("services.synonyms", T.Record(T.String(), T.Array(T.String())), { optional: true });

/** A procedure the State offers elsewhere, as known: shown, not run. */
export const Entry = T.Object(
  {
    id: T.String(),
    slug: T.String({ pattern: "^[a-z][a-z0-9-]{2,60}$" }),
    title: Words,
    lifeEvents: T.Array(id),
    /** Slug of the procedure that runs it here, once there is one. */
    procedure: T.Optional(T.String()),
    office: Words,
    documents: T.Array(Words),
    /** The source says nothing of papers: that is not the same as none. */
    documentsUnknown: T.Optional(T.Boolean()),
    free: T.Optional(T.Boolean()),
    /** When the fee is a rate or a rule. */
    feeText: T.Optional(Words),
    fees: T.Array(
      T.Object(
        { label: Words, amount: T.Optional(T.Integer({ minimum: 0 })), optional: T.Optional(T.Boolean()) },
        { additionalProperties: true },
      ),
    ),
    delay: T.Optional(Words),
    validity: T.Optional(Words),
    sources: T.Array(Provenance, { minItems: 1 }),
  },
  { additionalProperties: true },
);
export type Entry = Static<typeof Entry>;
export const entries = packSection("services.catalogue", T.Array(Entry), { optional: true });

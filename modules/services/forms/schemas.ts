/** A form as any channel shows it: conditions already applied, options and texts in the caller's language. */
import { T, type Static } from "#kernel";
import { fieldTypes } from "./types.ts";

/** Answers travel as one flat object of field ids; a repeated group is an array of such objects. */
export const Answers = T.Record(T.String({ maxLength: 64 }), T.Unknown());

export const FieldProblem = T.Object({
  path: T.String({ description: "e.g. otherNames[0].familyName" }),
  message: T.String(),
});

const leaf = {
  path: T.String({ description: "Name of the input, e.g. purpose or otherNames[0].familyName" }),
  type: T.Enum([...fieldTypes]),
  label: T.String(),
  hint: T.Optional(T.String()),
  required: T.Boolean(),
  /** Came from a register: shown, not asked. */
  locked: T.Boolean(),
  source: T.Optional(T.String({ description: "The register that gave the value" })),
  value: T.Optional(T.Unknown()),
  display: T.Optional(T.String({ description: "The value as people write it" })),
  options: T.Optional(T.Array(T.Object({ value: T.String(), label: T.String(), hint: T.Optional(T.String()) }))),
  maxLength: T.Optional(T.Integer()),
  min: T.Optional(T.Number()),
  max: T.Optional(T.Number()),
  unit: T.Optional(T.String()),
  autocomplete: T.Optional(T.String({ description: "HTML autocomplete token" })),
  inputMode: T.Optional(T.String({ description: "HTML inputmode" })),
};

export const LeafView = T.Object(leaf);

export const FieldView = T.Object({
  ...leaf,
  /** For type `group`: the repetitions, each with its own fields. */
  items: T.Optional(T.Array(T.Object({ index: T.Integer(), title: T.String(), fields: T.Array(LeafView) }))),
  /** One more, empty repetition, while there is room: a page without script can offer it. */
  blank: T.Optional(T.Array(LeafView)),
  minItems: T.Optional(T.Integer()),
  maxItems: T.Optional(T.Integer()),
  addLabel: T.Optional(T.String()),
});

export const SectionView = T.Object({
  id: T.String(),
  title: T.String(),
  intro: T.Optional(T.String()),
  fields: T.Array(FieldView),
});

export const FormView = T.Object({
  number: T.String(),
  version: T.Integer(),
  sections: T.Array(SectionView, {
    description: "Only what applies; a section may appear once an answer calls for it",
  }),
  problems: T.Array(FieldProblem),
  complete: T.Boolean(),
});

export const SummarySection = T.Object({
  id: T.String(),
  title: T.String(),
  rows: T.Array(
    T.Object({
      path: T.String(),
      label: T.String(),
      value: T.String(),
      source: T.Optional(T.String()),
    }),
  ),
});

export type FieldProblem = Static<typeof FieldProblem>;
export type LeafView = Static<typeof LeafView>;
export type FieldView = Static<typeof FieldView>;
export type SectionView = Static<typeof SectionView>;
export type FormView = Static<typeof FormView>;
export type SummarySection = Static<typeof SummarySection>;

/** Shapes that several contracts of the network share. */
import { T } from "#kernel";
import { Point } from "../plant/shapes.ts";

export const Kind = T.Enum(["cable", "circuit"]);
export const NodeLine = T.Object({ id: T.String(), name: T.String(), kind: T.String(), point: Point });
export const InstitutionLine = T.Object({ id: T.String(), name: T.String(), node: T.String() });
export const FailureView = T.Object({
  kind: T.Enum(["span", "duct", "bridge", "poles", "power"]),
  id: T.String(),
  name: T.String(),
  sites: T.Integer({ description: "Places that lose the network" }),
  perYear: T.Number({ description: "Times a year" }),
  hours: T.Number({ description: "Hours each time" }),
  hoursPerYear: T.Number(),
  through: T.Optional(T.String({ description: "A span in this ground" })),
});
export const SpanLine = T.Object({
  id: T.String(),
  kind: Kind,
  name: T.String(),
  km: T.Number(),
  sites: T.Integer({ description: "Places that fall by the worst cut a digger here may cause" }),
  alone: T.Integer({ description: "Places that fall if this span alone is cut" }),
  hoursPerYear: T.Number({ description: "Hours a year during which somebody is cut off by a cut here" }),
  illustrative: T.Boolean(),
});
export const Stretch = T.Object({
  a: NodeLine,
  b: NodeLine,
  km: T.Number(),
  saved: T.Number({ description: "Site-hours a year" }),
  helped: T.Integer(),
  freed: T.Integer({ description: "Places no longer at the mercy of any one cut" }),
  why: T.String({ description: "In the caller's language, for people" }),
});

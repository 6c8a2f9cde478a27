/** What registry reads of a country: files of countries/<cc>/registry, and the people of the demonstration. */
import { packSection, T, type Static } from "#kernel";

const strict = { additionalProperties: false };
const Id = T.String({ pattern: "^[a-z0-9][a-z0-9-]{1,99}$" });
const Day = T.String({ pattern: "^\\d{4}-\\d\\d-\\d\\d$" });
const Words = T.Object({ fr: T.String({ minLength: 1 }), en: T.String({ minLength: 1 }) }, { additionalProperties: T.String() });
const Point = T.Tuple([T.Number({ minimum: -180, maximum: 180 }), T.Number({ minimum: -90, maximum: 90 })]);
export const Basis = T.Enum(["sourced", "derived", "illustrative"]);
export type Basis = Static<typeof Basis>;
const ground = { basis: Basis, source: T.Optional(Id), rule: T.Optional(Id) };

const PackSource = T.Object(
  {
    id: Id,
    title: T.String({ minLength: 3 }),
    date: T.Optional(Day),
    /** A: an authority's own page; B: press quoting it; C: a compilation. */
    reliability: T.Enum(["A", "B", "C"]),
  },
  strict,
);
const PackRule = T.Object({ id: Id, text: Words, source: Id }, strict);

const PackDivision = T.Object(
  {
    id: Id,
    level: T.Enum(["country", "abroad", "region", "province", "commune", "district"]),
    name: Words,
    formerNames: T.Optional(T.Array(T.Object({ name: Words, until: Day }, strict))),
    status: T.Optional(T.Enum(["special", "urban"])),
    capital: T.Optional(Id),
    from: T.Optional(Day),
    until: T.Optional(Day),
    parents: T.Array(T.Object({ id: Id, from: T.Optional(Day), until: T.Optional(Day) }, strict)),
    successors: T.Optional(T.Array(Id)),
    point: T.Optional(Point),
    basis: T.Optional(Basis),
    source: T.Optional(Id),
    rule: T.Optional(Id),
  },
  strict,
);
export type PackDivision = Static<typeof PackDivision>;

const PackInstitution = T.Object(
  {
    id: Id,
    class: T.String({ pattern: "^[A-Z]{2,10}$" }),
    code: T.String({ pattern: "^[A-Z0-9][A-Z0-9-]{0,79}$" }),
    kind: Id,
    name: Words,
    acronym: T.Optional(T.String()),
    parent: T.Optional(Id),
    division: Id,
    sites: T.Array(Id),
    ...ground,
  },
  strict,
);
export type PackInstitution = Static<typeof PackInstitution>;

const PackSite = T.Object(
  {
    id: Id,
    name: Words,
    division: Id,
    point: T.Optional(Point),
    /** How far the point can be trusted; `town`: laid out around the town's point, not a position. */
    located: T.Optional(T.Enum(["surveyed", "published", "district", "town"])),
  },
  strict,
);
export type PackSite = Static<typeof PackSite>;

const PackBuilding = T.Object(
  { id: Id, site: Id, name: Words, levels: T.Optional(T.Integer()), rooms: T.Optional(T.Integer()), basis: Basis, source: T.Optional(Id) },
  strict,
);
const PackOffice = T.Object(
  { id: Id, institution: Id, site: T.Optional(Id), building: T.Optional(Id), kind: T.Enum(["counter", "registry", "office"]), name: Words },
  strict,
);
const PackCompetence = T.Object(
  { kind: Id, division: Id, institution: Id, from: T.Optional(Day), until: T.Optional(Day), note: T.Optional(Words), ...ground },
  strict,
);

export const Role = T.Object(
  {
    id: Id,
    name: Words,
    about: Words,
    /** Kinds of institution it exists in; "*" means every kind. */
    kinds: T.Array(T.String(), { minItems: 1 }),
    permissions: T.Array(T.String({ pattern: "^[a-z]+\\.[a-z-]+$" }), { minItems: 1 }),
    /** Given by two people. A role with a sensitive permission is sensitive whatever is written here. */
    sensitive: T.Boolean(),
  },
  strict,
);
export type Role = Static<typeof Role>;

const Outline = T.Object(
  { type: T.Literal("Topology"), bbox: T.Optional(T.Array(T.Number(), { minItems: 4, maxItems: 4 })) },
  { additionalProperties: true },
);

const DemoPerson = T.Object(
  {
    id: Id,
    kind: T.Enum(["citizen", "official"]),
    name: T.Object({ family: T.String(), given: T.String() }, strict),
    introduction: Words,
    fictitious: T.Literal(true),
    phone: T.Optional(T.String()),
    nip: T.Optional(T.String()),
    birth: T.Optional(T.Object({ date: Day }, { additionalProperties: true })),
    login: T.Optional(T.String()),
    role: T.Optional(Id),
    institution: T.Optional(Id),
    office: T.Optional(Id),
  },
  strict,
);
export type DemoPerson = Static<typeof DemoPerson>;

export const sources = packSection("registry.sources", T.Array(PackSource));
export const derivationRules = packSection("registry.rules", T.Array(PackRule));
export const divisionRows = packSection("registry.divisions", T.Array(PackDivision));
export const institutionRows = packSection("registry.institutions", T.Array(PackInstitution));
export const siteRows = packSection("registry.sites", T.Array(PackSite));
export const buildingRows = packSection("registry.buildings", T.Array(PackBuilding), { optional: true });
export const officeRows = packSection("registry.offices", T.Array(PackOffice), { optional: true });
export const competenceRows = packSection("registry.competences", T.Array(PackCompetence));
export const roles = packSection("registry.roles", T.Array(Role));
export const outline = packSection("registry.map", Outline);
export const demoPeople = packSection("demo.people", T.Array(DemoPerson), { optional: true });

export const allSections = [
  sources,
  derivationRules,
  divisionRows,
  institutionRows,
  siteRows,
  buildingRows,
  officeRows,
  competenceRows,
  roles,
  outline,
  demoPeople,
];

/** Institutions: public to read; changed by their own administrators and by the operator. */
import { anyOf, anyone, contract, official, permission, T, type Static } from "#kernel";

export const editOwn = permission("registry.edit-institution", {
  fr: "Tenir à jour la fiche de son institution",
  en: "Keep one’s institution’s entry up to date",
});
export const editAny = permission("registry.edit-institutions", {
  fr: "Tenir à jour le registre des institutions",
  en: "Keep the register of institutions up to date",
});
export const importMany = permission(
  "registry.import-institutions",
  { fr: "Importer des institutions", en: "Import institutions" },
  { sensitive: true },
);

const Id = T.String({ pattern: "^[a-z0-9][a-z0-9-]{1,99}$" });
export const BasisName = T.Enum(["sourced", "derived", "illustrative"]);
const Words = T.Object({ fr: T.String({ minLength: 1, maxLength: 300 }), en: T.String({ minLength: 1, maxLength: 300 }) });

export const InstitutionLine = T.Object({
  id: T.String(),
  code: T.String({ description: "X-Road member: INSTANCE/CLASS/CODE" }),
  kind: T.String(),
  name: T.String(),
  acronym: T.Optional(T.String()),
  division: T.String(),
  basis: BasisName,
});
export type InstitutionLine = Static<typeof InstitutionLine>;

export const SiteView = T.Object({
  id: T.String(),
  name: T.String(),
  point: T.Optional(T.Tuple([T.Number(), T.Number()])),
  located: T.Optional(T.String({ description: "surveyed, published, district, or town: then it is no position" })),
});

export const InstitutionView = T.Object({
  ...InstitutionLine.properties,
  state: T.Enum(["active", "closed"]),
  version: T.Integer(),
  parent: T.Optional(T.Object({ id: T.String(), name: T.String() })),
  within: T.Array(T.Object({ id: T.String(), level: T.String(), name: T.String() })),
  ground: T.Object({
    source: T.Optional(T.String()),
    date: T.Optional(T.String()),
    reliability: T.Optional(T.String()),
    rule: T.Optional(T.String()),
  }),
  sites: T.Array(SiteView),
  offices: T.Array(T.Object({ id: T.String(), kind: T.String(), name: T.String() })),
});

export const searchInstitutions = contract({
  id: "registry.search-institutions",
  method: "GET",
  path: "/api/registry/institutions",
  summary: "Institutions by words, kind, territory or ground; accents and case do not matter",
  who: anyone(),
  input: T.Object({
    q: T.Optional(T.String({ maxLength: 200 })),
    kind: T.Optional(Id),
    division: T.Optional(Id),
    basis: T.Optional(BasisName),
    after: T.Optional(Id),
    limit: T.Optional(T.Integer({ minimum: 1, maximum: 200 })),
  }),
  output: T.Object({ institutions: T.Array(InstitutionLine), total: T.Integer(), next: T.Optional(T.String()) }),
});

export const readInstitution = contract({
  id: "registry.read-institution",
  method: "GET",
  path: "/api/registry/institutions/{id}",
  summary: "One institution: where it is, whose it is, and on what ground we say so",
  who: anyone(),
  input: T.Object({ id: Id }),
  output: InstitutionView,
});

export const countInstitutions = contract({
  id: "registry.count-institutions",
  method: "GET",
  path: "/api/registry/counts",
  summary: "How many institutions are sourced, derived by a rule, or illustrative; and how many of each kind",
  who: anyone(),
  input: T.Object({}),
  output: T.Object({
    sourced: T.Integer(),
    derived: T.Integer(),
    illustrative: T.Integer(),
    total: T.Integer(),
    kinds: T.Array(T.Object({ kind: T.String(), count: T.Integer() })),
  }),
});

export const listDemoPeople = contract({
  id: "registry.list-demo-people",
  method: "GET",
  path: "/api/registry/demo-people",
  summary: "Who one can be in the demonstration; answers 404 outside it",
  who: anyone(),
  input: T.Object({}),
  output: T.Object({
    people: T.Array(
      T.Object({
        id: T.String(),
        kind: T.Enum(["citizen", "official"]),
        name: T.String(),
        introduction: T.String(),
        phone: T.Optional(T.String()),
        login: T.Optional(T.String()),
        role: T.Optional(T.String()),
        institution: T.Optional(T.String()),
      }),
    ),
    counts: T.Object({ sourced: T.Integer(), derived: T.Integer(), illustrative: T.Integer() }),
  }),
});

export const mapInstitutions = contract({
  id: "registry.map-institutions",
  method: "GET",
  path: "/api/registry/map",
  summary: "Every institution that has a point, for a map; `located` says how far the point can be trusted",
  who: anyone(),
  input: T.Object({ kind: T.Optional(Id) }),
  output: T.Object({
    institutions: T.Array(
      T.Object({
        id: T.String(),
        name: T.String(),
        kind: T.String(),
        basis: BasisName,
        point: T.Tuple([T.Number(), T.Number()]),
        located: T.String(),
      }),
    ),
  }),
});

export const readOutline = contract({
  id: "registry.read-outline",
  method: "GET",
  path: "/api/registry/outline",
  summary: "Outline of the country's divisions as TopoJSON, for maps",
  who: anyone(),
  input: T.Object({}),
  output: T.Object({ topology: T.Unknown() }),
});

export const editInstitution = contract({
  id: "registry.edit-institution",
  method: "PATCH",
  path: "/api/registry/institutions/{id}",
  summary: "Change an institution's entry; the country pack no longer overwrites what was changed here",
  who: anyOf(official(editOwn), official(editAny)),
  input: T.Object({
    id: Id,
    version: T.Integer({ minimum: 1 }),
    name: T.Optional(Words),
    acronym: T.Optional(T.String({ maxLength: 40 })),
    point: T.Optional(T.Tuple([T.Number({ minimum: -180, maximum: 180 }), T.Number({ minimum: -90, maximum: 90 })])),
  }),
  output: T.Object({ id: T.String(), version: T.Integer() }),
});

export const readHistory = contract({
  id: "registry.read-institution-history",
  method: "GET",
  path: "/api/registry/institutions/{id}/history",
  summary: "What was changed in an institution's entry, by which account, when",
  who: anyOf(official(editOwn), official(editAny)),
  input: T.Object({ id: Id }),
  output: T.Object({
    changes: T.Array(T.Object({ at: T.String(), actor: T.String(), before: T.Unknown(), after: T.Unknown() })),
  }),
});

export const importInstitutions = contract({
  id: "registry.import-institutions",
  method: "POST",
  path: "/api/registry/imports",
  summary: "Import institutions from CSV or GeoJSON: all lines or none, each fault named by its line; `check` only tries",
  who: official(importMany),
  input: T.Object({
    format: T.Enum(["csv", "geojson"]),
    text: T.String({ minLength: 1, maxLength: 4 * 1024 * 1024 }),
    check: T.Optional(T.Boolean()),
  }),
  output: T.Object({ lines: T.Integer(), added: T.Integer(), ids: T.Array(T.String()) }),
  limit: 5 * 1024 * 1024,
});

/** GovStack Information Mediator, Configuration Management 1.0.1: what its interface says and is told. What it does not name is passed over. */
import { T, type Static } from "#kernel";

const Text = T.String({ minLength: 1, maxLength: 200 });
const Address = T.String({ maxLength: 500 });

const Right = T.Object({ member: T.String({ minLength: 1, maxLength: 600 }), application: Text });
const Service = T.Object({
  id: Text,
  specUrl: T.Optional(Address),
  serviceUrl: T.Optional(Address),
  rights: T.Optional(T.Array(Right, { maxItems: 500 })),
});
const Application = T.Object({
  id: Text,
  connection: T.Optional(T.Enum(["http", "https"])),
  services: T.Optional(T.Array(Service, { maxItems: 500 })),
});
const Member = T.Object({
  name: T.Optional(T.String({ maxLength: 300 })),
  class: Text,
  code: Text,
  applications: T.Optional(T.Array(Application, { maxItems: 200 })),
});
export const Configuration = T.Object({
  domain: T.Optional(T.String({ maxLength: 300 })),
  instance: Text,
  members: T.Array(Member, { maxItems: 5000 }),
});
export type Configuration = Static<typeof Configuration>;
export type Member = Static<typeof Member>;
export type Application = Static<typeof Application>;
export type Service = Static<typeof Service>;

const Party = { memberClass: Text, memberCode: Text, applicationId: Text };
export const RightsChange = T.Array(
  T.Object({
    ...Party,
    serviceId: Text,
    rights: T.Array(T.Object({ instance: T.Optional(Text), ...Party }), { minItems: 1, maxItems: 500 }),
  }),
  { minItems: 1, maxItems: 500 },
);
export type RightsChange = Static<typeof RightsChange>;

/** What became of what was asked: nothing of it stands before its second person has decided. */
export interface Done {
  proposals: { id: string; kind: string; about: string; state: string }[];
  /** Already so. */
  unchanged: number;
  /** Must be asked again once what they stand on has been approved. */
  later: string[];
  /** At once: nobody needs a second person to close. */
  ended: string[];
  closed: string[];
  /** Not named any more and held through a group: a group is left in the directory, not here. */
  kept: string[];
}
export const nothing = (): Done => ({ proposals: [], unchanged: 0, later: [], ended: [], closed: [], kept: [] });

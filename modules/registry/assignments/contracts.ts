/** People's roles in institutions: asked for by one, approved by another, held from day to day, lent for some days. */
import { contract, official, permission, signedIn, T } from "#kernel";

export const assignRoles = permission(
  "registry.assign-roles",
  { fr: "Demander les rôles des agents de son institution", en: "Request roles for the staff of one’s institution" },
  { sensitive: true },
);
export const approveRoles = permission(
  "registry.approve-roles",
  { fr: "Approuver les rôles demandés par un autre", en: "Approve roles somebody else requested" },
  { sensitive: true },
);
export const readAssignments = permission("registry.read-assignments", {
  fr: "Voir qui tient quel rôle dans son institution",
  en: "See who holds which role in one’s institution",
});

const Id = T.String({ pattern: "^[a-z0-9][a-z0-9-]{1,99}$" });
const Uuid = T.String({ pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" });
const Account = T.String({ minLength: 1, maxLength: 100 });
const Holder = T.String({ minLength: 1, maxLength: 200 });
const Day = T.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}$" });
const Reason = T.String({ minLength: 1, maxLength: 500 });
const Version = T.Integer({ minimum: 1 });
export const StateName = T.Enum(["requested", "approved", "refused", "ended"]);

const DelegationView = T.Object({
  id: T.String(),
  account: T.String(),
  holder: T.String(),
  from: T.String(),
  until: T.String(),
  state: StateName,
  version: T.Integer(),
  permissions: T.Optional(T.Array(T.String())),
  requestedBy: T.String(),
  requestedByName: T.Optional(T.String()),
});

export const AssignmentView = T.Object({
  id: T.String(),
  account: T.String(),
  holder: T.String(),
  institution: T.String(),
  role: T.String(),
  roleName: T.String(),
  office: T.Optional(T.String()),
  from: T.String(),
  until: T.Optional(T.String()),
  state: StateName,
  version: T.Integer(),
  /** In force today and not lent to somebody else. */
  effective: T.Boolean(),
  sensitive: T.Boolean(),
  /** Accounts, or `system:…`; the names beside them are those they hold a role under here. */
  requestedBy: T.String(),
  requestedByName: T.Optional(T.String()),
  decidedBy: T.Optional(T.String()),
  decidedByName: T.Optional(T.String()),
  /** The caller may decide it: neither its requester nor its holder. */
  mayDecide: T.Boolean(),
  delegations: T.Array(DelegationView),
});

export const RoleView = T.Object({
  id: T.String(),
  name: T.String(),
  about: T.String(),
  sensitive: T.Boolean(),
  permissions: T.Array(T.String()),
});

const Moved = T.Object({ id: T.String(), state: StateName, version: T.Integer() });

export const listRoles = contract({
  id: "registry.list-roles",
  method: "GET",
  path: "/api/registry/roles",
  summary: "The roles that exist in an institution, and which need two people",
  who: signedIn({ level: "substantial" }),
  input: T.Object({ institution: T.Optional(Id) }),
  output: T.Object({ roles: T.Array(RoleView) }),
});

export const myRoles = contract({
  id: "registry.my-roles",
  method: "GET",
  path: "/api/registry/my-roles",
  summary: "The caller's own roles in force today",
  who: signedIn({ level: "substantial" }),
  input: T.Object({}),
  output: T.Object({
    roles: T.Array(
      T.Object({
        assignment: T.String(),
        institution: T.String(),
        institutionName: T.String(),
        role: T.String(),
        roleName: T.String(),
        office: T.Optional(T.String()),
        until: T.Optional(T.String()),
        lent: T.Boolean(),
      }),
    ),
  }),
});

export const chooseRole = contract({
  id: "registry.choose-role",
  method: "POST",
  path: "/api/registry/chosen-role",
  summary: "Act in another of one's own roles, for this session",
  who: official(),
  input: T.Object({ assignment: Uuid }),
  output: T.Object({ institution: T.String(), role: T.String() }),
});

export const listColleagues = contract({
  id: "registry.list-colleagues",
  method: "GET",
  path: "/api/registry/colleagues",
  summary: "Who acts in the caller's institution today, and in which role",
  who: official(),
  input: T.Object({}),
  output: T.Object({
    colleagues: T.Array(
      T.Object({ account: T.String(), holder: T.String(), role: T.String(), roleName: T.String(), office: T.Optional(T.String()) }),
    ),
  }),
});

export const listAssignments = contract({
  id: "registry.list-assignments",
  method: "GET",
  path: "/api/registry/assignments",
  summary: "Who holds what in the caller's institution, what waits for a second person, and what is lent",
  who: official(readAssignments),
  input: T.Object({ state: T.Optional(StateName), account: T.Optional(Account) }),
  output: T.Object({ assignments: T.Array(AssignmentView) }),
});

export const requestRole = contract({
  id: "registry.request-role",
  method: "POST",
  path: "/api/registry/assignments",
  summary: "Ask for a role for somebody of one's institution; a sensitive role waits for a second person",
  who: official(assignRoles),
  input: T.Object({ account: Account, holder: Holder, role: Id, office: T.Optional(Id), from: Day, until: T.Optional(Day) }),
  output: Moved,
});

export const approveRole = contract({
  id: "registry.approve-role",
  method: "POST",
  path: "/api/registry/assignments/{id}/approval",
  summary: "Approve a requested role, as neither its requester nor its holder",
  who: official(approveRoles),
  input: T.Object({ id: Uuid, version: Version }),
  output: Moved,
});

export const refuseRole = contract({
  id: "registry.refuse-role",
  method: "POST",
  path: "/api/registry/assignments/{id}/refusal",
  summary: "Refuse a requested role, with the reason",
  who: official(approveRoles),
  input: T.Object({ id: Uuid, version: Version, reason: Reason }),
  output: Moved,
});

export const endRole = contract({
  id: "registry.end-role",
  method: "POST",
  path: "/api/registry/assignments/{id}/end",
  summary: "End a role at once, with the reason; what was lent of it ends too",
  who: official(assignRoles),
  input: T.Object({ id: Uuid, version: Version, reason: Reason }),
  output: Moved,
});

export const delegateRole = contract({
  id: "registry.delegate-role",
  method: "POST",
  path: "/api/registry/assignments/{id}/delegations",
  summary: "Lend one's own role to a colleague for some days, whole or in part; meanwhile one does not hold it",
  who: official(),
  input: T.Object({
    id: Uuid,
    to: Account,
    holder: Holder,
    from: Day,
    until: Day,
    permissions: T.Optional(T.Array(T.String(), { maxItems: 50 })),
  }),
  output: Moved,
});

export const decideDelegation = contract({
  id: "registry.decide-delegation",
  method: "POST",
  path: "/api/registry/delegations/{id}/decision",
  summary: "Approve or refuse lending a sensitive role, as neither the lender nor the receiver",
  who: official(approveRoles),
  input: T.Object({ id: Uuid, version: Version, outcome: T.Enum(["approved", "refused"]), reason: T.Optional(Reason) }),
  output: Moved,
});

export const endDelegation = contract({
  id: "registry.end-delegation",
  method: "POST",
  path: "/api/registry/delegations/{id}/end",
  summary: "Take back what one lent",
  who: official(),
  input: T.Object({ id: Uuid, version: Version }),
  output: Moved,
});

/** Equipment without an agent: register, look, compare, take over or let be. Data only; a secret goes in and never comes out. */
import { anyOf, contract, official, T } from "#kernel";
import { operateFabric, planChanges, readPlant } from "../permissions.ts";
import { Id } from "../plant/shapes.ts";
import { Reading } from "./driver.ts";
import { DifferenceView, Protocol, Secret, Uuid } from "./shapes.ts";

const read = official(readPlant);
const operate = official(operateFabric);
const Done = T.Object({ id: T.String() });
const How = {
  name: T.String({ minLength: 1, maxLength: 120 }),
  address: T.String({ minLength: 2, maxLength: 45, description: "An address of the inventory’s prefixes, never a name" }),
  port: T.Optional(T.Integer({ minimum: 1, maximum: 65_535 })),
  profile: T.Optional(T.String({ maxLength: 40, description: "Command lines only" })),
  device: T.Optional(Id),
  weak: T.Optional(T.Boolean({ description: "SNMP v2c is accepted for this device" })),
  seconds: T.Optional(T.Integer({ minimum: 60, maximum: 86_400, description: "Between two readings; 300 unless said" })),
};
const Trouble = T.Object({
  cause: T.String(),
  words: T.String(),
  /** What to do, and who. */
  remedy: T.String(),
  since: T.String(),
  detail: T.Optional(T.String()),
});
const Head = {
  id: T.String(),
  name: T.String(),
  protocol: Protocol,
  address: T.String(),
  port: T.Integer(),
  device: T.Optional(T.Object({ id: T.String(), name: T.String(), node: T.String(), nodeName: T.String() })),
  paused: T.Boolean(),
  weak: T.Boolean(),
  readAt: T.Optional(T.String()),
  trouble: T.Optional(Trouble),
  differences: T.Object({ serious: T.Integer(), warning: T.Integer(), note: T.Integer(), accepted: T.Integer() }),
};

export const listEquipment = contract({
  id: "network.list-equipment",
  method: "GET",
  path: "/api/network/equipment",
  summary: "Equipment without an agent: its state and how far it is from the inventory, the worst first; neighbours nobody registered",
  who: read,
  input: T.Object({ q: T.Optional(T.String({ maxLength: 100 })), from: T.Optional(T.Integer({ minimum: 0, maximum: 1_000_000 })), limit: T.Optional(T.Integer({ minimum: 1, maximum: 200 })) }), // prettier-ignore
  output: T.Object({
    equipment: T.Array(T.Object(Head)),
    total: T.Integer(),
    next: T.Optional(T.Integer()),
    troubled: T.Integer(),
    serious: T.Integer(),
    search: T.Optional(
      T.Object({
        prefix: T.String(),
        at: T.String(),
        done: T.Integer(),
        total: T.Integer(),
        ended: T.Boolean(),
        found: T.Array(
          T.Object({
            address: T.String(),
            protocol: Protocol,
            port: T.Integer(),
            greeting: T.String(),
            registered: T.Optional(T.String()),
          }),
        ),
      }),
    ),
    prefixes: T.Array(T.String()),
    profiles: T.Array(T.String()),
  }),
});

export const readEquipment = contract({
  id: "network.read-equipment",
  method: "GET",
  path: "/api/network/equipment/{id}",
  summary: "One device: what it last said, what differs from the inventory, its identity, how it was before",
  who: read,
  input: T.Object({ id: Uuid }),
  output: T.Object({
    ...Head,
    profile: T.Optional(T.String()),
    seconds: T.Integer(),
    identity: T.Optional(T.String({ description: "Approved: SSH host key or SNMP engine" })),
    met: T.Optional(T.Object({ identity: T.String(), at: T.String() })),
    reading: T.Optional(Reading),
    list: T.Array(DifferenceView),
    history: T.Array(T.Object({ at: T.String(), parts: T.Array(T.String()) })),
  }),
});

export const registerEquipment = contract({
  id: "network.register-equipment",
  method: "POST",
  path: "/api/network/equipment",
  summary: "Register a device: its address must lie in a prefix of the inventory; its secret is sealed and never shown again",
  who: operate,
  input: T.Object({ protocol: Protocol, ...How, secret: Secret }),
  output: Done,
  // a digest of the question would be kept, and a short secret can be guessed from its digest; the address twice is refused anyway
  once: false,
  status: 201,
});
export const editEquipment = contract({
  id: "network.edit-equipment",
  method: "PUT",
  path: "/api/network/equipment/{id}",
  summary: "Change how a device is reached or what it is; a new address forgets the identity that was approved",
  who: operate,
  input: T.Object({ id: Uuid, ...How, paused: T.Optional(T.Boolean()), secret: T.Optional(Secret) }),
  output: Done,
  // as above
  once: false,
});
export const removeEquipment = contract({
  id: "network.remove-equipment",
  method: "DELETE",
  path: "/api/network/equipment/{id}",
  summary: "Forget a device and destroy its secret",
  who: operate,
  input: T.Object({ id: Uuid }),
  output: T.Object({}),
});
export const approveEquipment = contract({
  id: "network.approve-equipment",
  method: "POST",
  path: "/api/network/equipment/{id}/identity",
  summary: "Approve exactly this host key or engine, compared on the spot; only then its secret is used",
  who: operate,
  input: T.Object({ id: Uuid, identity: T.String({ minLength: 8, maxLength: 120 }) }),
  output: Done,
});
export const refreshEquipment = contract({
  id: "network.refresh-equipment",
  method: "POST",
  path: "/api/network/equipment/{id}/readings",
  summary: "Read it now, in the background",
  who: anyOf(operate, official(planChanges)),
  input: T.Object({ id: Uuid }),
  output: Done,
  status: 202,
});
export const searchEquipment = contract({
  id: "network.search-equipment",
  method: "POST",
  path: "/api/network/equipment-searches",
  summary: "Ask every address of a prefix of the inventory who is there: no secret is sent, at most 1024 addresses, 16 a second",
  who: operate,
  input: T.Object({ prefix: T.String({ minLength: 3, maxLength: 49 }) }),
  output: T.Object({ id: T.String(), addresses: T.Integer() }),
  status: 202,
});
export const acceptDifference = contract({
  id: "network.accept-difference",
  method: "POST",
  path: "/api/network/equipment/{id}/accepted",
  summary: "Let a difference be, with a reason; without one it counts again",
  who: official(planChanges),
  input: T.Object({ id: Uuid, key: T.String({ maxLength: 500 }), reason: T.Optional(T.String({ minLength: 3, maxLength: 500 })) }),
  output: Done,
});
export const adoptDifferences = contract({
  id: "network.adopt-differences",
  method: "POST",
  path: "/api/network/equipment/{id}/adopted",
  summary: "Begin a branch that takes what the device says into the inventory; a second person approves it as any other",
  who: official(planChanges),
  input: T.Object({
    id: Uuid,
    keys: T.Array(T.String({ maxLength: 500 }), { minItems: 1, maxItems: 500 }),
    node: T.Optional(Id),
  }),
  output: T.Object({ branch: T.String(), number: T.Integer() }),
  status: 201,
});

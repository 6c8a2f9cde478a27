/** Rooms a country pack declares, in the words of its members, services and rights: one way into the directory. */
import { packSection, type Static, T, type Text } from "#kernel";
import type { Pack } from "../directory/expand.ts";
import { Selection } from "../pack.ts";
import { roomPurpose, roomServices } from "./rules.ts";

const Words = T.Object({ fr: T.String(), en: T.String() }, { additionalProperties: T.String() });
const strict = { additionalProperties: false };
const Code = T.String({ pattern: "^[A-Za-z0-9'()+,\\-.=?]+$", maxLength: 60 });
/** A group of subsystems, or those of named institutions. */
const Parties = T.Array(T.Union([T.Object({ group: Code }, strict), T.Object({ of: Selection, subsystem: Code }, strict)]), {
  minItems: 1,
});

const Room = T.Object(
  {
    /** The one institution that keeps the room. */
    institution: T.String(),
    subsystem: Code,
    name: Words,
    eventTypes: T.Array(
      T.Object(
        {
          code: T.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$" }),
          version: T.Optional(T.String()),
          title: Words,
          /** JSON Schema; absent = any JSON. */
          schema: T.Optional(T.Unknown()),
        },
        strict,
      ),
      { minItems: 1 },
    ),
    /** Who adds and retires event types; nobody unless said. */
    managers: T.Optional(Parties),
    publishers: Parties,
    subscribers: Parties,
    basis: Words,
    from: T.String({ pattern: "^\\d{4}-\\d\\d-\\d\\d$" }),
    source: T.Optional(T.String()),
    illustrative: T.Optional(T.Boolean()),
  },
  strict,
);
export const rooms = packSection("exchange.rooms", T.Array(Room));
type Rooms = Static<typeof rooms.schema>;

const titles: Record<(typeof roomServices)[number], Text> = {
  api: { fr: "Types d’événements et abonnements", en: "Event types and subscriptions" },
  pub: { fr: "Publication d’événements", en: "Publication of events" },
  pull: { fr: "Relève des événements", en: "Collection of events" },
};
const endpoints: Record<(typeof roomServices)[number], [string, string][]> = {
  api: [
    ["GET", "/v1/eventType"],
    ["POST", "/v1/eventType"],
    ["GET", "/v1/eventType/*"],
    ["DELETE", "/v1/eventType/*"],
    ["GET", "/v1/subs"],
    ["GET", "/v1/subs/*"],
    ["POST", "/v1/subs/*"],
    ["PATCH", "/v1/subs/*"],
    ["DELETE", "/v1/subs/*"],
  ],
  pub: [
    ["POST", "/v1/*"],
    ["GET", "/v1/*/*"],
    ["DELETE", "/v1/*/*"],
  ],
  pull: [
    ["GET", "/v1/*"],
    ["DELETE", "/v1/*/*"],
  ],
};

export function withRooms(pack: Pack, all: Rooms): Pack {
  const members: Pack["members"] = [];
  const services: Pack["services"] = [];
  const rights: Pack["rights"] = [];
  for (const r of all) {
    const of = { institution: r.institution };
    members.push({ of, subsystems: [{ code: r.subsystem, name: r.name }] });
    for (const code of roomServices) {
      const title = { fr: `${r.name.fr}\u202f: ${titles[code].fr.toLowerCase()}`, en: `${r.name.en}: ${titles[code].en?.toLowerCase()}` };
      const paths = endpoints[code].map(([method, path]) => ({ method, path }));
      services.push({ of, subsystem: r.subsystem, code, title, kind: "room", endpoints: paths, query: [], fields: [], ...source(r) });
    }
    const grant = (id: string, code: string, methods: string[], path: string, to: Rooms[number]["publishers"]) =>
      to.forEach((one, n) =>
        rights.push({
          id: `${r.subsystem.toLowerCase().replace(/[^a-z0-9]+/g, "-")}-${id}-${n + 1}`,
          service: { of, subsystem: r.subsystem, code },
          to: one,
          methods,
          path,
          purposes: [roomPurpose],
          basis: r.basis,
          from: r.from,
          ...source(r),
        }),
      );
    grant("look", "api", ["GET"], "/v1/**", [...r.publishers, ...r.subscribers, ...(r.managers ?? [])]);
    grant("subscribe", "api", ["POST", "PATCH", "DELETE"], "/v1/subs/*", r.subscribers);
    grant("publish", "pub", ["POST"], "/v1/*", r.publishers);
    grant("follow", "pub", ["GET", "DELETE"], "/v1/*/*", r.publishers);
    grant("pull", "pull", ["GET"], "/v1/*", r.subscribers);
    grant("acknowledge", "pull", ["DELETE"], "/v1/*/*", r.subscribers);
    grant("add-type", "api", ["POST"], "/v1/eventType", r.managers ?? []);
    grant("drop-type", "api", ["DELETE"], "/v1/eventType/*", r.managers ?? []);
  }
  return {
    ...pack,
    members: [...pack.members, ...members],
    services: [...pack.services, ...services],
    rights: [...pack.rights, ...rights],
  };
}

const source = (r: Rooms[number]) => ({
  ...(r.source === undefined ? {} : { source: r.source }),
  ...(r.illustrative === undefined ? {} : { illustrative: r.illustrative }),
});

import type { Context } from "#kernel";
import type { Static } from "#kernel";
import type { Directory } from "../directory/expand.ts";
import type { rooms } from "./pack.ts";
import { typeFault } from "./rules.ts";
import { putType } from "./store.ts";

/** Event types the pack declares; what a room's managers added stays. */
export async function putRoomTypes(ctx: Context, all: Static<typeof rooms.schema>, directory: Directory): Promise<void> {
  for (const r of all) {
    const service = directory.services.find(
      (s) => s.institution === r.institution && s.kind === "room" && decodeURIComponent(s.subsystem.split("/").at(-1)!) === r.subsystem,
    );
    if (!service) throw new Error(`country pack: exchange: no room ${r.institution}/${r.subsystem}`);
    for (const t of r.eventTypes) {
      const fault = typeFault(t.schema);
      if (fault) throw new Error(`country pack: exchange: room ${r.subsystem}, event type ${t.code}: ${fault}`);
      const { institution, subsystem: room } = service;
      const { code, version = "1.0", schema = null } = t;
      await putType(ctx.db, { room, code, institution, version, title: ctx.say(t.title), schema, origin: "pack" });
    }
  }
}

/** Brings the country pack's directory into the tables, when it has changed. */
import { createHash } from "node:crypto";
import type { Context } from "#kernel";
import { institutions } from "#registry";
import { members, purposes, rights, services } from "../pack.ts";
import { putRoomTypes } from "../rooms/load.ts";
import { rooms, withRooms } from "../rooms/pack.ts";
import { expand, type Pack, type Party } from "./expand.ts";
import { loadedDigest, putBase, putDirectory } from "./store.ts";

export async function loadCountry(ctx: Context): Promise<{ members: number; services: number; rights: number } | undefined> {
  const { country } = ctx;
  const kept = country.get(rooms);
  const pack: Pack = withRooms(
    {
      instance: country.instance,
      members: country.get(members),
      services: country.get(services),
      rights: country.get(rights),
      purposes: country.get(purposes),
    },
    kept,
  );
  const parties: Party[] = (await institutions(ctx, {})).map(({ id, kind, class: memberClass, code, name }) => ({
    id,
    kind,
    class: memberClass,
    code,
    name,
  }));
  const digest = createHash("sha256")
    .update(JSON.stringify([pack, parties, kept]))
    .digest();
  const before = await loadedDigest(ctx.db);
  if (before && Buffer.compare(before.digest, digest) === 0) return undefined;
  const directory = expand(pack, parties);
  await putDirectory(ctx, directory, digest);
  await putRoomTypes(ctx, kept, directory);
  return { members: directory.members.length, services: directory.services.length, rights: directory.rights.length };
}

/** Where a named outside world listens: base URLs `name:/path` of the pack lead there. */
export async function setBase(ctx: Context, name: string, url: string): Promise<void> {
  await putBase(ctx.db, name, url.replace(/\/+$/, ""));
}

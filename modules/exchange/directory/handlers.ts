import { type Context, type InputOf, notFound, type OutputOf } from "#kernel";
import type { listMembers, listRights, listServices, readService, setServiceState } from "../api.ts";
import { notOwnService, serviceUnknown } from "../errors.ts";
import { serviceState } from "../facts.ts";
import { memberNames, membersList, purposeMap, rightsList, serviceOf, servicesList, setState } from "./store.ts";
import { memberView, rightView, serviceView } from "./views.ts";

export async function membersOf(ctx: Context): Promise<OutputOf<typeof listMembers>> {
  const members = await membersList(ctx.db);
  return { instance: ctx.country.instance, members: members.map((m) => memberView(ctx, m)) };
}

export async function servicesOf(ctx: Context, { institution }: InputOf<typeof listServices>): Promise<OutputOf<typeof listServices>> {
  const services = await servicesList(ctx.db, institution);
  const names = await memberNames(ctx.db, [...new Set(services.map((s) => s.institution))]);
  return { services: services.map((s) => serviceView(ctx, s, names)) };
}

export async function oneService(ctx: Context, { id }: InputOf<typeof readService>): Promise<OutputOf<typeof readService>> {
  const service = await serviceOf(ctx.db, id);
  if (!service) throw serviceUnknown();
  return serviceView(ctx, service, await memberNames(ctx.db, [service.institution]));
}

export async function changeState(
  ctx: Context,
  { id, enabled, notice }: InputOf<typeof setServiceState>,
): Promise<OutputOf<typeof setServiceState>> {
  if (ctx.caller.kind !== "official") throw notFound();
  const { institution } = ctx.caller;
  const touched = await setState(ctx.db, id, institution, enabled, enabled ? null : (notice ?? null));
  if (touched === 0) throw notOwnService();
  await ctx.record(serviceState, `institution:${institution}`, { service: id, enabled, ...(notice === undefined ? {} : { notice }) });
  return oneService(ctx, { id });
}

export async function rightsOf(ctx: Context, input: InputOf<typeof listRights>): Promise<OutputOf<typeof listRights>> {
  const rights = await rightsList(ctx.db, input);
  const purposes = await purposeMap(ctx.db);
  return { rights: rights.map((r) => rightView(ctx, r, purposes)) };
}

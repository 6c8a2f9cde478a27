import type { Context, InputOf, OutputOf } from "#kernel";
import { serviceUnknown } from "../errors.ts";
import { usualDays } from "../servers/book.ts";
import type { listDataClasses, readDataClass } from "./contracts.ts";
import { classOf, classRows, servicesByClass } from "./store.ts";

export async function classesShown(ctx: Context): Promise<OutputOf<typeof listDataClasses>> {
  const services = await servicesByClass(ctx.db);
  return {
    classes: (await classRows(ctx.db)).map(({ dataClass, days, count }) => ({
      dataClass,
      ...(days === null ? {} : { days }),
      count,
      services: services.filter((one) => one.dataClass === dataClass).map(({ id, title }) => ({ id, title: ctx.say(title) })),
    })),
  };
}

export async function classShown(ctx: Context, { id }: InputOf<typeof readDataClass>): Promise<OutputOf<typeof readDataClass>> {
  const found = await classOf(ctx.db, id);
  if (!found) throw serviceUnknown();
  const all = await classRows(ctx.db);
  const days = (name: string) => all.find((one) => one.dataClass === name)?.days ?? undefined;
  return {
    id,
    dataClass: found.dataClass,
    days: days(found.dataClass) ?? days("ordinary") ?? usualDays,
    known: all.map((one) => one.dataClass),
  };
}

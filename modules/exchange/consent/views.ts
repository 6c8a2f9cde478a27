import type { Context } from "#kernel";
import { labelsOf } from "../log/labels.ts";
import type { ConsentAsked, ConsentView } from "./contracts.ts";
import { stateAt } from "./rules.ts";
import type { ConsentLine } from "./store.ts";

export const askedView = (ctx: Context, c: ConsentLine): ConsentAsked => ({
  id: c.id,
  state: stateAt(c, ctx.clock.now()),
  client: { id: c.client, name: c.clientName ? ctx.say(c.clientName) : c.client },
  provider: { institution: c.institution, name: c.providerName ? ctx.say(c.providerName) : c.institution },
  service: { id: c.service, title: ctx.say(c.title) },
  purpose: c.purposeLabel ? ctx.say(c.purposeLabel) : c.purpose,
  fields: labelsOf(c.fields ?? [""], c.specs).map((label) => ctx.say(label)),
  basis: ctx.say(c.basis),
  ...(c.issue === null ? {} : { issue: c.issue }),
  askedAt: c.askedAt.toISOString(),
  lapsesAt: c.lapsesAt.toISOString(),
  days: c.days,
  ...(c.answeredAt === null ? {} : { answeredAt: c.answeredAt.toISOString() }),
  ...(c.how === null ? {} : { how: c.how }),
  ...(c.until === null ? {} : { until: c.until.toISOString() }),
  ...(c.withdrawnAt === null ? {} : { withdrawnAt: c.withdrawnAt.toISOString() }),
});

export const ownView = (ctx: Context, c: ConsentLine): ConsentView => ({
  ...askedView(ctx, c),
  uses: c.uses,
  ...(c.fact === null ? {} : { fact: c.fact }),
});

/** An official's side: asking, and taking a consent from a person who stands at the counter and reads her code out. */
import { type Context, type InputOf, type OfficialCaller, type OutputOf, forbidden } from "#kernel";
import { memberNames, purposeMap, rightsList, servicesList, subsystemsOf, clientOf } from "../directory/store.ts";
import { sealed } from "../log/at-rest.ts";
import { labelsOf } from "../log/labels.ts";
import { give } from "./answer.ts";
import { aboutNumber, ask, needed, tellAsked } from "./ask.ts";
import type * as api from "./contracts.ts";
import { personsOf } from "./persons.ts";
import { consentClosed, consentNoPhone, consentNotWanted, consentSelf, consentUnknown } from "./problems.ts";
import { obligationOf } from "./rules.ts";
import { consentToAnswer, type ConsentLine, lineOf, linesAskedBy, setChallenge } from "./store.ts";
import { askedView } from "./views.ts";

function official(ctx: Context): OfficialCaller {
  if (ctx.caller.kind !== "official") throw forbidden();
  return ctx.caller;
}

export async function offersShown(ctx: Context): Promise<OutputOf<typeof api.listConsentOffers>> {
  const { institution } = official(ctx);
  const clients = [];
  for (const { id } of await subsystemsOf(ctx.db, institution)) clients.push((await clientOf(ctx.db, id))!);
  const bound = (await rightsList(ctx.db, {})).filter((one) => one.consent != null);
  const services = new Map((await servicesList(ctx.db, undefined)).map((one) => [one.id, one]));
  const purposes = await purposeMap(ctx.db);
  const names = await memberNames(ctx.db, [...new Set([...services.values()].map((one) => one.institution))]);
  const offers: OutputOf<typeof api.listConsentOffers>["offers"] = [];
  const seen = new Set<string>();
  for (const client of clients)
    for (const right of bound)
      for (const purpose of right.purposes) {
        const q = { client: client.id, groups: client.groups, service: right.service, purpose, today: ctx.clock.today() };
        const service = services.get(right.service);
        const found = service?.subject ? obligationOf(bound, q) : undefined;
        const key = `${client.id} ${right.service} ${purpose}`;
        if (!service || !found || seen.has(key)) continue;
        seen.add(key);
        const name = names.get(service.institution);
        const label = purposes.get(purpose)?.label;
        offers.push({
          client: client.id,
          service: { id: service.id, title: ctx.say(service.title) },
          provider: name ? ctx.say(name) : service.institution,
          purpose: { code: purpose, label: label ? ctx.say(label) : purpose },
          fields: labelsOf(found.fields ?? [""], service.fields).map((one) => ctx.say(one)),
          basis: ctx.say(right.basis),
          days: found.days,
        });
      }
  return { offers };
}

export async function asked(ctx: Context, input: InputOf<typeof api.askConsent>): Promise<OutputOf<typeof api.askConsent>> {
  const me = official(ctx);
  const need = await needed(ctx, input);
  // one asks for one's own institution, and only where the law wants it
  if (!need || need.client.institution !== me.institution) throw consentNotWanted();
  const persons = personsOf(ctx);
  const number = input.identityNumber.replace(/[\s.-]/g, "");
  const person = await persons.pseudonym(ctx, number);
  if (person === me.person) throw consentSelf();
  const { client, service, purpose } = input;
  const asking = { client, service, purpose, person, number, issue: input.issue, by: me.account };
  const { id, fresh } = await ask(ctx, need, asking);
  // the words first, the code after: what she agrees to stands on her own telephone
  const told = fresh || input.present ? await tellAsked(ctx, need, asking) : 1;
  if (input.present) {
    const challenge = told > 0 ? await persons.sendCode(ctx, { person, official: me.account }) : undefined;
    // the question stays, and that it was tried: she finds it on her page one day
    if (challenge === undefined) throw consentNoPhone({ keep: true });
    await setChallenge(ctx.db, id, challenge, sealed(ctx, aboutNumber(id), Buffer.from(number)));
  }
  return askedView(ctx, await ours(ctx, id));
}

async function ours(ctx: Context, id: string): Promise<ConsentLine> {
  const line = await lineOf(ctx.db, id);
  if (!line || line.clientInstitution !== official(ctx).institution) throw consentUnknown();
  return line;
}

/** Without the code that went to her own telephone there is no consent, whatever the official says. */
export async function concluded(
  ctx: Context,
  { id, code }: InputOf<typeof api.concludeConsent>,
): Promise<OutputOf<typeof api.concludeConsent>> {
  const me = official(ctx);
  const row = await consentToAnswer(ctx.db, id);
  if (!row || row.clientInstitution !== me.institution) throw consentUnknown();
  if (row.state !== "asked" || row.challenge === null) throw consentClosed();
  await personsOf(ctx).checkCode(ctx, { person: row.person, challenge: row.challenge, code });
  await give(ctx, row, { how: "counter", official: me.account });
  return askedView(ctx, await ours(ctx, id));
}

export const askedList = async (ctx: Context): Promise<OutputOf<typeof api.listConsentsAsked>> => ({
  consents: (await linesAskedBy(ctx.db, official(ctx).institution)).map((line) => askedView(ctx, line)),
});
export const askedOne = async (
  ctx: Context,
  { id }: InputOf<typeof api.readConsentAsked>,
): Promise<OutputOf<typeof api.readConsentAsked>> => askedView(ctx, await ours(ctx, id));

/** From what a program says the directory should be to proposals of its institution; what closes, closes at once. */
import { canonical, type Context, type Text } from "#kernel";
import { serviceOf, setState } from "../../directory/store.ts";
import { serviceState } from "../../facts.ts";
import { formatIdentifier } from "../../protocol/identifier.ts";
import { changeProposed, rightProposed, rightTaken, serviceProposed, subsystemProposed, type Who } from "../../publish/propose.ts";
import { subsystemExists } from "../../publish/store.ts";
import { configurationUnfit } from "./problems.ts";
import { type Application, type Configuration, type Done, type Member, nothing, type RightsChange, type Service } from "./shapes.ts";
import { shown } from "./show.ts";
import { type Allowed, allowedPairs, type OwnMember, rightsHeld, waitingOf, type WaitingRow } from "./store.ts";

/** POST adds what is new, PATCH also changes, PUT also closes and ends what it does not name. */
export type Mode = "create" | "merge" | "replace";

interface Work {
  ctx: Context;
  who: Who;
  own: OwnMember;
  mode: Mode;
  /** Why the rights are wanted: GovStack has no word for it. */
  purposes: readonly string[];
  waiting: WaitingRow[];
  pairs: Allowed[];
  done: Done;
}

export const unfit = (fr: string, en: string) => configurationUnfit({ detail: { fr, en } });
const because: Text = {
  fr: "Demandé par l’interface de configuration (GovStack)",
  en: "Asked through the configuration interface (GovStack)",
};
const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;

async function work(ctx: Context, o: Pick<Work, "who" | "own" | "mode" | "purposes">): Promise<Work> {
  const { institution } = o.who;
  const pairs = await allowedPairs(ctx.db, { institution, today: ctx.clock.today() });
  return { ctx, ...o, waiting: await waitingOf(ctx.db, institution), pairs, done: nothing() };
}

export async function configure(ctx: Context, c: Configuration, o: Pick<Work, "who" | "own" | "mode" | "purposes">): Promise<Done> {
  const { country } = ctx;
  if (c.instance !== country.instance) throw unfit(`Notre instance est ${country.instance}.`, `Our instance is ${country.instance}.`);
  const w = await work(ctx, o);
  const now = await shown(ctx, o.who.institution);
  const idOf = (m: Member) => formatIdentifier({ instance: country.instance, memberClass: m.class, member: m.code });
  const mine = c.members.filter((m) => idOf(m) === o.own.id);
  for (const other of c.members.filter((m) => !mine.includes(m))) {
    const known = now.members.find((m) => idOf(m) === idOf(other));
    // read and sent back unchanged is no wish
    if (!known || canonical(known) !== canonical(other))
      throw unfit(`${idOf(other)} n’est pas votre institution.`, `${idOf(other)} is not your institution.`);
  }
  if (mine.length !== 1) throw unfit(`${o.own.id} doit y figurer une fois.`, `${o.own.id} must be named once.`);
  const before = now.members.find((m) => idOf(m) === o.own.id)!;
  for (const a of mine[0]!.applications ?? [])
    await application(
      w,
      a,
      before.applications?.find((one) => one.id === a.id),
    );
  if (o.mode === "replace") await closeTheRest(w, mine[0]!, before);
  return w.done;
}

const take = (w: Work, kind: string, p: { id: string; state: string }, about: string): void =>
  void w.done.proposals.push({ id: p.id, kind, about, state: p.state });

/** Asked before and not decided: told again instead of proposed twice. */
function pending(w: Work, kind: string, about: string, subject?: string): boolean {
  const found = w.waiting.find((p) => p.kind === kind && p.about === about && (subject === undefined || p.subject === subject));
  if (found) take(w, kind, found, about);
  return found !== undefined;
}

async function application(w: Work, a: Application, before: Application | undefined): Promise<void> {
  const { ctx, own } = w;
  if (a.connection === "http" && !ctx.config.demo)
    throw unfit("Hors démonstration, les applications se connectent en https.", "Outside a demonstration applications connect by https.");
  const id = `${own.id}/${encodeURIComponent(a.id)}`;
  if (!(await subsystemExists(ctx.db, id))) {
    if (!pending(w, "subsystem", id)) take(w, "subsystem", await subsystemProposed(ctx, { code: a.id, name: { fr: a.id } }, w.who), id);
    w.done.later.push(...(a.services ?? []).map((s) => `${id}/${encodeURIComponent(s.id)}`));
    return;
  }
  for (const s of a.services ?? [])
    await service(
      w,
      id,
      s,
      before?.services?.find((one) => one.id === s.id),
    );
}

async function service(w: Work, subsystem: string, s: Service, before: Service | undefined): Promise<void> {
  const { ctx, done } = w;
  const id = `${subsystem}/${encodeURIComponent(s.id)}`;
  const known = await serviceOf(ctx.db, id);
  const changed = (key: "specUrl" | "serviceUrl") => s[key] !== undefined && s[key] !== before?.[key];
  const said = {
    ...(changed("specUrl") ? { openapiUrl: s.specUrl! } : {}),
    ...(changed("serviceUrl") ? { baseUrl: s.serviceUrl! } : {}),
  };
  if (!known) {
    if (!pending(w, "service", id))
      take(w, "service", await serviceProposed(ctx, { subsystem, code: s.id, title: { fr: s.id }, ...said }, w.who), id);
    if (s.rights?.length) done.later.push(`${id} rights`);
    return;
  }
  if (w.mode === "create") throw unfit(`${id} existe déjà.`, `${id} exists already.`);
  if (Object.keys(said).length === 0) done.unchanged += 1;
  else if (!pending(w, "service-change", id)) take(w, "service-change", await changeProposed(ctx, { id, ...said }, w.who), id);
  for (const r of s.rights ?? []) await allow(w, id, subjectOf(w, r.member, r.application));
  if (w.mode === "replace" && s.rights) {
    const named = new Set(s.rights.map((r) => subjectOf(w, r.member, r.application)));
    for (const pair of w.pairs.filter((one) => one.service === id && !named.has(one.client)))
      if (pair.own) await deny(w, id, pair.client);
      else done.kept.push(`${id} ${pair.client}`);
  }
}

/** `CODE` in the institution's own class, `CLASS/CODE`, or with an instance before. */
function subjectOf(w: Work, member: string, app: string): string {
  const parts = member.split("/");
  const [ownInstance, ownClass] = w.own.id.split("/") as [string, string];
  const whole = parts.length === 1 ? [ownInstance, ownClass, ...parts] : parts.length === 2 ? [ownInstance, ...parts] : parts;
  if (whole.length !== 3 || whole.includes("")) throw unfit(`«\u202f${member}\u202f» n’est pas un membre.`, `“${member}” is no member.`);
  const [instance, memberClass, code] = whole as [string, string, string];
  return formatIdentifier({ instance, memberClass, member: code, subsystem: app });
}

async function allow(w: Work, id: string, subject: string): Promise<void> {
  const { ctx, done } = w;
  if (w.pairs.some((pair) => pair.service === id && pair.client === subject)) return void (done.unchanged += 1);
  if (pending(w, "right", id, subject)) return;
  if (w.purposes.length === 0)
    throw unfit(
      "Un droit nomme ses motifs\u202f: dites-les dans Exchange-Purpose.",
      "A right names its purposes: say them in Exchange-Purpose.",
    );
  const known = (await serviceOf(ctx.db, id))!;
  const used = new Set(known.endpoints.map((e) => e.method));
  const right = {
    service: id,
    subject,
    purposes: [...w.purposes],
    methods: methods.filter((m) => used.has(m)),
    path: "**",
    basis: { fr: because.fr!, en: because.en! },
    from: ctx.clock.today(),
  };
  take(w, "right", await rightProposed(ctx, right, w.who), id);
}

async function deny(w: Work, id: string, subject: string): Promise<void> {
  const { ctx, done, who } = w;
  const held = await rightsHeld(ctx.db, id, subject);
  const byGroup = w.pairs.find((pair) => pair.service === id && pair.client === subject);
  if (held.length === 0 && byGroup) throw unfit(`${subject} tient ce droit d’un groupe.`, `${subject} holds this right through a group.`);
  if (held.length === 0) return void (done.unchanged += 1);
  for (const right of held) await rightTaken(ctx, { service: id, id: right, subject, reason: because.en! }, who);
  done.ended.push(`${id} ${subject}`);
}

/** What is not named is closed, not forgotten: its log remains, and it can be opened again. */
async function closeTheRest(w: Work, said: Member, before: Member): Promise<void> {
  const { ctx, who, own, done } = w;
  const named = new Set((said.applications ?? []).flatMap((a) => (a.services ?? []).map((s) => `${a.id}/${s.id}`)));
  for (const a of before.applications ?? [])
    for (const s of a.services ?? []) {
      if (named.has(`${a.id}/${s.id}`)) continue;
      const id = `${own.id}/${encodeURIComponent(a.id)}/${encodeURIComponent(s.id)}`;
      if (!(await serviceOf(ctx.db, id))?.enabled) continue;
      await setState(ctx.db, id, who.institution, false, because.fr!);
      await ctx.record(serviceState, `institution:${who.institution}`, { service: id, enabled: false, notice: because.fr! });
      done.closed.push(id);
    }
}

export async function changeRights(
  ctx: Context,
  changes: RightsChange,
  o: Pick<Work, "who" | "own" | "purposes"> & { what: "allow" | "deny" },
): Promise<Done> {
  const w = await work(ctx, { ...o, mode: "merge" });
  const { instance } = ctx.country;
  for (const c of changes) {
    const id = formatIdentifier({
      instance,
      memberClass: c.memberClass,
      member: c.memberCode,
      subsystem: c.applicationId,
      service: c.serviceId,
    });
    const known = await serviceOf(ctx.db, id);
    if (!known || known.institution !== o.who.institution)
      throw unfit(`${id} n’est pas un service de votre institution.`, `${id} is no service of your institution.`);
    for (const r of c.rights) {
      const party = { instance: r.instance ?? instance, memberClass: r.memberClass, member: r.memberCode, subsystem: r.applicationId };
      await (o.what === "allow" ? allow : deny)(w, id, formatIdentifier(party));
    }
  }
  return w.done;
}

import type { Context, InputOf, OutputOf } from "#kernel";
import { officialName } from "#registry";
import { memberNames, purposeMap, serviceOf } from "../directory/store.ts";
import { contentOf, faultWords, type Pending } from "./content.ts";
import { manageServices } from "../permissions.ts";
import { approveDirectory, approveProposals } from "./contracts.ts";
import type { listProposals, listPurposes, readProposal, readPublication } from "./contracts.ts";
import { decides } from "./decide.ts";
import { notYours, proposalUnknown } from "./problems.ts";
import { me } from "./propose.ts";
import { differenceOf, pointerOf, type ServiceContent } from "./rules.ts";
import type { ProposalView } from "./shapes.ts";
import * as store from "./store.ts";
import { descriptionOf } from "./store-description.ts";

/** Names of officials as their institutions know them; the program itself says so. */
async function nameOf(ctx: Context, by: string): Promise<string> {
  if (by.startsWith("system:")) return ctx.say({ fr: "la relecture de la description", en: "the reading of the description" });
  // a program its institution lets configure: its subsystem
  if (by.startsWith("program:")) return by.slice("program:".length);
  return (await officialName(ctx, by)) ?? by;
}

async function view(ctx: Context, p: store.ProposalRow): Promise<ProposalView> {
  const caller = me(ctx);
  const names = await memberNames(ctx.db, [p.institution]);
  const open = p.state === "waiting";
  const titled = p.content as { title?: ServiceContent["title"]; name?: ServiceContent["title"]; typed?: Pending["typed"] };
  const typed = titled.typed?.title;
  const words = titled.title ?? titled.name ?? (typed ? { fr: typed.fr, en: typed.en ?? typed.fr } : undefined);
  const service = words ? undefined : await serviceOf(ctx.db, p.about);
  const name = names.get(p.institution);
  return {
    id: p.id,
    kind: p.kind,
    state: p.state,
    institution: { id: p.institution, name: name ? ctx.say(name) : p.institution },
    about: p.about,
    title: words ? ctx.say(words) : service ? ctx.say(service.title) : p.about,
    approver: p.approver,
    mayDecide: open && decides(ctx, p) && p.proposedBy !== caller.account,
    mayWithdraw: (open || p.state === "reading") && p.institution === caller.institution && caller.permissions.has(manageServices.id),
    proposedBy: await nameOf(ctx, p.proposedBy),
    proposedAt: p.proposedAt.toISOString(),
    ...(p.decidedBy === null ? {} : { decidedBy: await nameOf(ctx, p.decidedBy) }),
    ...(p.decidedAt === null ? {} : { decidedAt: p.decidedAt.toISOString() }),
    ...(p.state === "refused" && p.reason !== null ? { reason: p.reason } : {}),
    ...(p.state === "failed" ? { fault: ctx.say(faultWords[p.reason ?? ""] ?? faultWords["bad-answer"]!) } : {}),
  };
}

export async function proposalsShown(
  ctx: Context,
  { state, limit = 100 }: InputOf<typeof listProposals>,
): Promise<OutputOf<typeof listProposals>> {
  const { institution, permissions } = me(ctx);
  const [operator, own] = [permissions.has(approveDirectory.id), permissions.has(approveProposals.id)];
  const proposals: ProposalView[] = [];
  for (const p of await store.proposalsOf(ctx.db, { institution, operator, state, limit })) proposals.push(await view(ctx, p));
  return { proposals, waiting: await store.waitingCount(ctx.db, { institution, operator, own }) };
}

export async function proposalShown(ctx: Context, { id }: InputOf<typeof readProposal>): Promise<OutputOf<typeof readProposal>> {
  const { institution, permissions } = me(ctx);
  const p = await store.proposalOf(ctx.db, id);
  if (!p || (p.institution !== institution && !(p.approver === "operator" && permissions.has(approveDirectory.id))))
    throw proposalUnknown();
  const shown = await view(ctx, p);
  if (p.kind === "subsystem" || p.state === "reading" || "typed" in (p.content as object)) return shown;
  if (p.kind === "right") {
    const r = p.content as store.RightContent;
    const purposes = await purposeMap(ctx.db);
    const label = (code: string) => (purposes.has(code) ? ctx.say(purposes.get(code)!.label) : code);
    const { subject, methods, path, from } = r;
    return {
      ...shown,
      right: {
        subject,
        methods,
        path,
        from,
        purposes: r.purposes.map((code) => ({ code, label: label(code) })),
        basis: ctx.say(r.basis),
        ...(r.fields === null ? {} : { fields: r.fields }),
        ...(r.until === null ? {} : { until: r.until }),
        ...(r.consent == null ? {} : { consentDays: r.consent }),
      },
    };
  }
  const c = p.content as ServiceContent;
  const now = p.kind === "service-change" && p.state === "waiting" ? await serviceOf(ctx.db, p.about) : undefined;
  return {
    ...shown,
    service: {
      // where a system answers is between its institution and the operator
      baseUrl: c.baseUrl,
      timeoutSeconds: c.timeoutSeconds,
      verifyTls: c.verifyTls,
      ownAuthority: c.ca !== null,
      clientCertificate: c.clientCertificate,
      endpoints: c.endpoints,
      query: c.query.map((q) => q.name),
      fields: c.fields.map((f) => ({ pointer: pointerOf(f), label: ctx.say(f.label) })),
      left: c.left,
      ...(p.url === null ? {} : { openapiUrl: p.url }),
      ...(c.subject ? { subject: subjectWords(c.subject) } : {}),
    },
    ...(now ? { difference: differenceOf(contentOf(now), c) } : {}),
  };
}

const subjectWords = (s: NonNullable<ServiceContent["subject"]>): string =>
  [s.query === undefined ? "" : `?${s.query}=`, s.segment === undefined ? "" : `/{${s.segment}}`, s.answer ?? ""]
    .filter(Boolean)
    .join("  ");

export async function publicationOf(ctx: Context, { id }: InputOf<typeof readPublication>): Promise<OutputOf<typeof readPublication>> {
  const s = await serviceOf(ctx.db, id);
  if (!s) throw notYours();
  const d = await descriptionOf(ctx.db, id);
  const own = me(ctx).institution === s.institution;
  const waiting = own ? await store.waitingAbout(ctx.db, id) : undefined;
  return {
    origin: s.origin,
    timeoutSeconds: s.timeoutSeconds,
    verifyTls: s.tls.verify,
    ownAuthority: s.tls.ca !== null,
    clientCertificate: s.tls.clientCertificate,
    fields: s.fields.map((f) => ({ pointer: pointerOf(f), label: ctx.say(f.label) })),
    ...(s.subject ? { subject: subjectWords(s.subject) } : {}),
    ...(d
      ? {
          description: {
            ...(own && d.url !== null ? { url: d.url } : {}),
            readAt: d.readAt.toISOString(),
            triedAt: d.triedAt.toISOString(),
            ...(d.fault === null ? {} : { fault: ctx.say(faultWords[d.fault] ?? faultWords["bad-answer"]!) }),
          },
        }
      : {}),
    ...(own && s.baseUrl !== null ? { baseUrl: s.baseUrl } : {}),
    ...(waiting === undefined ? {} : { waiting }),
  };
}

export async function purposesShown(ctx: Context): Promise<OutputOf<typeof listPurposes>> {
  const purposes = [...(await purposeMap(ctx.db)).values()].map((one) => ({ code: one.code, label: ctx.say(one.label) }));
  return { purposes: purposes.sort((a, b) => a.label.localeCompare(b.label, ctx.lang)) };
}

/** The second person's word: approved, the directory changes in the same transaction. */
import type { Context, InputOf, OutputOf } from "#kernel";
import { institution as institutionOf } from "#registry";
import { serviceOf } from "../directory/store.ts";
import { memberOf, parseClient, parseService, formatIdentifier, subsystemOfService } from "../protocol/identifier.ts";
import { approveDirectory, approveProposals, type decideProposal } from "./contracts.ts";
import { approved, refusedProposal } from "./facts.ts";
import { alreadyThere, notYourDecision, proposalClosed, proposalUnknown, reasonMissing, secondPerson } from "./problems.ts";
import { digestOf, me } from "./propose.ts";
import type { ServiceContent } from "./rules.ts";
import * as store from "./store.ts";
import { putDescription } from "./store-description.ts";

/** Is it this official's turn? Says nothing about who proposed. */
export const decides = (ctx: Context, p: Pick<store.ProposalRow, "approver" | "institution">): boolean => {
  const caller = me(ctx);
  return p.approver === "operator"
    ? caller.permissions.has(approveDirectory.id)
    : caller.permissions.has(approveProposals.id) && caller.institution === p.institution;
};

export async function decided(
  ctx: Context,
  { id, approve, reason }: InputOf<typeof decideProposal>,
): Promise<OutputOf<typeof decideProposal>> {
  const { account, institution } = me(ctx);
  const p = await store.proposalToDecide(ctx.db, id);
  if (!p || (p.institution !== institution && p.approver !== "operator")) throw proposalUnknown();
  if (!decides(ctx, p)) throw notYourDecision();
  if (p.proposedBy === account) throw secondPerson();
  if (p.state !== "waiting") throw proposalClosed();
  const about = { proposal: id, kind: p.kind, about: p.about };
  const at = ctx.clock.now();
  if (!approve) {
    if (!reason?.trim()) throw reasonMissing();
    await store.setProposal(ctx.db, id, { state: "refused", by: account, at, reason: reason.trim() });
    await ctx.record(refusedProposal, `institution:${p.institution}`, { ...about, by: account, reason: reason.trim() });
    return { id, state: "refused" };
  }
  await apply(ctx, p);
  await store.setProposal(ctx.db, id, { state: "approved", by: account, at });
  await ctx.record(approved, `institution:${p.institution}`, { ...about, by: account, proposedBy: p.proposedBy });
  return { id, state: "approved" };
}

/** What it was judged against may have changed while it waited: a row that no longer fits is refused, not forced. */
async function apply(ctx: Context, p: store.ProposalRow): Promise<void> {
  const { db } = ctx;
  const expect = (touched: number) => {
    if (touched !== 1) throw alreadyThere();
  };
  if (p.kind === "subsystem") {
    const { code, name } = p.content as { code: string; name: unknown };
    const member = memberOf(parseClient(p.about)!);
    const own = await institutionOf(ctx, p.institution);
    if (!own) throw alreadyThere();
    const id = formatIdentifier(member);
    const { instance, memberClass, member: memberCode } = member;
    await store.putMember(db, { id, instance, memberClass, code: memberCode, institution: p.institution, name: own.name });
    expect(await store.putSubsystem(db, { id: p.about, member: id, code, name }));
    return;
  }
  if (p.kind === "right") {
    if (!(await serviceOf(db, p.about))) throw alreadyThere();
    await store.putRight(db, `r-${p.id}`, p.about, p.content as store.RightContent);
    return;
  }
  const content = p.content as ServiceContent;
  if (p.kind === "service") {
    const parsed = parseService(p.about)!;
    const subsystem = formatIdentifier(subsystemOfService(parsed));
    expect(await store.putService(db, { id: p.about, subsystem, code: parsed.service!, institution: p.institution }, content));
  } else expect(await store.changeService(db, p.about, p.institution, content));
  if (p.document !== null)
    await putDescription(db, { service: p.about, url: p.url, document: p.document, digest: digestOf(p.document), at: ctx.clock.now() });
}

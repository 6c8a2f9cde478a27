/** At the centre: a registered server gets the next certificate before the last one ends; both stand until then. */
import type { JobContext } from "#kernel";
import { certify } from "#trust";
import { directoryChanged } from "../configuration/publish.ts";
import { bookOf, refreshBook } from "./book.ts";
import { certificateRenewed } from "./facts.ts";
import { serverUnknown } from "./problems.ts";
import { moveServer, serverRows } from "./store.ts";
import { memberOf } from "./store-invitations.ts";
import { hostOf } from "./token.ts";

/** A server may open another port; another host needs another certificate. */
export async function moved(j: JobContext, id: string, address: string): Promise<void> {
  const known = bookOf(j)?.servers.get(id);
  if (!known || known.address === address || hostOf(known.address) !== hostOf(address)) return;
  await j.transaction((ctx) => moveServer(ctx.db, id, address));
  await refreshBook(j);
  directoryChanged(j);
}

/** The address may change with it: the certificate names the host. Answers PEM, leaf first. */
export async function renew(j: JobContext, id: string, r: { kind: "tls" | "seal"; csr: string; address: string }): Promise<string> {
  const found = await j.transaction(
    async (ctx) => {
      const server = (await serverRows(ctx.db)).find((row) => row.id === id && row.retiredAt === null);
      const member = server?.institution ? await memberOf(ctx.db, server.institution) : undefined;
      return member && { member };
    },
    { readOnly: true },
  );
  if (!found) throw serverUnknown();
  const { member } = found;
  const name = member.name.fr;
  const made = await certify(
    j,
    r.kind === "seal"
      ? { kind: "seal", subject: member.institution, name, place: id, csr: r.csr }
      : { kind: "tls", subject: id, name: id, organization: name, host: hostOf(r.address), place: id, csr: r.csr },
  );
  await j.transaction(async (ctx) => {
    if ((await moveServer(ctx.db, id, r.kind === "tls" ? r.address : undefined)) === 0) throw serverUnknown();
    await ctx.record(certificateRenewed, `exchange-server:${id}`, { server: id, kind: r.kind, serial: made.serial });
  });
  await refreshBook(j);
  return made.certificate;
}

/** What the house gives a server with its admission: the roots, and the addresses of its institution's own systems. */
import type { Context } from "#kernel";
import { memberCertificates } from "#trust";
import { baseUrls } from "../directory/store.ts";
import { resolveUrl } from "../gateway/address.ts";
import { ownAddresses, type SystemAddress } from "./store.ts";

export const anchorsOf = async (ctx: Context): Promise<string[]> => (await memberCertificates(ctx)).anchors;

/** Service -> absolute address. The institution told the house; now it is the server's own to know. */
export async function addressesToHandOver(ctx: Context, institution: string): Promise<Record<string, SystemAddress>> {
  const bases = await baseUrls(ctx.db);
  const found = (await ownAddresses(ctx.db, institution)).flatMap(({ id, baseUrl, verifyTls, ca }) => {
    const url = resolveUrl(baseUrl, bases, ctx.config.setting.bind(ctx.config), { rawPath: "", rawQuery: "" });
    return url ? [[id, { url, verifyTls, ca }] as const] : [];
  });
  return Object.fromEntries(found);
}

import type { Context } from "#kernel";
import { certificateRefused } from "../problems.ts";
import { chainOf } from "../x509/chain.ts";
import { readCertificates } from "../x509/read.ts";
import { outside, texts } from "./external.ts";
import { byDer, keep } from "./store.ts";
import { trusted } from "./trusted.ts";

export const refuseForeign = (why: keyof typeof texts) => certificateRefused({ detail: texts[why] });

/** Remembers somebody else's certificate that leads to an anchor of ours: a member's seal, a server's. It signs nothing here. */
export const keepForeign = async (
  ctx: Context,
  text: string,
  as: { kind: "seal" | "tls"; subject: string; institution: string | null },
): Promise<void> => {
  const [certificate, ...sent] = readCertificates(text) ?? [];
  if (!certificate) throw refuseForeign("unreadable");
  if (await byDer(ctx, certificate.der)) return;
  const trust = await trusted(ctx);
  const chain = chainOf(certificate, { pool: [...sent, ...trust.helpers], anchors: trust.anchors, at: ctx.clock.now() });
  if (!chain.ok) throw refuseForeign(chain.fault);
  const above = chain.path.slice(1);
  for (const between of above.slice(0, -1)) await keep(ctx, { ...outside(ctx, between), kind: "intermediate" });
  const issuer = above[0] && (await byDer(ctx, above[0].der));
  await keep(ctx, { ...outside(ctx, certificate), ...as, issuer: issuer?.id ?? null, chain: above.slice(0, -1).map((c) => c.der) });
};

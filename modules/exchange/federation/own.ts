/** Our own anchor: made once somebody wants it, made again when it would say something else or a third of its life is left. */
import { canonical, type JobContext } from "#kernel";
import { memberCertificates, signConfigurationByAll } from "#trust";
import { type Anchor, anchorFingerprint, anchorText } from "./anchor.ts";
import { anchorMade } from "./facts.ts";
import { type OwnAnchor, ownAnchor, putOwnAnchor } from "./store.ts";

/** Days an anchor may be used, and those left from which the next one is there. */
const lasts = 365;
const left = 120;
const day = 86_400_000;

const first = (chain: string): string => `${chain.slice(0, chain.indexOf("-----END CERTIFICATE-----"))}-----END CERTIFICATE-----\n`;

/** With `j`, for it signs. Done again it changes nothing. */
export async function ensureAnchor(j: JobContext): Promise<OwnAnchor> {
  const known = await j.transaction((ctx) => ownAnchor(ctx.db), { readOnly: true });
  const { anchors: authorities } = await j.transaction((ctx) => memberCertificates(ctx), { readOnly: true });
  const signers = (await signConfigurationByAll(j, Buffer.alloc(0))).map((one) => first(one.certificate));
  const now = j.clock.now();
  const said = { format: 1 as const, instance: j.country.instance, name: { fr: j.country.name.fr, en: j.country.name.en } };
  const content = { ...said, sources: [j.config.origin], signers, authorities };
  if (known && known.validUntil.getTime() - now.getTime() > left * day && same(JSON.parse(known.file.anchor) as Anchor, content))
    return known;
  const validUntil = new Date(now.getTime() + lasts * day);
  const anchor = JSON.stringify({ ...content, generatedAt: now.toISOString(), validUntil: validUntil.toISOString() } satisfies Anchor);
  const signatures = (await signConfigurationByAll(j, anchorText(anchor))).map(({ signature, certificate }) => ({
    signature: Buffer.from(signature).toString("base64"),
    certificate,
  }));
  const made = { file: { anchor, signatures }, generatedAt: now, validUntil };
  await j.transaction(async (ctx) => {
    await putOwnAnchor(ctx.db, made);
    const about = { fingerprint: anchorFingerprint(made.file), validUntil: validUntil.toISOString() };
    await ctx.record(anchorMade, `exchange-instance:${j.country.instance}`, about);
  });
  return made;
}

/** Nothing new to say: all but its dates. */
const same = (before: Anchor, now: Omit<Anchor, "generatedAt" | "validUntil">): boolean =>
  canonical(now) === canonical({ ...before, generatedAt: undefined, validUntil: undefined });

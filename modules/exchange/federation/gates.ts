/** Where other instances ask: our anchor for anyone, our configuration for those whose federation is approved. */
import { anyone, gate, type GateReply } from "#kernel";
import { answering, asModule } from "../servers/gates.ts";
import { requestUnreadable } from "../servers/problems.ts";
import { isSigner } from "./anchor.ts";
import { anchorPath, configurationPath, questionText, readQuestion, readSigned, type Reply } from "./partner.ts";
import { anchorNotMade, partnerNotProved } from "./problems.ts";
import { headFor, publishFor } from "./publish.ts";
import { anchorOf, approvedWith, ownAnchor } from "./store.ts";

const json = (value: unknown): GateReply => ({
  status: 200,
  headers: { "content-type": "application/json", "cache-control": "no-store" },
  body: JSON.stringify(value),
});

const skew = 5 * 60_000;

export const anchorGate = gate({
  id: "exchange.federation-anchor",
  method: "GET",
  path: anchorPath,
  who: anyone(),
  handle: (g) =>
    answering(g, async () => {
      const known = await asModule(g).transaction((ctx) => ownAnchor(ctx.db), { readOnly: true });
      if (!known) throw anchorNotMade();
      return json(known.file);
    }),
});

export const federationGate = gate({
  id: "exchange.federation-configuration",
  method: "POST",
  path: configurationPath,
  who: anyone(),
  limit: 32 * 1024,
  handle: (g, req) =>
    answering(g, async () => {
      const signed = readSigned(Buffer.from(req.body).toString("utf8"));
      const asked = signed && readQuestion(signed.said);
      if (!signed || !asked) throw requestUnreadable();
      const j = asModule(g);
      const now = j.clock.now();
      const late = Math.abs(new Date(asked.at).getTime() - now.getTime()) > skew;
      const row = await j.transaction((ctx) => approvedWith(ctx.db, asked.from), { readOnly: true });
      const proved = row && isSigner(anchorOf(row), { ...signed, bytes: questionText(signed.said) }, now);
      if (!proved || late || asked.to !== j.country.instance) throw partnerNotProved();
      const newest = await publishFor(j, asked.from);
      const said: Reply = await headFor(j, asked.from, newest);
      return json(newest.version === asked.version ? said : { ...said, document: newest.document });
    }),
});

export const federationGates = [anchorGate, federationGate];

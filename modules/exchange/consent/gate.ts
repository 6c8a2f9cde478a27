/** The centre's gate for servers: what has changed in the consents under their services, each server its own. */
import { createHash } from "node:crypto";
import { anyone, gate, type JobContext } from "#kernel";
import { signConfiguration } from "#trust";
import { readAs } from "../configuration/head.ts";
import { unsealed } from "../log/at-rest.ts";
import { bookOf } from "../servers/book.ts";
import { answering, asModule, json, proved } from "../servers/gates.ts";
import { requestUnreadable } from "../servers/problems.ts";
import { aboutNumber } from "./ask.ts";
import { numberHash } from "./rules.ts";
import { changesFor, newestFor } from "./store.ts";
import { Ask, type Line, most, type Said, signedWord, type Word } from "./word.ts";

export async function consentsSince(j: JobContext, server: string, since: string): Promise<Said> {
  const members = [...(bookOf(j)?.servers.get(server)?.members ?? [])].sort();
  const at = j.clock.now().toISOString();
  const { lines, upto, more, newest } = await j.transaction(
    async (ctx) => {
      const rows = await changesFor(ctx.db, members, since, most + 1);
      const shown = rows.slice(0, most);
      const lines = shown.map((c): Line => {
        const number = unsealed(ctx, aboutNumber(c.id), c.number).toString();
        return {
          id: c.id,
          client: c.client,
          service: c.service,
          purpose: c.purpose,
          fields: c.fields,
          given: c.answeredAt.toISOString(),
          until: c.until.toISOString(),
          withdrawn: c.withdrawnAt?.toISOString() ?? null,
          salt: c.salt.toString("hex"),
          number: numberHash(c.salt, number).toString("hex"),
        };
      });
      const newest = await newestFor(ctx.db, members);
      return { lines, upto: shown.at(-1)?.changed ?? since, more: rows.length > most, newest };
    },
    { readOnly: true },
  );
  const list = JSON.stringify(lines);
  const sha256 = createHash("sha256").update(list).digest("hex");
  // a server that has heard more than there is: this database was brought back from a copy
  const memory = BigInt(since) > BigInt(newest) ? "restored" : "";
  const scope = createHash("sha256")
    .update(JSON.stringify([members, memory]))
    .digest("hex");
  const word = JSON.stringify({ format: 1, server, since, upto, more, scope, at, sha256 } satisfies Word);
  const { signature, certificate } = await signConfiguration(j, signedWord(word));
  return { word, signature: Buffer.from(signature).toString("base64"), certificate, list };
}

export const consentsGate = gate({
  id: "exchange.consents",
  method: "POST",
  path: "/exchange/consents",
  who: anyone(),
  limit: 1024,
  handle: (g, req) =>
    answering(g, async () => {
      const j = asModule(g);
      const server = await proved(j, req);
      const body = readAs(Ask, Buffer.from(req.body).toString("utf8"));
      if (!body) throw requestUnreadable();
      return json(await consentsSince(j, server, body.since));
    }),
});

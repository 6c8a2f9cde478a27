/** Rows of the message log with genuine signatures, as both sides would write them, for tests of what comes after. */
import { randomUUID } from "node:crypto";
import type { World } from "#kernel/testing";
import { sign } from "#trust";
import { sha512 } from "../protocol/header.ts";
import { toBeSigned } from "./xades.ts";

export const client = "BF/GOV/MIN-JUSTICE/SERVICES";
export const service = "BF/GOV/ONI/IDENTITE/persons";
export const institutions = { client: "bf-min-justice", provider: "bf-oni" };

export interface Written {
  exchange: string;
  messageId: string;
  requestPart: string;
  responsePart: string;
  requestBody: Buffer;
  responseBody: Buffer;
}

/** `sides`: whose rows are here. `outcome`: what the provider answered, or a refusal. */
export async function writeExchange(
  w: World,
  o: { sides?: ("client" | "provider")[]; bodies?: boolean; refused?: boolean; messageId?: string } = {},
): Promise<Written> {
  const j = w.kernel.jobContext("exchange.test");
  const exchange = randomUUID();
  const messageId = o.messageId ?? `BF-${randomUUID()}`;
  const signedAt = w.clock.now();
  const requestBody = Buffer.from('{"nip":"1"}');
  const responseBody = Buffer.from('{"rows":[{"nip":"1"}]}');
  const requestPart = `POST\r\n/r1/${service}\r\nX-Road-Client:${client}\r\nx-road-request-id:${exchange}\r\nx-road-id:${messageId}\r\n`;
  const responsePart = `200\r\nOK\r\nx-road-id:${messageId}\r\nx-road-request-id:${exchange}\r\n`;
  const signed = async (id: string, part: string, body: Buffer) => {
    const bodyHash = sha512(body);
    const made = await sign(j, {
      institution: { id, name: id },
      bytes: (certificate) => toBeSigned({ part, bodyHash, certificate, signedAt }),
    });
    await w.owner("insert into exchange.certificate values ($1, $2) on conflict do nothing", [made.serial, made.certificate]);
    return { ...made, bodyHash };
  };
  const request = await signed(institutions.client, requestPart, requestBody);
  const response = o.refused ? undefined : await signed(institutions.provider, responsePart, responseBody);
  for (const side of o.sides ?? (["client", "provider"] as const)) {
    await w.owner(
      `insert into exchange.request (exchange, side, institution, message_id, at, client, service, method, path, purpose, by_person, expires,
         header_part, body_hash, signature, serial, format, signed_at)
       values ($1, $2, $3, $4, $5, $6, $7, 'POST', '/', 'test', false, $5, $8, $9, $10, $11, 'xades', $5)`,
      [
        exchange,
        side,
        institutions[side],
        messageId,
        signedAt,
        client,
        service,
        requestPart,
        request.bodyHash,
        request.signature,
        request.serial,
      ],
    );
    if (response)
      await w.owner(
        `insert into exchange.outcome (exchange, side, institution, at, outcome, status, header_part, body_hash, signature, serial, format, signed_at)
         values ($1, $2, $3, $4, 'answered', 200, $5, $6, $7, $8, 'xades', $4)`,
        [exchange, side, institutions[side], signedAt, responsePart, response.bodyHash, response.signature, response.serial],
      );
    else
      await w.owner(
        "insert into exchange.outcome (exchange, side, institution, at, outcome, error_type) values ($1, $2, $3, $4, 'refused', 'server.access_denied')",
        [exchange, side, institutions[side], signedAt],
      );
  }
  if (o.bodies ?? true)
    for (const [direction, bytes] of [["request", requestBody] as const, ["response", responseBody] as const])
      if (direction === "request" || response)
        await w.owner(
          "insert into exchange.body (exchange, direction, client_institution, provider_institution, bytes, erase_after) values ($1, $2, $3, $4, $5, '2100-01-01')",
          [exchange, direction, institutions.client, institutions.provider, bytes],
        );
  return { exchange, messageId, requestPart, responsePart, requestBody, responseBody };
}

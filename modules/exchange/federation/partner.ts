/** One instance asks another for its configuration: what is said, how it is proved, what comes back. Pure but for the signature. */
import { type JobContext, T, type Static } from "#kernel";
import { signConfiguration } from "#trust";
import { readAs } from "../configuration/head.ts";
import type { Said } from "./publish.ts";

export const configurationPath = "/exchange/federation/configuration";
export const anchorPath = "/exchange/federation/anchor";

const strict = { additionalProperties: false };
const Question = T.Object(
  {
    format: T.Literal(1),
    from: T.String({ maxLength: 100 }),
    /** Whom it is for: nobody passes it on. */
    to: T.String({ maxLength: 100 }),
    /** The version held; 0 = none. */
    version: T.Integer({ minimum: 0 }),
    at: T.String({ pattern: "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$" }),
  },
  strict,
);
export type Question = Static<typeof Question>;

const Signed = T.Object(
  { said: T.String({ maxLength: 2000 }), signature: T.String({ maxLength: 100 }), certificate: T.String({ maxLength: 20_000 }) },
  strict,
);
export type Signed = Static<typeof Signed>;

const Reply = T.Object(
  {
    head: T.String({ maxLength: 1000 }),
    signature: T.String({ maxLength: 100 }),
    certificate: T.String({ maxLength: 20_000 }),
    /** Its text, where the asker does not hold this version. */
    document: T.Optional(T.String()),
  },
  strict,
);
export type Reply = Said & { document?: string };

export const questionText = (said: string): Buffer => Buffer.from(`toguna federation question\n${said}`);
export const readSigned = (text: string): Signed | undefined => readAs(Signed, text);
export const readQuestion = (text: string): Question | undefined => readAs(Question, text);
export const readReply = (text: string): Reply | undefined => readAs(Reply, text);

export async function question(j: JobContext, to: string, version: number): Promise<Signed> {
  const said = JSON.stringify({ format: 1, from: j.country.instance, to, version, at: j.clock.now().toISOString() } satisfies Question);
  const { signature, certificate } = await signConfiguration(j, questionText(said));
  return { said, signature: Buffer.from(signature).toString("base64"), certificate };
}

/** The centre's signed word about its directory: which version is the newest, and that this was so at that moment. Pure. */
import { checkInput, Problem, T, type Static, type TSchema } from "#kernel";

const strict = { additionalProperties: false };
const Instant = T.String({ pattern: "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$" });

const Head = T.Object(
  {
    format: T.Literal(1),
    instance: T.String({ maxLength: 100 }),
    version: T.Integer({ minimum: 1 }),
    issuedAt: Instant,
    /** of the document, hexadecimal */
    sha256: T.String({ pattern: "^[0-9a-f]{64}$" }),
    /** when the centre said so */
    at: Instant,
  },
  strict,
);
export type Head = Static<typeof Head>;

/** A tree of a message log at a size; `root` base64. */
export const ShownTree = T.Object(
  { size: T.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }), root: T.String({ pattern: "^[A-Za-z0-9+/]{43}=$" }) },
  strict,
);

/** How a head travels: its text exactly as signed. */
export const SignedHead = T.Object(
  {
    head: T.String({ maxLength: 1000 }),
    /** ES256 over `signedText`, r || s, base64 */
    signature: T.String({ maxLength: 100 }),
    /** PEM: the configuration's certificate, those above it, the root last. */
    certificate: T.String({ maxLength: 20_000 }),
    /** To who asked: the largest tree of its log that the centre has seen. */
    tree: T.Optional(T.Object({ seen: T.Optional(ShownTree) }, strict)),
  },
  strict,
);
export type SignedHead = Static<typeof SignedHead>;

/** What the signature covers: no other text of ours begins so. */
export const signedText = (head: string): Buffer => Buffer.from(`toguna exchange configuration\n${head}`);

/** Hostile JSON: undefined unless it is exactly of the shape. */
export function readAs<S extends TSchema>(schema: S, text: string): Static<S> | undefined {
  try {
    const value = JSON.parse(text) as Static<S>;
    checkInput(schema, value);
    return value;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof Problem) return undefined;
    throw error;
  }
}

export const readHead = (text: string): Head | undefined => readAs(Head, text);
export const readSignedHead = (text: string): SignedHead | undefined => readAs(SignedHead, text);

const Pem = T.String({ maxLength: 20_000 });
const Row = T.Object({ id: T.String() }, { additionalProperties: true });

/** The directory as distributed. Rows have the columns of `store-content.ts`. */
const Document = T.Object(
  {
    format: T.Literal(1),
    version: T.Integer({ minimum: 1 }),
    issuedAt: Instant,
    instance: T.String(),
    directory: T.Object(
      {
        members: T.Array(Row),
        subsystems: T.Array(Row),
        services: T.Array(T.Object({ id: T.String(), institution: T.String(), kind: T.String() }, { additionalProperties: true })),
        rights: T.Array(Row),
        purposes: T.Array(T.Object({ code: T.String() }, { additionalProperties: true })),
      },
      strict,
    ),
    servers: T.Array(
      T.Object(
        {
          id: T.String(),
          institution: T.Union([T.String(), T.Null()]),
          address: T.String(),
          centre: T.Boolean(),
          members: T.Array(T.String()),
          /** Of the database it answers from. */
          log: T.Optional(T.String({ maxLength: 40 })),
          /** Away: said by itself, or for it at the centre. */
          maintenance: T.Optional(
            T.Object({ since: Instant, until: Instant, notice: T.Union([T.String({ maxLength: 300 }), T.Null()]) }, strict),
          ),
        },
        strict,
      ),
    ),
    certificates: T.Object(
      {
        anchors: T.Array(Pem),
        seals: T.Array(T.Object({ institution: T.String(), certificate: Pem }, strict)),
        servers: T.Array(T.Object({ server: T.String(), certificate: Pem }, strict)),
        revoked: T.Array(
          T.Object(
            {
              certificate: Pem,
              at: Instant,
              reason: T.Enum(["unspecified", "keyCompromise", "affiliationChanged", "superseded", "cessationOfOperation"]),
            },
            strict,
          ),
        ),
      },
      strict,
    ),
    /** Other instances, as the centre believes them: each anchor's file and what it shows us, as texts. */
    partners: T.Optional(T.Array(T.Object({ id: T.String(), anchor: T.String(), document: T.String() }, strict), { maxItems: 200 })),
    policy: T.Array(T.Object({ dataClass: T.String(), days: T.Integer({ minimum: 0, maximum: 365 }) }, strict)),
  },
  strict,
);
export type Document = Static<typeof Document>;

export const readDocument = (text: string): Document | undefined => readAs(Document, text);

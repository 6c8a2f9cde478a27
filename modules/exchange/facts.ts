/** What the exchange remembers. Identifiers of registers stay out: the log rows hold the signed messages. */
import { fact, T } from "#kernel";

const common = {
  exchange: T.String(),
  client: T.String(),
  service: T.String(),
  purpose: T.String(),
  issue: T.Optional(T.String()),
};

/** Subject: the person concerned, else the exchange. */
export const asked = fact("exchange.asked", T.Object({ ...common, userId: T.Optional(T.String()) }), {
  fr: "Une institution a interrogé un registre",
  en: "An institution asked a register",
});
export const answered = fact(
  "exchange.answered",
  T.Object({
    ...common,
    status: T.Integer(),
    /** JSON pointers that held something. */
    fields: T.Array(T.String()),
    /** The consent of hers it leaned on. */
    consent: T.Optional(T.String()),
    by: T.Union([T.Literal("system"), T.Literal("person")]),
  }),
  { fr: "Un registre a répondu à une institution", en: "A register answered an institution" },
);
export const refused = fact("exchange.refused", T.Object({ ...common, type: T.String() }), {
  fr: "Une question à un registre a été refusée",
  en: "A question to a register was refused",
});
/** The provider gave no usable answer; `unknown` = a writing call may have happened. */
export const failed = fact(
  "exchange.failed",
  T.Object({ ...common, type: T.String(), outcome: T.Union([T.Literal("failed"), T.Literal("unknown")]) }),
  { fr: "Une question à un registre est restée sans réponse", en: "A question to a register got no answer" },
);

/** Subject of the three below: `exchange-request:<id>`. */
export const handAsked = fact(
  "exchange.asked-of-person",
  T.Object({ request: T.String(), exchange: T.String(), service: T.String(), expectedBy: T.String() }),
  { fr: "Une question attend la réponse d’un agent", en: "A question awaits an official’s answer" },
);
export const answeredByHand = fact(
  "exchange.answered-by-hand",
  T.Object({ request: T.String(), exchange: T.String(), service: T.String(), declined: T.Boolean() }),
  { fr: "Un agent a répondu à une question", en: "An official answered a question" },
);
export const unanswered = fact("exchange.unanswered", T.Object({ request: T.String(), exchange: T.String(), service: T.String() }), {
  fr: "Une question est restée sans réponse d’un agent",
  en: "A question got no answer from an official",
});
/** Subject: the institution. */
export const serviceState = fact(
  "exchange.service-state",
  T.Object({ service: T.String(), enabled: T.Boolean(), notice: T.Optional(T.String()) }),
  { fr: "Un service d’échange a été ouvert ou fermé", en: "An exchange service was opened or closed" },
);

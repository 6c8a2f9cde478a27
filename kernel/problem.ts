import { say, type Lang, type Text } from "./words.ts";

/** Who can put it right: the person who sent it, an official, an operator of the platform, or nobody but time. */
export type Actor = "caller" | "official" | "operator" | "time";

export interface ProblemKind {
  /** Raise it: `throw caseUnknown({ detail })`. */
  (more?: ProblemMore): Problem;
  readonly code: string;
  readonly status: number;
  readonly title: Text;
  readonly actor: Actor;
  /** Is this error of this kind? */
  is(error: unknown): error is Problem;
}

export interface ProblemMore {
  detail?: Text;
  /** One entry a wrong field; `path` in dotted form (`birth.date`, `children[0].name`). */
  fields?: readonly { path: string; message: Text }[];
  /** Seconds (RFC 9110, 10.2.3). */
  retryAfter?: number;
  cause?: unknown;
  /** The transaction commits (an attempt was counted, a fact recorded), then the problem is answered. */
  keep?: boolean;
}

/** The one error people see: a code, a status, a sentence in their language, and who can act (RFC 9457). */
export class Problem extends Error {
  readonly kind: ProblemKind;
  readonly more: ProblemMore;
  constructor(kind: ProblemKind, more: ProblemMore = {}) {
    super(`${kind.code}: ${more.detail?.en ?? kind.title.en}`, more.cause === undefined ? undefined : { cause: more.cause });
    this.kind = kind;
    this.more = more;
  }
  get code(): string {
    return this.kind.code;
  }
  get status(): number {
    return this.kind.status;
  }
}

const kinds = new Map<string, ProblemKind>();

export function problem(code: string, status: number, title: Text, actor: Actor = "caller"): ProblemKind {
  if (kinds.has(code)) throw new Error(`problem ${code} is defined twice`);
  const kind = ((more?: ProblemMore) => new Problem(kind, more)) as ProblemKind;
  Object.assign(kind, {
    code,
    status,
    title,
    actor,
    is: (error: unknown) => error instanceof Problem && error.kind === kind,
  });
  kinds.set(code, kind);
  return kind;
}

/** Every kind of problem the program knows: golden/errors.md is written from it. */
export function allProblems(): ProblemKind[] {
  return [...kinds.values()].sort((a, b) => a.code.localeCompare(b.code));
}

/** RFC 9457 body, in the caller's language. */
export function problemBody(p: Problem, lang: Lang, instance: string) {
  return {
    type: `urn:toguna:problem:${p.code}`,
    title: say(p.kind.title, lang),
    status: p.status,
    code: p.code,
    actor: p.kind.actor,
    instance,
    ...(p.more.detail ? { detail: say(p.more.detail, lang) } : {}),
    ...(p.more.fields ? { fields: p.more.fields.map((f) => ({ path: f.path, message: say(f.message, lang) })) } : {}),
  };
}

export const invalidInput = problem("kernel.invalid-input", 422, {
  fr: "Certaines informations envoyées ne sont pas valables.",
  en: "Some of what was sent is not valid.",
});
export const malformed = problem("kernel.malformed", 400, {
  fr: "La demande n’a pas pu être lue.",
  en: "The request could not be read.",
});
export const tooLarge = problem("kernel.too-large", 413, {
  fr: "La demande est trop volumineuse.",
  en: "The request is too large.",
});
export const unsupportedMedia = problem("kernel.unsupported-media", 415, {
  fr: "Ce type de contenu n’est pas accepté ici.",
  en: "This type of content is not accepted here.",
});
export const notFound = problem("kernel.not-found", 404, {
  fr: "Cette page ou cette ressource n’existe pas.",
  en: "This page or resource does not exist.",
});
export const methodNotAllowed = problem("kernel.method-not-allowed", 405, {
  fr: "Cette action n’existe pas à cette adresse.",
  en: "This action does not exist at this address.",
});
export const signInFirst = problem("kernel.sign-in-first", 401, {
  fr: "Connectez-vous pour continuer.",
  en: "Sign in to continue.",
});
export const forbidden = problem(
  "kernel.forbidden",
  403,
  {
    fr: "Votre compte ne permet pas cette action.",
    en: "Your account does not allow this action.",
  },
  "official",
);
export const levelTooLow = problem("kernel.level-too-low", 403, {
  fr: "Cette action demande une identité vérifiée.",
  en: "This action needs a verified identity.",
});
export const csrfRefused = problem("kernel.csrf-refused", 403, {
  fr: "Ce formulaire a expiré ou ne vient pas de cette page. Rechargez la page et recommencez.",
  en: "This form has expired or does not come from this page. Reload the page and try again.",
});
export const keyMissing = problem("kernel.idempotency-key-missing", 400, {
  fr: "L’en-tête Idempotency-Key est obligatoire pour cette action.",
  en: "The Idempotency-Key header is required for this action.",
});
export const keyReused = problem("kernel.idempotency-key-reused", 422, {
  fr: "Cette clé d’idempotence a déjà servi à une autre demande.",
  en: "This idempotency key has already served another request.",
});
export const conflict = problem("kernel.conflict", 409, {
  fr: "Les données ont changé entre-temps. Rechargez et recommencez.",
  en: "The data have changed meanwhile. Reload and try again.",
});
export const tooMany = problem(
  "kernel.too-many-requests",
  429,
  { fr: "Trop de demandes. Réessayez dans un instant.", en: "Too many requests. Try again in a moment." },
  "time",
);
export const unavailable = problem(
  "kernel.unavailable",
  503,
  {
    fr: "Le service est momentanément indisponible. Rien n’est perdu : réessayez dans un instant.",
    en: "The service is unavailable for a moment. Nothing is lost: try again shortly.",
  },
  "operator",
);
export const internalError = problem(
  "kernel.internal",
  500,
  {
    fr: "Une erreur est survenue de notre côté. Rien n’a été enregistré à moitié.",
    en: "Something went wrong on our side. Nothing was half recorded.",
  },
  "operator",
);

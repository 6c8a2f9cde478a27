/** The words of the exchange's door: what a neighbour hands in and what it gets back. */
import type { Problem } from "#kernel";
import type { Away } from "./gateway/flow.ts";

export interface Question {
  /** Calling subsystem, INSTANCE/CLASS/MEMBER/SUBSYSTEM. */
  client: string;
  /** Service asked, INSTANCE/CLASS/MEMBER/SUBSYSTEM/SERVICE. */
  service: string;
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below the service, starting with a slash; absent = the service itself. */
  path?: string;
  query?: Record<string, string>;
  /** Sent as JSON. */
  body?: unknown;
  /** A purpose code of the country pack; no purpose, no answer. */
  purpose: string;
  /** Whom the question is about (pseudonymous id): she sees the exchange on her page. */
  person?: string;
  /** Number of the consent it leans on, where a right asks for one (`consentFor` tells). */
  consent?: string;
  /** The official or account on whose behalf the system asks. */
  userId?: string;
  /** The case it serves, e.g. a case number. */
  issue?: string;
  /** Same key from the same client = the same exchange: asked again, the first answer is given again. */
  idempotencyKey?: string;
}

export interface AnsweredBy {
  institution: string;
  kind: "system" | "person";
  at: Date;
}

export type Answer =
  | {
      outcome: "answered";
      status: number;
      headers: Record<string, string>;
      /** Parsed when JSON, else the text. */
      body: unknown;
      exchangeId: string;
      answeredBy: AnsweredBy;
    }
  /** A person will answer: ask again with the same idempotencyKey once `exchange.answered-by-hand` tells. */
  | { outcome: "pending-person"; requestId: string; exchangeId: string; expectedBy: Date }
  /** `type` is X-Road's error type, `problem` says it to people. Asking again changes nothing. */
  | { outcome: "refused"; type: string; problem: Problem; exchangeId: string }
  /** Nothing happened at the provider that matters; ask again after that many seconds. */
  | { outcome: "unavailable"; retryAfter: number; type: string; exchangeId: string; away?: Away }
  /** A writing call may have happened; it is never repeated by itself. A person reconciles. */
  | { outcome: "unknown"; type: string; exchangeId: string };

/** Where an institution's answer to a kind of question is found. */
export interface Offer {
  service: string;
  kind: "http" | "person" | "room";
  institution: string;
  enabled: boolean;
  /** For a service answered by a person: working days to expect. */
  answersInDays?: number;
}

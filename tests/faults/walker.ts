/**
 * A case carried from its first command to the signed act by people who keep trying: each step reads where the case
 * stands and does what comes next, under a key of its own, so that whatever broke in between may be repeated.
 */
import { setTimeout as wait } from "node:timers/promises";
import { HttpProblem, type Client } from "../client.ts";
import type { CaseOver } from "../journeys/api.ts";

export interface Walk {
  id: string;
  /** What the payer's operator does with the payment (apps/sandbox). */
  behaviour: string;
  number?: string;
  attempts: number;
  done: boolean;
  /** Walk no further than this next step. */
  until?: string;
}

export interface Cast {
  citizen: Client;
  clerk: Client;
  sandbox: string;
  procedure: string;
}

interface DeskView {
  version: number;
  state: string;
  actions: string[];
  search: { state: string; candidates: { id: string; verdict?: string }[] };
}

const answers = { purpose: "competition", hasOtherNames: "no", truth: "on" };

async function step(w: Walk, cast: Cast): Promise<void> {
  const { citizen, clerk } = cast;
  w.number ??= (await citizen.post<CaseOver>("/api/services/cases", { procedure: cast.procedure }, `walk-${w.id}-start`)).number;
  const at = `/api/services/cases/${w.number}`;
  const now = await citizen.get<CaseOver>(at);
  const { version } = now;
  const key = (what: string) => `walk-${w.id}-${what}-${version}`;
  if (now.state === "issued" || now.next === w.until) w.done = true;
  else if (now.next === "authorise-evidence") await citizen.post(`${at}/evidence`, { version }, key("evidence"));
  else if (now.next === "fill-form") await citizen.post(`${at}/answers`, { version, answers }, key("answers"));
  else if (now.next === "submit") await citizen.post(`${at}/submission`, { version }, key("submission"));
  else if (now.next === "pay") await pay(w, cast, now);
  else if (now.next === "wait-office") await work(w, clerk);
  else await wait(100);
}

async function pay(w: Walk, cast: Cast, now: CaseOver): Promise<void> {
  const phone = `+226701${String(Math.abs(hash(w.id)) % 1_000_000)
    .padStart(6, "0")
    .slice(-6)}`.slice(0, 12);
  const handset = await fetch(`${cast.sandbox}/money`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ operator: "orange-money", phone, amount: String(now.fees.total), behaviour: w.behaviour }),
  });
  const { otp } = (await handset.json()) as { otp: string };
  const key = `walk-${w.id}-pay-${++w.attempts}`;
  await cast.citizen.post(`/api/services/cases/${w.number}/payments`, { operator: "orange-money", phone, otp }, key);
}

async function work(w: Walk, clerk: Client): Promise<void> {
  const at = `/api/services/desk/cases/${w.number}`;
  const desk = await clerk.get<DeskView>(at);
  const { version, actions } = desk;
  const key = (what: string) => `walk-${w.id}-${what}-${version}`;
  if (actions.includes("claim")) await clerk.post(`${at}/claim`, { version }, key("claim"));
  else if (actions.includes("review")) {
    const next = desk.search.candidates.find((c) => !c.verdict);
    await clerk.post(
      `${at}/candidates/${next?.id}`,
      { version, verdict: "other-person", reason: "Autre date de naissance" },
      key("review"),
    );
  } else if (actions.includes("conclude")) await clerk.post(`${at}/conclusion`, { version, outcome: "none" }, key("conclusion"));
  else if (actions.includes("sign")) await clerk.post(`${at}/signature`, { version }, key("signature"));
  else if (actions.includes("search") && desk.search.state !== "asked")
    await clerk.post(`${at}/register-search`, { version }, key("search"));
  else await wait(100);
}

/** Goes on until the act is there; a lost connection, a 503 or a version that moved is a reason to look again, nothing else is. */
export async function walk(w: Walk, cast: Cast, stop: () => boolean, seconds: number): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!w.done && !stop()) {
    if (Date.now() > end) throw new Error(`walk ${w.id} (${w.behaviour}, case ${w.number}) is not finished after ${seconds} s`);
    try {
      await step(w, cast);
    } catch (error) {
      const status = error instanceof HttpProblem ? error.status : 0;
      if (status !== 0 && status !== 503 && status !== 409) throw error;
      await wait(50);
    }
    await wait(30);
  }
}

function hash(text: string): number {
  let h = 0;
  for (const c of text) h = (h * 31 + c.charCodeAt(0)) | 0;
  return h;
}

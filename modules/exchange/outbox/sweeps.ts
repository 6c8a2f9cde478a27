import type { Sweep } from "#kernel";
import { callWaiting } from "./call.ts";
import { sendWaiting, tidy } from "./send.ts";

export const outboxSweeps: readonly Sweep[] = [sendWaiting, callWaiting, tidy];

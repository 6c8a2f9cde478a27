import type { JobContext } from "#kernel";
import { advanceStampClock } from "../certificates/store.ts";
import { clockSetBack } from "../facts.ts";
import { clockWentBack } from "../problems.ts";

// Time stamps never go back, over all processes and restarts. The database is asked once a second at most: genTime
// has whole seconds, so within one second the last answer still holds.

interface Known {
  /** milliseconds of the last second stamped */
  last: number;
  alarmed: boolean;
}

const known = new Map<string, Known>();

/** Two machines' clocks differ by milliseconds around a full second; within the stated accuracy the later one counts. */
export const accuracySeconds = 1;

/** The second the authority may stamp now; refuses, and alarms once, when the clock went back. `holder` names its certificate. */
export const stampTime = async (j: JobContext, authority: string, holder: string): Promise<Date> => {
  const now = Math.floor(j.clock.now().getTime() / 1000) * 1000;
  let state = known.get(holder);
  if (!state || now > state.last) {
    const last = await j.transaction((ctx) => advanceStampClock(ctx, authority, new Date(now)));
    state = { last: last.getTime(), alarmed: state?.alarmed ?? false };
    known.set(holder, state);
  }
  const behind = state.last - now;
  j.metric.gauge("stamp_clock_behind_seconds", Math.max(0, behind / 1000));
  if (behind <= accuracySeconds * 1000) {
    state.alarmed = false;
    return new Date(state.last);
  }
  if (!state.alarmed) {
    state.alarmed = true;
    const at = { last: new Date(state.last).toISOString(), now: new Date(now).toISOString() };
    j.log.error(at, "the clock was set back: no time stamps until it is right again");
    await j.transaction((ctx) => ctx.record(clockSetBack, "authority:tsa", at));
  }
  throw clockWentBack();
};

import { look, nextLook, nothingSeen } from "./parts/takeover.ts";
import type { Changes } from "./monitor.ts";
import type { Run } from "./run.ts";

interface Watch {
  run: Run;
  changes: Changes;
  signal: AbortSignal;
  /** Host routes that matter now. */
  watched(): string[];
  /** Called when what is away has changed, one call at a time. */
  changed(away: ReadonlySet<string>): Promise<void>;
}
/** Milliseconds between two looks when nothing happens: the monitor may have died. */
const idle = 15_000;

/** Which nodes the network below can reach, from the kernel's own routes, at each of their changes; until `signal`. */
export async function watchRoutes(w: Watch): Promise<void> {
  let sight = nothingSeen;
  let wake = () => {};
  // what happens while one looks, or acts, is looked at next
  let news = false;
  let waiting = new Set<string>();
  w.changes.on(() => {
    news = true;
    wake();
  });
  w.signal.addEventListener("abort", () => wake(), { once: true });
  while (!w.signal.aborted) {
    news = false;
    const watched = w.watched();
    const there = watched.length ? await routes(w.run) : new Set<string>();
    const now = performance.now();
    // unreadable is not unreachable
    if (there) sight = look(sight, watched, there, now);
    if (sight.away.symmetricDifference(waiting).size) {
      waiting = new Set(sight.away);
      await w.changed(waiting);
    }
    await new Promise<void>((done) => {
      const timer = setTimeout(done, Math.min(idle, nextLook(sight, performance.now()) ?? idle));
      // a storm of changes is one look
      if (news) return void setTimeout(() => (clearTimeout(timer), done()), 50);
      wake = () => void setTimeout(() => (clearTimeout(timer), done()), 50).unref();
    });
    wake = () => {};
  }
}

async function routes(run: Run): Promise<Set<string> | undefined> {
  try {
    const both = await Promise.all(["-4", "-6"].map((f) => run(["ip", f, "-j", "route", "show", "proto", "ospf"])));
    const all = both.flatMap((text) => JSON.parse(text || "[]") as { dst: string }[]);
    return new Set(all.map((r) => (r.dst.includes("/") ? r.dst : `${r.dst}/${r.dst.includes(":") ? 128 : 32}`)));
  } catch {
    return undefined;
  }
}

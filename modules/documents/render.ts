// Papers from data. Job-side work: it takes milliseconds of another thread, never a transaction's time.
import type { Clock, Log, Metrics } from "#kernel";
import { PoolError, type Pool, createPool } from "./pool.ts";
import { rendererBusy, unprintable } from "./problems.ts";
import type { TemplateName, Templates } from "./shapes.ts";

/** The little a renderer needs: a job, a gate or a host will do. */
export interface RenderHost {
  clock: Clock;
  log: Log;
  metric?: Metrics;
}

let pool: Pool | undefined;

/** PDF/A-2b bytes. The same data at the same second give the same bytes. */
export const render = async <N extends TemplateName>(host: RenderHost, template: N, data: Templates[N]): Promise<Uint8Array> => {
  pool ??= createPool();
  const began = performance.now();
  const createdAt = Math.floor(host.clock.now().getTime() / 1000);
  const answer = await pool.render({ template, data, createdAt }).catch((cause: unknown) => {
    if (cause instanceof PoolError && cause.why !== "crashed") throw rendererBusy({ cause, retryAfter: 5 });
    throw unprintable({ cause });
  });
  if ("error" in answer) throw unprintable({ cause: new Error(answer.error) });
  host.metric?.observe("documents_render_seconds", (performance.now() - began) / 1000, { template });
  // Told without the text: a name is not for the log.
  if (answer.replaced.length > 0)
    host.log.warn(
      { template, characters: answer.replaced.map((c) => `U+${(c.codePointAt(0) ?? 0).toString(16).toUpperCase()}`) },
      "characters that paper cannot show",
    );
  return answer.pdf;
};

/** Ends the threads; the next render starts new ones. */
export const stopRendering = async (): Promise<void> => {
  const ending = pool;
  pool = undefined;
  await ending?.stop();
};

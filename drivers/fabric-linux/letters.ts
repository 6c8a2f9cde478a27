import { FabricAway, FabricRefused, type FabricStep } from "#network/ports";

export type Letter = ({ id: string; key: string; fence: string } & FabricStep) | { id: string; verb: "observe" };
interface Answer {
  ok?: boolean;
  refused?: boolean;
  problem?: string;
  result?: object;
}
interface Waiting {
  letter: Letter;
  done(answer: Answer): void;
}
interface Box {
  queue: Waiting[];
  sent: Map<string, Waiting>;
  /** The question that is being held open. */
  held?: (letter: Letter | undefined) => void;
  lastHeard: number;
}

/** Orders on their way to agents. In memory only: the reconciler asks again whatever was lost, with the same key. */
export interface Letters {
  send(node: string, letter: Letter, signal: AbortSignal): Promise<object>;
  next(node: string, ms: number, signal: AbortSignal): Promise<Letter | undefined>;
  answered(node: string, id: string, answer: Answer): void;
  heard(node: string): void;
  nodes(): string[];
  close(): void;
}

/** An agent asks without a pause: one that was not heard for this long is away. */
const awayMs = 30_000;

export function letters(now: () => number): Letters {
  const boxes = new Map<string, Box>();
  const box = (node: string): Box => {
    let b = boxes.get(node);
    if (!b) boxes.set(node, (b = { queue: [], sent: new Map(), lastHeard: 0 }));
    return b;
  };
  const there = (b: Box) => b.held !== undefined || now() - b.lastHeard < awayMs;
  const give = (b: Box) => {
    const first = b.held ? b.queue.shift() : undefined;
    if (!first) return;
    b.sent.set(first.letter.id, first);
    b.held!(first.letter);
  };
  return {
    async send(node, letter, signal) {
      const b = box(node);
      if (!there(b)) throw new FabricAway(`the agent of ${node} is not heard`);
      const answer = await new Promise<Answer>((done, fail) => {
        const w: Waiting = { letter, done };
        const leave = () => {
          b.queue = b.queue.filter((x) => x !== w);
          b.sent.delete(letter.id);
          fail(new FabricAway(`the agent of ${node} does not answer`));
        };
        if (signal.aborted) return leave();
        signal.addEventListener("abort", leave, { once: true });
        b.queue.push(w);
        return give(b);
      });
      if (answer.ok) return answer.result ?? {};
      throw answer.refused ? new FabricRefused(answer.problem ?? "refused") : new FabricAway(answer.problem ?? "failed");
    },
    async next(node, ms, signal) {
      const b = box(node);
      b.held?.(undefined); // one question at a time: the older one is of a connection that broke
      return new Promise((done) => {
        const timer = setTimeout(() => end(undefined), ms);
        const end = (letter: Letter | undefined) => {
          clearTimeout(timer);
          if (b.held === end) delete b.held;
          b.lastHeard = now();
          done(letter);
        };
        signal.addEventListener("abort", () => end(undefined), { once: true });
        b.held = end;
        give(b);
      });
    },
    answered(node, id, answer) {
      const b = box(node);
      const w = b.sent.get(id);
      b.sent.delete(id);
      w?.done(answer);
    },
    heard: (node) => void (box(node).lastHeard = now()),
    nodes: () => [...boxes].filter(([, b]) => there(b)).map(([node]) => node),
    close() {
      for (const b of boxes.values()) b.held?.(undefined);
    },
  };
}

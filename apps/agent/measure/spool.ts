/**
 * What was measured and not yet told, on the site's disk: told in order when the house is there. When it grows too long its
 * oldest part is added up, to five minutes, an hour, a day; only what is a day long already is ever dropped.
 */
import { appendFileSync, closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, unlinkSync, writeSync } from "node:fs";
import { merge, type Part } from "./minute.ts";

export interface Stored {
  serial: number;
  /** Our own clock at its end, and what it was then known to be ahead of the house's; undefined: nobody had told us. */
  own: number;
  skew?: number | undefined;
  /** Seconds since this machine started, and which start that was: what orders times when the clock does not. */
  up: number;
  boot: string;
  part: Part;
}
export interface Spool {
  append(s: Omit<Stored, "serial">): void;
  /** The oldest ones, together at most so many bytes of JSON, at least one. */
  oldest(bytes: number): Stored[];
  /** These were kept by the house. */
  told(serial: number): void;
  size(): { samples: number; bytes: number; dropped: number };
}

const steps = [300, 3600, 86_400];

/** Adds up the older half until what is left fits. Nothing up to `asked` is touched: the house may have it already. */
export function thin(list: readonly Stored[], most: number, asked = 0): { list: Stored[]; dropped: number } {
  let all = [...list];
  let dropped = 0;
  const size = () => all.reduce((n, s) => n + JSON.stringify(s).length + 1, 0);
  for (const step of steps) {
    if (size() <= most) return { list: all, dropped };
    const half = all.length - Math.floor(all.length / 2);
    const out: Stored[] = [];
    for (const [i, s] of all.entries()) {
      const last = out.at(-1);
      const fits = last && i < half && last.serial > asked && last.boot === s.boot && last.part.seconds + s.part.seconds <= step;
      if (fits) out[out.length - 1] = { ...s, part: merge(last.part, s.part) };
      else out.push(s);
    }
    all = out;
  }
  for (let bytes = size(); bytes > most && all.length > 1; dropped++) bytes -= JSON.stringify(all.shift()).length + 1;
  return { list: all, dropped };
}

export function openSpool(path: string, o: { boot: number; most?: number; say(text: string): void }): Spool {
  const most = o.most ?? 8 * 1024 * 1024;
  let serial = o.boot * 2 ** 24;
  let asked = 0;
  let dropped = 0;
  let list = read(path);
  let bytes = list.reduce((n, s) => n + JSON.stringify(s).length + 1, 0);
  /** Lines in the file, those already told included. */
  let written = list.length;
  let full = false;

  function rewrite(): void {
    const fd = openSync(`${path}.new`, "w", 0o600);
    try {
      for (const s of list) writeSync(fd, `${JSON.stringify(s)}\n`);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(`${path}.new`, path);
    written = list.length;
  }
  /** A disk that is full keeps nobody from measuring: what does not fit there waits in memory, within the same bound. */
  function onDisk(write: () => void): void {
    try {
      write();
      full = false;
    } catch (error) {
      try {
        unlinkSync(`${path}.new`);
      } catch {
        // there is none
      }
      if (!full) o.say(`what is measured is kept in memory only: ${error instanceof Error ? error.message : String(error)}`);
      full = true;
    }
  }
  // half a line at its end would swallow the next one
  if (existsSync(path)) onDisk(rewrite);
  return {
    append(s) {
      const one = { serial: ++serial, ...s };
      const line = `${JSON.stringify(one)}\n`;
      list.push(one);
      bytes += line.length;
      if (bytes > most) {
        const thinner = thin(list, Math.floor(most * 0.8), asked);
        ({ list } = thinner);
        if (thinner.dropped) o.say(`${thinner.dropped} days of what was measured are dropped: nobody took them`);
        dropped += thinner.dropped;
        bytes = list.reduce((n, x) => n + JSON.stringify(x).length + 1, 0);
        onDisk(rewrite);
      } else if (full) onDisk(rewrite);
      else onDisk(() => (appendFileSync(path, line, { mode: 0o600 }), written++));
    },
    oldest(limit) {
      const out: Stored[] = [];
      let n = 0;
      for (const s of list) {
        n += JSON.stringify(s).length;
        if (out.length && n > limit) break;
        out.push(s);
      }
      asked = Math.max(asked, out.at(-1)?.serial ?? 0);
      return out;
    },
    told(upTo) {
      list = list.filter((s) => s.serial > upTo);
      bytes = list.reduce((n, s) => n + JSON.stringify(s).length + 1, 0);
      // now and then, and when nothing is left: the house leaves out what it has
      if (list.length === 0 || written > 2 * list.length + 100) onDisk(rewrite);
    },
    size: () => ({ samples: list.length, bytes, dropped }),
  };
}

/** Lines that were torn by a power cut are left out. */
function read(path: string): Stored[] {
  if (!existsSync(path)) return [];
  const out: Stored[] = [];
  for (const line of readFileSync(path, "utf8").split("\n")) {
    try {
      const s = JSON.parse(line) as Stored;
      if (Number.isSafeInteger(s.serial) && s.serial > (out.at(-1)?.serial ?? 0) && Array.isArray(s.part.probes)) out.push(s);
    } catch {
      // half a line
    }
  }
  return out;
}

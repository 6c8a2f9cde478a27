/** What `doctor` finds: each line is well, worth a note, or a failure with its cause and what to do. */
export interface Findings {
  /** `fn` answers what is worth saying, with a leading `!` where it is a note; what it throws is the cause. */
  check(text: string, fn: () => Promise<string | void> | string | void, advice?: string): Promise<void>;
  note(text: string): void;
  fail(text: string): void;
  /** Prints all; exit status 1 when something fails. */
  print(): void;
}

export function findings(): Findings {
  const found: { level: "ok" | "warn" | "fail"; text: string }[] = [];
  return {
    async check(text, fn, advice = "") {
      try {
        const more = await fn();
        found.push({ level: more?.startsWith("!") ? "warn" : "ok", text: `${text}${more ? `: ${more.replace(/^!/, "")}` : ""}` });
      } catch (error) {
        found.push({ level: "fail", text: `${text}: ${(error as Error).message}${advice ? `. ${advice}` : ""}` });
      }
    },
    note: (text) => void found.push({ level: "warn", text }),
    fail: (text) => void found.push({ level: "fail", text }),
    print() {
      const mark = { ok: "  ok  ", warn: " note ", fail: " FAIL " };
      for (const f of found) console.log(`${mark[f.level]}${f.text}`);
      if (found.some((f) => f.level === "fail")) process.exitCode = 1;
    },
  };
}

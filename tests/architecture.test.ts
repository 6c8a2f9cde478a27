import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join, normalize } from "node:path";
import { test } from "node:test";
import { modules } from "../apps/server/house.ts";
import { longFiles, packageHomes, randomnessAllowed } from "./exceptions.ts";
import { root, sources, type Source } from "./tree.ts";

const all = await sources();
const isTest = (s: Source) =>
  /(\.test|(^|\/)test-[a-z-]+|(^|\/)fixtures)\.m?[jt]s$/.test(s.path) ||
  s.path.startsWith("tests/") ||
  s.path.startsWith("kernel/testing/");
const code = all.filter((s) => !isTest(s));
/** `modules/trust`, `apps/portal`, `drivers/keys-file`, `kernel`, `ui`. */
const roomOf = (path: string) => (/^(modules|apps|drivers)\/[^/]+/.exec(path)?.[0] ?? path.split("/")[0]) as string;
const broken = (list: string[], why: string) => assert.deepEqual(list, [], `${why}\n${list.join("\n")}`);
const at = (s: Source, i: { specifier: string; line: number }) => `${s.path}:${i.line} imports ${i.specifier}`;
const imports = (list: Source[]) => list.flatMap((s) => s.imports.map((i) => ({ s, i })));
const floor = new Map(modules.map((m) => [m.name, m]));

test("1: the kernel imports nothing of ours", () => {
  const wrong = imports(code.filter((s) => s.path.startsWith("kernel/"))).filter(
    ({ i }) => i.specifier.startsWith("#") || (i.specifier.startsWith(".") && false),
  );
  broken(
    wrong.map(({ s, i }) => at(s, i)),
    "The kernel knows no module: what stands on it may change without it.",
  );
});

test("2: a module imports #kernel and the doors of its needs; stairs go down only; no circles", () => {
  const wrong = imports(code.filter((s) => s.path.startsWith("modules/"))).filter(({ s, i }) => {
    if (!i.specifier.startsWith("#") || i.specifier === "#kernel") return false;
    const self = s.path.split("/")[1] as string;
    const [name = "", door] = i.specifier.slice(1).split("/");
    if (name === "kernel" || name === "ui" || !floor.has(name)) return true;
    return name === self || !floor.get(self)?.needs.includes(name) || (door !== undefined && door !== "api");
  });
  broken(
    wrong.map(({ s, i }) => at(s, i)),
    "A module knows its neighbours by their front door, and says so in `needs`.",
  );
  const up = modules.flatMap((m) =>
    m.needs.filter((n) => !floor.has(n) || (floor.get(n)?.floor ?? 9) > m.floor).map((n) => `${m.name} needs ${n}`),
  );
  broken(up, "Stairs go down only; upstairs hears of downstairs by facts.");
  const seen = new Set<string>();
  const visit = (name: string, trail: string[]): string[] => {
    if (trail.includes(name)) return [[...trail, name].join(" -> ")];
    if (seen.has(name)) return [];
    const found = floor.get(name)?.needs.flatMap((n) => visit(n, [...trail, name])) ?? [];
    seen.add(name);
    return found;
  };
  broken(
    modules.flatMap((m) => visit(m.name, [])),
    "A circle of needs cannot be started, tested or understood alone.",
  );
});

test("3: apps speak contracts only; apps/server alone sees everything", () => {
  const wrong = imports(code.filter((s) => s.path.startsWith("apps/") && !s.path.startsWith("apps/server/"))).filter(
    ({ i }) => i.specifier.startsWith("#") && !["#kernel", "#ui"].includes(i.specifier) && !/^#[a-z]+\/api$/.test(i.specifier),
  );
  broken(
    wrong.map(({ s, i }) => at(s, i)),
    "A page that reaches past a contract skips its checks.",
  );
  const ui = imports(code.filter((s) => s.path.startsWith("ui/"))).filter(
    ({ i }) => i.specifier.startsWith("#") && i.specifier !== "#kernel",
  );
  broken(
    ui.map(({ s, i }) => at(s, i)),
    "The design system knows the kernel only.",
  );
});

test("4: a driver imports #kernel, one port, its library", () => {
  for (const room of new Set(code.filter((s) => s.path.startsWith("drivers/")).map((s) => roomOf(s.path)))) {
    const ours = imports(code.filter((s) => roomOf(s.path) === room)).filter(
      ({ i }) => i.specifier.startsWith("#") && i.specifier !== "#kernel",
    );
    const ports = new Set(ours.map(({ i }) => i.specifier));
    broken(
      [...ports].filter((p) => !/^#[a-z]+\/ports$/.test(p)),
      `${room} reaches past a port.`,
    );
    assert.ok(ports.size <= 1, `${room} fills ${[...ports].join(" and ")}: one port a driver`);
  }
});

test("5: rules.ts and api.ts do no I/O", () => {
  const pure = code.filter((s) => /(^|\/)(rules|api)\.ts$/.test(s.path));
  const allowed = /^node:(assert|buffer|url|util)/;
  const wrong = imports(pure).filter(({ i }) => isBuiltin(i.specifier) && !allowed.test(i.specifier) && i.specifier !== "node:crypto");
  broken(
    wrong.map(({ s, i }) => at(s, i)),
    "Thinking and speaking need no disk and no socket.",
  );
  broken(
    pure.filter((s) => /\bsql`/.test(s.text)).map((s) => s.path),
    "Thinking needs no database.",
  );
});

test("6: no relative path leaves its module, app, driver", () => {
  const wrong = imports(all.filter((s) => !s.path.startsWith("tests/"))).filter(({ s, i }) => {
    if (!i.specifier.startsWith(".")) return false;
    // the composition root opens every front door, and only front doors
    if (s.path.startsWith("apps/server/") && /^(apps|drivers)\/[^/]+\/index\.ts$/.test(normalize(join(dirname(s.path), i.specifier))))
      return false;
    return roomOf(normalize(join(dirname(s.path), i.specifier))) !== roomOf(s.path);
  });
  broken(
    wrong.map(({ s, i }) => at(s, i)),
    "A path that climbs over a wall makes the wall a lie.",
  );
});

test("7: SQL only in store.ts and migrations, own schema only, no foreign keys across schemas", () => {
  const inside = code.filter((s) => /^(modules|apps|drivers)\//.test(s.path) && !s.path.startsWith("apps/server/"));
  const isStore = (p: string) => /(^|\/)store(-[a-z0-9-]+)?\.ts$/.test(p);
  broken(
    inside.filter((s) => /\bsql`/.test(s.text) && !isStore(s.path)).map((s) => s.path),
    "SQL in the open, in one place a resource.",
  );
  const names = [...floor.keys(), "kernel"];
  const foreign = inside
    .filter((s) => isStore(s.path))
    .flatMap((s) => {
      const self = s.path.split("/")[1] as string;
      return names
        .filter((n) => n !== self && new RegExp(`\\b(from|join|into|update|table|references)\\s+${n}\\.`, "i").test(s.text))
        .map((n) => `${s.path} touches schema ${n}`);
    });
  broken(foreign, "Across modules call the door, or keep a read table fed by facts.");
  broken(
    inside.filter((s) => isStore(s.path) && /(?<!\.)\bnow\(\)/.test(s.text)).map((s) => s.path),
    "Time comes from ctx.clock: no now() in our SQL.",
  );
  for (const m of modules) {
    if (!m.migrations) continue;
    for (const name of readdir(m.migrations)) {
      const text = readFileSync(new URL(name, m.migrations), "utf8");
      const across = [...text.matchAll(/references\s+([a-z_]+)\./gi)]
        .filter((x) => x[1] !== m.name)
        .map((x) => `${m.name}/${name}: ${x[0]}`);
      broken(across, "A foreign key across schemas ties two modules for ever.");
    }
  }
});

test("8: each third-party package has one home", () => {
  const wrong = imports(code)
    .filter(({ i }) => !/^[#./]/.test(i.specifier) && !isBuiltin(i.specifier))
    .filter(({ s, i }) => {
      const name = i.specifier
        .split("/")
        .slice(0, i.specifier.startsWith("@") ? 2 : 1)
        .join("/");
      return !(packageHomes[name] ?? []).some((home) => s.path.startsWith(home));
    });
  broken(
    wrong.map(({ s, i }) => at(s, i)),
    "A library with one home can be replaced in one place; add its home to tests/exceptions.ts with a decision page.",
  );
});

test("9: process.env only in kernel/config.ts; clock and randomness only through ctx", () => {
  const shipped = code.filter((s) => s.path.endsWith(".ts") && !s.path.startsWith("apps/server/") && !s.path.startsWith("ui/script/"));
  broken(
    shipped.filter((s) => /process\.env/.test(s.text) && s.path !== "kernel/config.ts").map((s) => s.path),
    "The environment has one reader.",
  );
  const clocks = /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\brandomUUID\(|\brandomBytes\(|\brandomInt\(/;
  broken(
    shipped.filter((s) => clocks.test(s.text) && !(s.path in randomnessAllowed)).map((s) => s.path),
    "What cannot be told the time cannot be tested; exceptions with a reason stand in tests/exceptions.ts.",
  );
});

test("10: no default exports, no barrel but index.ts, long files need a reason", () => {
  broken(
    all.filter((s) => s.path.endsWith(".ts") && /^export default /m.test(s.text)).map((s) => s.path),
    "A name is the same everywhere.",
  );
  const barrels = code.filter((s) => /^export \* from/m.test(s.text) && !/(^|\/)(index|api|ports)\.ts$/.test(s.path));
  broken(
    barrels.map((s) => s.path),
    "Only a door may re-export.",
  );
  const long = all.filter((s) => s.path.endsWith(".ts") && s.text.split("\n").length > 301 && !(s.path in longFiles));
  broken(
    long.map((s) => `${s.path} (${s.text.split("\n").length} lines)`),
    "Small files; a longer one needs a reason in tests/exceptions.ts.",
  );
  broken(
    Object.keys({ ...longFiles, ...randomnessAllowed }).filter((p) => !existsSync(join(root, p))),
    "The list of exceptions names files that are gone.",
  );
});

test("no module, driver, app or kernel file names a country", () => {
  const names = /\b(Burkina|Togo|Sénégal|Senegal|Mali|Ouagadougou|Lomé|Dakar|Bamako|Koudougou|FCFA|\+226|\+228)\b/;
  const shipped = code.filter((s) => !s.path.startsWith("tests/"));
  broken(
    shipped.filter((s) => names.test(s.text)).map((s) => `${s.path}: ${names.exec(s.text)?.[0]}`),
    "Data about a country is data: it lives in countries/.",
  );
});

test("resource folders hold no doors", () => {
  const wrong = code.filter((s) => /^modules\/[^/]+\/.+\/(index|api|ports|conformance)\.ts$/.test(s.path));
  broken(
    wrong.map((s) => s.path),
    "A module has one front.",
  );
});

function readdir(url: URL): string[] {
  return (process.getBuiltinModule("node:fs") as typeof import("node:fs")).readdirSync(url).filter((n) => n.endsWith(".sql"));
}

import { readFileSync } from "node:fs";
import { importPlant } from "#network/api";
import { Problem, say } from "#kernel";
import type { Config } from "#kernel/config";
import { withProgram } from "../program.ts";

/** `import-network <file> [--check] [--merge]`: the agency's own plant replaces (or completes) what is there: all lines or none. */
export async function run(config: Config, args: string[]): Promise<void> {
  const path = args.find((a) => !a.startsWith("--"));
  if (!path) throw new Error("usage: import-network <file.csv|file.geojson|netbox.json> [--check] [--merge]");
  const text = readFileSync(path, "utf8");
  const format = path.endsWith(".csv") ? "csv" : /"FeatureCollection"/.test(text) ? "geojson" : "netbox";
  await withProgram(config, async (kernel) => {
    try {
      const done = await kernel.call(
        importPlant,
        {
          format,
          text,
          mode: args.includes("--merge") ? "merge" : "replace",
          check: args.includes("--check"),
          note: path.split("/").at(-1)?.slice(0, 300) ?? "",
        },
        { caller: { kind: "system", module: "command" }, key: `import-network-${kernel.host.ids.uuid()}` },
      );
      const what = `${done.added} added, ${done.changed} changed, ${done.removed} removed, ${done.illustrative} illustrative`;
      console.log(args.includes("--check") ? `Would be imported: ${what}` : `Imported as revision ${done.revision}: ${what}`);
    } catch (error) {
      if (!(error instanceof Problem) || !error.more.fields) throw error;
      console.error(say(error.kind.title, "en"));
      for (const f of error.more.fields) console.error(`  ${f.path}: ${say(f.message, "en")}`);
      throw new Error("nothing was imported", { cause: error });
    }
  });
}

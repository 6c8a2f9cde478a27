import { Failed, withFile } from "../run.ts";
import { Refused, type Keeper, type Place } from "./keeper.ts";

/** One table and no other: outside its braces nothing is said but its own name, and within them no file is read. */
function isOurs(text: string): boolean {
  let depth = 0;
  for (const line of text.split("\n")) {
    const said = line
      .replace(/"[^"]*"/g, '""')
      .replace(/#.*/, "")
      .trimEnd();
    if (depth === 0 && !/^(?:(?:delete )?table inet toguna(?: \{)?)?$/.test(said)) return false;
    if (/(?:^|[;{}])\s*(?:include|define|redefine|undefine)\b|\\$/.test(said)) return false;
    for (const c of said) {
      if (c === "{") depth += 1;
      else if (c === "}" && --depth === 0 && said !== "}") return false;
      if (depth < 0) return false;
    }
  }
  return depth === 0;
}

/** nftables, our own table only, replaced in one transaction. */
export function filter({ run }: Place): Keeper {
  return {
    async put(text) {
      if (!isOurs(text)) throw new Refused("the filter touches tables that are not ours");
      try {
        await withFile(text, (path) => run(["nft", "-f", path]));
      } catch (error) {
        if (error instanceof Failed && error.result.code === 1) throw new Refused(error.message);
        throw error;
      }
    },
    read: () => run(["nft", "-s", "list", "table", "inet", "toguna"], { fine: [1] }),
    clear: async () => void (await run(["nft", "delete", "table", "inet", "toguna"], { fine: [1] })),
  };
}

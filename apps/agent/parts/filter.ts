import { Failed, withFile } from "../run.ts";
import { Refused, type Keeper, type Place } from "./keeper.ts";

/** nftables, our own table only, replaced in one transaction. */
export function filter({ run }: Place): Keeper {
  return {
    async put(text) {
      // one table and no other: the text may not touch what is not ours
      const others = [...text.matchAll(/^\s*(?:delete |add |flush )?table\s+(\S+)\s+(\S+)/gm)].filter(
        (m) => m[1] !== "inet" || m[2] !== "toguna",
      );
      if (others.length || /^\s*(?:flush ruleset|include)\b/m.test(text)) throw new Refused("the filter touches tables that are not ours");
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

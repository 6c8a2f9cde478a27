import { invite } from "#exchange";
import type { Config } from "#kernel/config";
import { withProgram } from "../program.ts";

/**
 * The token for one gateway. In a demonstration it is all that is needed; elsewhere an official of the centre still admits the
 * server, after comparing its fingerprint.
 */
export async function run(config: Config, args: string[]): Promise<void> {
  const [institution, code = "SRV1"] = args;
  if (!institution || !/^[A-Z0-9][A-Z0-9-]{0,19}$/.test(code))
    throw new Error("gateway-invite <institution> [CODE], for example: gateway-invite <id> SRV1");
  const token = await withProgram(config, async (kernel) => {
    const made = await kernel.transaction((ctx) => invite(ctx, { institution, code }), {
      caller: { kind: "system", module: "gateway-invite" },
    });
    return made.token;
  });
  console.log(`\nShown once, good for a week. On the institution’s machine:\n\n  npm run toguna -- gateway --join ${token}\n`);
}

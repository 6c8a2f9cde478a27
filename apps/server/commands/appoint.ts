import { randomBytes } from "node:crypto";
import { createOfficial } from "#identity";
import { appoint } from "#registry";
import type { Config } from "#kernel/config";
import { withProgram } from "../program.ts";

const usage =
  'usage: appoint <user name> "<name as printed>" <role> <institution>, for example: appoint awa.sanou "Awa Sanou" operator bf-anptic';

/**
 * `appoint`: the first official of a real installation, by whoever holds the machine. Every later one is appointed in the
 * console by two people. The password and the TOTP secret are printed once and kept nowhere in clear.
 */
export async function run(config: Config, args: string[]): Promise<void> {
  const [username, name, role, institution] = args;
  if (!username || !name || !role || !institution) throw new Error(usage);
  if (!/^[a-z0-9][a-z0-9._-]{2,59}$/.test(username)) throw new Error("a user name is 3 to 60 small letters, digits, dots, hyphens");
  const password = randomBytes(15).toString("base64url");
  await withProgram(config, async (kernel) => {
    const made = await kernel.transaction(
      async (ctx) => {
        const official = await createOfficial(ctx, { username, name, password });
        await appoint(ctx, { account: official.account, holder: name, institution, role });
        return official;
      },
      { caller: { kind: "system", module: "appoint" } },
    );
    if (!made.created) {
      console.log(`${username} has an account already, under its own password: the role ${role} at ${institution} is given to it.`);
      return;
    }
    console.log(`${name} is ${role} at ${institution}. Shown once, to be handed over in person:

  sign in at   ${config.origin}/bureau
  user name    ${username}
  password     ${password}
  TOTP secret  ${made.totpSecret ?? ""}
  ${made.totpUri ?? ""}`);
  });
}

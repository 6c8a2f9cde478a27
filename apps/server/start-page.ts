import type { Kernel } from "#kernel/kernel";
import { countsByBasis, demoPeople } from "#registry";
import type { Sandbox } from "../sandbox/index.ts";
import { demoPassword } from "./demo.ts";

/** What a newcomer sees in the terminal: where the doors are and who one can be. */
export async function startPage(
  kernel: Kernel,
  sandbox: Sandbox | undefined,
  exchange: { url: string } | undefined,
  seconds: number,
): Promise<string> {
  const { config, country } = kernel;
  const counts = await kernel.transaction((ctx) => countsByBasis(ctx), { readOnly: true });
  const row = (name: string, text: string) => `  ${name.padEnd(12)}${text}`;
  const lines = [
    "",
    `Toguna · ${country.name.fr} · ready in ${seconds.toFixed(1)} s${config.demo ? " · DEMONSTRATION" : ""}`,
    "",
    row("Portal", `${config.origin}/`),
    row("Desk", `${config.origin}/bureau`),
    row("Console", `${config.origin}/console`),
    row("API", `${config.origin}/api/openapi.json`),
    row("Health", `${config.origin}/healthz  /readyz  /metrics`),
  ];
  if (exchange) lines.push(row("Exchange", `${exchange.url}/r1/…  /listClients   (X-Road REST for the institutions' systems)`));
  if (config.demo) {
    lines.push(row("Phone", `${config.origin}/telephone   (the demonstration's SMS arrive here)`));
    if (sandbox) lines.push(row("Outside", `${sandbox.url}   (simulated registers; simulated mobile money at ${sandbox.url}/money)`));
  }
  lines.push(
    "",
    `  Establishments: ${counts.sourced} sourced, ${counts.derived} derived by a stated rule, ${counts.illustrative} illustrative`,
  );
  const people = country.get(demoPeople);
  if (config.demo && people.length) {
    lines.push("", `  Who one can be (all at ${config.origin}/demo):`);
    for (const p of people)
      lines.push(row("", `${`${p.name.given} ${p.name.family}`.padEnd(26)}${(p.login ?? p.phone ?? "").padEnd(24)}${p.introduction.en}`));
    lines.push("", `  Officials' password: ${demoPassword}   (the second code of the moment is on ${config.origin}/demo)`);
  }
  lines.push("");
  return lines.join("\n");
}

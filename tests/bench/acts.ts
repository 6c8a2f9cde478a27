import { render } from "#documents";
import { signPdf } from "#trust";
import type { LiveHouse } from "../live-house.ts";
import { people } from "../people.ts";
import { cpuSeconds } from "./cpu.ts";

/** Acts a CPU second (Node with its threads, and PostgreSQL): set in type, signed by the clerk, sealed by the court, two time stamps. */
export async function measureActs(
  house: LiveHouse,
  postgres: number,
  count: number,
): Promise<{ perCpuSecond: number; renderPerCpuSecond: number; bytes: number }> {
  const { samples } = await import("../../modules/documents/samples.ts");
  const host = house.world.kernel.host;
  const clerk = people("bf").official("court-clerk");
  const account = (await house.world.owner("select id from identity.account where username = $1", [clerk.login])).rows[0].id as string;
  const person = { account, name: `${clerk.name.given} ${clerk.name.family}` };
  const court = (await house.world.owner("select id, name->>'fr' as name from registry.institution where id = $1", [clerk.institution]))
    .rows[0] as { id: string; name: string };
  let bytes = 0;
  let n = 0;
  // another person, number and code each time: Typst remembers what it has set before, a court does not set the same act twice
  const another = (): typeof samples.act => {
    const mark = String(++n).padStart(6, "0");
    const own = JSON.parse(
      JSON.stringify(samples.act).replaceAll("000123", mark).replaceAll("Aminata", `Aminata ${mark}`),
    ) as typeof samples.act;
    return {
      ...own,
      identity: (own.identity ?? []).map((row, i) => ({ ...row, value: `${row.value} ${n + i}` })),
      verification: { ...own.verification, code: `${own.verification.code ?? ""}${mark}` },
    };
  };
  const act = async () => {
    const pdf = await render(host, "act", another());
    const signed = await signPdf(host, { pdf, institution: court, person, reason: "bench" });
    bytes = signed.pdf.length;
  };
  for (let i = 0; i < 10; i++) await act();
  let began = cpuSeconds(postgres);
  for (let i = 0; i < count; i++) await act();
  const perCpuSecond = count / (cpuSeconds(postgres) - began);
  began = cpuSeconds(postgres);
  for (let i = 0; i < count; i++) await render(host, "act", another());
  return { perCpuSecond, renderPerCpuSecond: count / (cpuSeconds(postgres) - began), bytes };
}

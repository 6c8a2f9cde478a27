/** After the faults: our books beside the operator's, row by row, as the owner of the tables. */
import pg from "pg";
import { demonstrationKey } from "../../apps/sandbox/index.ts";
import type { Walk } from "./walker.ts";

/** What is wrong, in words; nothing when every finished case was paid once, receipted once, issued once and recorded once. */
export async function compareBooks(ownerUrl: string, sandbox: string, walks: readonly Walk[]): Promise<string[]> {
  const wrong: string[] = [];
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  const rows = async <R>(text: string, values: unknown[] = []) => (await client.query(text, values)).rows as R[];
  try {
    const numbers = walks.map((w) => w.number as string);
    const cases = await rows<{ number: string; paid: number; receipts: number; acts: number; fee: number | null; references: string[] }>(
      `select c.number, (select count(*)::int from services.payment p where p.case_id = c.id and p.state = 'paid') paid,
         (select count(*)::int from services.receipt r where r.case_id = c.id) receipts, (select count(*)::int from services.act a where a.case_id = c.id) acts,
         (select total from services.receipt r where r.case_id = c.id) fee,
         (select coalesce(array_agg(reference), '{}') from services.payment p where p.case_id = c.id) as "references"
       from services.case_file c where c.number = any($1)`,
      [numbers],
    );
    if (cases.length !== walks.length) wrong.push(`${cases.length} cases for ${walks.length} walks`);
    const moved = await movements(sandbox);
    for (const c of cases) {
      if (c.paid !== 1 || c.receipts !== 1 || c.acts !== 1)
        wrong.push(`${c.number}: ${c.paid} paid, ${c.receipts} receipts, ${c.acts} acts`);
      const net = moved.filter((m) => c.references.includes(m.reference)).reduce((sum, m) => sum + m.amount, 0);
      if (net !== c.fee) wrong.push(`${c.number}: the operator moved ${net}, the receipt says ${c.fee}`);
    }
    for (const b of await rows<{ booking: string; sum: string }>(
      "select booking, sum(amount) sum from services.ledger_entry group by booking having sum(amount) <> 0",
    ))
      wrong.push(`booking ${b.booking} sums to ${b.sum}`);
    const once = ["case-started", "case-sent", "case-submitted", "fee-paid", "case-concluded", "act-issued"].map((t) => `services.${t}`);
    for (const f of await rows<{ type: string; subject: string; n: number }>(
      "select type, subject, count(*)::int n from kernel.fact where type = any($1) group by type, subject having count(*) > 1",
      [once],
    ))
      wrong.push(`${f.n} facts ${f.type} about ${f.subject}`);
    for (const f of await rows<{ type: string; number: string }>(
      `select t.type, n.number from unnest($1::text[]) t(type), unnest($2::text[]) n(number)
       where not exists (select 1 from kernel.fact f where f.type = t.type and f.subject = 'case:' || n.number)`,
      [once, numbers],
    ))
      wrong.push(`no fact ${f.type} about ${f.number}`);
  } finally {
    await client.end();
  }
  return wrong;
}

/** Everything the operator says it moved today and yesterday (a run may pass midnight). */
async function movements(sandbox: string): Promise<{ reference: string; amount: number }[]> {
  const lines: { reference: string; amount: number }[] = [];
  for (const back of [0, 1]) {
    const day = new Date(Date.now() - back * 86_400_000).toISOString().slice(0, 10);
    const answer = await fetch(`${sandbox}/money/orange-money/statements/${day}.csv`, {
      headers: { authorization: `Bearer ${demonstrationKey}` },
    });
    if (!answer.ok) throw new Error(`the operator's statement: ${answer.status}`);
    for (const line of (await answer.text()).trim().split("\r\n").slice(1)) {
      const [, reference = "", amount] = line.split(";");
      if (reference) lines.push({ reference, amount: Number(amount) });
    }
  }
  return lines;
}

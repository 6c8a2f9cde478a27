/** What the clerk reads before signing. Rendering talks to a worker, so nothing here waits inside a transaction. */
import { relay } from "#kernel";
import { render } from "#documents";
import { officialName } from "#identity";
import { roleById } from "#registry";
import { officeFolder, officialOf } from "../cases/access.ts";
import type { CaseRow } from "../cases/store.ts";
import type { Procedure } from "../catalogue/procedure.ts";
import type { previewAct as contract } from "../desk/contracts.ts";
import { applicantName } from "../desk/view.ts";
import { notNow } from "../problems.ts";
import { actData, type ActParts, lastDay, refusalData, type Setting } from "./compose.ts";
import { settingOf } from "./setting.ts";

interface Drafted {
  row: CaseRow;
  procedure: Procedure;
  setting: Setting;
  parts: ActParts & { name: string };
}

export const previewAct = relay<typeof contract, Drafted, Uint8Array>({
  async before(ctx, { number }) {
    const { row, procedure } = await officeFolder(ctx, number);
    if (row.state !== "decided" || !row.institution) throw notNow();
    const { account, role } = officialOf(ctx);
    const { validity } = procedure.output;
    return {
      row,
      procedure,
      setting: await settingOf(ctx, procedure, row.institution),
      parts: {
        validUntil: row.decision?.outcome === "granted" && validity ? lastDay(ctx.clock.today(), validity) : null,
        signing: { name: (await officialName(ctx, account)) ?? "", role: roleById(ctx, role)?.name.fr ?? "L’agent compétent" },
        draft: "Aperçu",
        name: applicantName(procedure, row),
      },
    };
  },
  outside: (out, { row, procedure, setting, parts }) =>
    row.decision?.outcome === "refused"
      ? render(out, "refusal", refusalData(procedure, row, setting, parts))
      : render(out, "act", actData(procedure, row, setting, parts)),
  async after(_ctx, { row }, bytes) {
    return {
      fileName: `apercu-${row.number}.pdf`,
      mediaType: "application/pdf",
      size: bytes.length,
      content: Buffer.from(bytes).toString("base64"),
      person: row.person,
    };
  },
});

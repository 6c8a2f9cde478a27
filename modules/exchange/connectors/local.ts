/** Connecting from the machine itself: on the house it publishes and connects, on a gateway it connects what the centre published. */
import { checkInput, type JobContext, T } from "#kernel";
import { clientOf, serviceOf } from "../directory/store.ts";
import { parseService } from "../protocol/identifier.ts";
import { connectionOf } from "./connection.ts";
import { connectFile, connectView } from "./contracts.ts";
import { type Definition, FileDefinition, isFile, ViewDefinition } from "./definition.ts";
import { bind, faultsOf, publish, type Typed } from "./handlers.ts";
import { connectionUnknown, connectorUnknown, definitionUnfit } from "./problems.ts";
import { misfits } from "./rules.ts";

export interface Connected {
  service: string;
  kind: "view" | "file";
  /** What keeps it from answering now; empty when it works. */
  faults: { fault: string; name?: string | undefined }[];
}

/** `said`: the text of the file. Throws a Problem that says what is wrong with it. */
export async function connectLocally(j: JobContext, said: string): Promise<Connected> {
  const { service, ...rest } = parsed(said) as { service?: unknown } & Record<string, unknown>;
  const id = typeof service === "string" ? parseService(service) : undefined;
  const definition = (rest.definition ?? {}) as Definition;
  checkInput(isFile(definition) ? T.Object({ definition: FileDefinition }) : T.Object({ definition: ViewDefinition }), { definition });
  if (!id) throw definitionUnfit({ detail: words("service: INSTANCE/CLASS/MEMBER/SUBSYSTEM/SERVICE") });
  const name = String(service);
  const subsystem = name.slice(0, name.lastIndexOf("/"));
  const institution = await j.transaction(async (ctx) => {
    const client = await clientOf(ctx.db, subsystem);
    if (!client) throw connectorUnknown();
    const at = connectionOf(ctx.config, definition.connection, client.institution);
    if (!at || (at.kind === "folder") !== isFile(definition)) throw connectionUnknown();
    if (ctx.config.role === "gateway") {
      const known = await serviceOf(ctx.db, name);
      const kind = isFile(definition) ? ("file" as const) : ("view" as const);
      if (known?.kind !== kind) throw connectorUnknown();
      const wrong = misfits(definition, known);
      if (wrong.length > 0) throw definitionUnfit({ detail: words(wrong.join("; ")) });
      await bind(ctx, { id: name, institution: client.institution, kind }, definition);
    } else {
      const typed = { subsystem, code: decodeURIComponent(name.slice(name.lastIndexOf("/") + 1)), ...rest };
      checkInput(isFile(definition) ? connectFile.input : connectView.input, typed);
      await publish(ctx, client.institution, typed as Typed);
    }
    return client.institution;
  });
  const faults = await faultsOf(j, connectionOf(j.config, definition.connection, institution), definition);
  return { service: name, kind: isFile(definition) ? "file" : "view", faults };
}

function parsed(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // said below
  }
  throw definitionUnfit({ detail: words("not a JSON object") });
}
const words = (text: string) => ({ fr: text, en: text });

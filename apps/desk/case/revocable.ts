import { signActs, type DeskCase } from "#services/api";
import type { Caller } from "#kernel";
import { may } from "#ui";

/** An act stands until whoever may sign withdraws it. */
export function revocable(caller: Caller, file: DeskCase): boolean {
  return file.state === "issued" && Boolean(file.act) && may(caller, signActs.id);
}

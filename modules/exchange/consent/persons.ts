/** Handlers reach the people's port by what the program learnt at its start. */
import { type Context, type Host, notFound } from "#kernel";
import { perProgram } from "../memory/program.ts";
import { type ConsentPersons, consentPersons } from "../ports.ts";

const held = perProgram(() => ({ persons: undefined as ConsentPersons | undefined }));

/** A gateway of its own knows no people: there the port is empty, and nobody is asked. */
export function learnPersons(host: Host): void {
  try {
    held(host).persons = host.port(consentPersons);
  } catch {
    held(host).persons = undefined;
  }
}

export function personsOf(ctx: Pick<Context, "config">): ConsentPersons {
  const { persons } = held(ctx);
  if (!persons) throw notFound();
  return persons;
}

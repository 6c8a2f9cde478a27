/** A terminal: wait for the prompt, say a command, take what comes until the prompt again, go on at each page. Pure; the line is somebody else's. */
import { EquipmentFault } from "#network/ports";
import type { Profile } from "./profiles.ts";

// CSI and OSC sequences of ECMA-48, and what a pager leaves to overwrite its own words
// oxlint-disable-next-line no-control-regex
const escapes = /\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007]*\u0007|\u001b[@-Z\\-_]/g;

export function plain(text: string): string {
  let out = text.replace(escapes, "");
  // a backspace takes back what was written
  for (let at = out.indexOf("\b"); at >= 0; at = out.indexOf("\b")) out = out.slice(0, Math.max(0, at - 1)) + out.slice(at + 1);
  return out.replaceAll("\r\r\n", "\n").replaceAll("\r\n", "\n");
}

/** What is written to the line, and what was answered to each command. */
export async function* dialogue(
  p: Profile,
  commands: readonly string[],
  source: AsyncGenerator<Buffer>,
  write: (text: string) => void,
): AsyncGenerator<string> {
  if (!p.prompt) throw new EquipmentFault("unfit", "a profile without a prompt");
  let kept = "";
  const toPrompt = async (): Promise<string> => {
    let taken = "";
    for (;;) {
      const end = p.prompt!.exec(kept);
      if (end) {
        const said = plain(taken + kept.slice(0, end.index));
        kept = "";
        return p.pager ? said.replaceAll(new RegExp(p.pager.says, "gm"), "") : said;
      }
      const page = p.pager?.says.exec(kept);
      if (page) {
        // its words stay until the end: what follows takes them back, character by character
        taken += kept;
        kept = "";
        write(p.pager!.answer);
        continue;
      }
      const next = await source.next();
      if (next.done) throw new EquipmentFault("cut", "the device ended the session");
      kept = (kept + next.value.toString("utf8")).replace(escapes, "");
    }
  };
  await toPrompt();
  for (const command of commands) {
    write(`${command}\n`);
    const said = await toPrompt();
    // a terminal repeats what it is told
    yield said.trimStart().startsWith(command) ? said.trimStart().slice(command.length).trimStart() : said;
  }
}

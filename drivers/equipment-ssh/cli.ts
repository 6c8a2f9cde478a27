import { EquipmentFault, type CliProfile, type EquipmentTarget, type Reading } from "#network/ports";
import type { Channel } from "ssh2";
import type { Connection } from "./connect.ts";
import { dialogue } from "./dialogue.ts";
import { profiles, type Profile } from "./profiles.ts";

export async function readByCommands(line: Connection, t: EquipmentTarget): Promise<Reading> {
  const profile = Object.hasOwn(profiles, t.profile ?? "") ? profiles[t.profile as CliProfile] : undefined;
  if (!profile) throw new EquipmentFault("unfit", "no such profile of commands");
  const reading: Reading = {};
  if (profile.mode === "exec")
    for (const c of profile.commands) {
      const { text, code } = await said(line, c.command);
      if (code !== 0 && c.optional && text.trim() === "") continue;
      if (code === 127 || (text.trim() === "" && !c.optional)) throw new EquipmentFault("unfit", `the device does not know: ${c.command}`);
      c.read(text, reading);
    }
  else await inShell(line, profile, reading);
  return reading;
}

async function said(line: Connection, command: string): Promise<{ text: string; code: number | null }> {
  const channel = await line.exec(command);
  let code: number | null = null;
  channel.on("exit", (c) => (code = c));
  const ended = new Promise<void>((done) => channel.on("close", () => done()));
  const parts: Buffer[] = [];
  for await (const part of line.read(channel)) parts.push(part);
  // the exit code may come after the last byte
  await Promise.race([ended, new Promise((done) => setTimeout(done, 500).unref())]);
  return { text: Buffer.concat(parts).toString("utf8"), code };
}

async function inShell(line: Connection, profile: Profile, reading: Reading): Promise<void> {
  const channel: Channel = await line.shell();
  const quiet = profile.quiet ?? [];
  const all = [...quiet, ...profile.commands.map((c) => c.command)];
  let i = 0;
  for await (const answer of dialogue(profile, all, line.read(channel), (text) => void channel.write(text))) {
    const command = profile.commands[i++ - quiet.length];
    if (command === undefined) continue;
    if (/^% *(Unknown|Invalid|Incomplete)|Command not found|syntax error/im.test(answer.slice(0, 300))) {
      if (!command.optional) throw new EquipmentFault("unfit", `the device does not know: ${command.command}`);
    } else command.read(answer, reading);
  }
  channel.end("exit\n");
}

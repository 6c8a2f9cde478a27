/**
 * Command lines as data: which commands, how its prompt looks, who understands what. A command is written here and nowhere else: nothing a
 * person types or a device says becomes part of one.
 */
import type { CliProfile, Reading } from "#network/ports";
import { frrInterfaces, frrVersion, ipJson, linuxSpeeds, linuxSystem, lldpJson } from "./decode.ts";

export interface Profile {
  /** `exec`: each command in a channel of its own. `shell`: a terminal with a prompt, as most equipment has it. */
  mode: "exec" | "shell";
  /** The end of what a device says when it waits; shells only. */
  prompt?: RegExp;
  /** What a device says in the middle of a long answer, and what makes it go on. */
  pager?: { says: RegExp; answer: string };
  /** Said first, its answer not looked at. */
  quiet?: readonly string[];
  commands: readonly {
    command: string;
    /** Its absence is none of the device's fault. */ optional: boolean;
    read(text: string, into: Reading): void;
  }[];
}

export const profiles: Readonly<Record<CliProfile, Profile>> = {
  linux: {
    mode: "exec",
    commands: [
      { command: "uname -srm; hostname; cat /proc/uptime", optional: false, read: linuxSystem },
      {
        command: "cat /sys/class/dmi/id/product_serial",
        optional: true,
        read: (text, into) => {
          const serial = text.trim();
          if (into.system && /^[\x21-\x7e]{3,60}$/.test(serial)) into.system.serial = serial;
        },
      },
      { command: "ip -j -s -d address show", optional: false, read: ipJson },
      { command: "grep -H . /sys/class/net/*/speed", optional: true, read: linuxSpeeds },
      { command: "lldpcli -f json0 show neighbors", optional: true, read: lldpJson },
    ],
  },
  frr: {
    mode: "shell",
    prompt: /(?:^|[\r\n])[A-Za-z0-9._-]{1,64}[>#] $/,
    pager: { says: /--More--|\(END\)|(?:^|[\r\n]):$/, answer: " " },
    quiet: ["terminal length 0"],
    commands: [
      { command: "show version", optional: false, read: frrVersion },
      { command: "show interface json", optional: false, read: frrInterfaces },
    ],
  },
};

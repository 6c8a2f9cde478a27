/** Texts of orders end in files that tools carry out line by line: what is not what it should be is refused before any tool is asked. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { filter } from "./filter.ts";
import { Refused, type Place } from "./keeper.ts";
import { overlay } from "./overlay.ts";

const place = (asked: (readonly string[])[]): Place => ({
  run: async (argv) => {
    asked.push(argv);
    return argv[0] === "wg" ? "" : "[]";
  },
  disk: { publicOf: () => "k", secret: () => "s" } as never,
  namespace: undefined,
});
const line = "10.0.0.0/8 dev wg0\nnetns exec x reboot\n#";

test("routes of a tunnel are prefixes, addresses and one of our own tunnels", async () => {
  for (const routes of [
    { interface: "wg0", prefixes: [line] },
    { interface: `wg0\n${line}`, prefixes: ["10.0.0.0/8"] },
    { interface: "wg0", prefixes: ["10.0.0.0/8"], source4: `10.0.0.1\n${line}` },
    { interface: "wg0", prefixes: ["fd00::/8"], source6: `fd00::1\n${line}` },
  ]) {
    const asked: (readonly string[])[] = [];
    await assert.rejects(overlay(place(asked), true).put(JSON.stringify({ interfaces: [], routes })), Refused);
    assert.deepEqual(asked, []);
  }
  await overlay(place([]), true).put(
    JSON.stringify({
      interfaces: [],
      routes: { interface: "wg0", prefixes: ["10.0.0.0/8", "fd00::/8"], source4: "10.0.0.1", source6: "fd00::1" },
    }),
  );
});

test("a filter names our own table and nothing else, wherever in a line", async () => {
  const own = "table inet toguna\ndelete table inet toguna\ntable inet toguna {\n chain c {\n  ct state established accept\n }\n}\n";
  for (const text of [
    `${own}add rule ip filter input accept\n`,
    `${own}flush chain ip nat postrouting\n`,
    "table inet toguna { }; delete table ip filter\n",
    `${own}; flush ruleset\n`,
    `${own}; include "/etc/shadow"\n`,
    `${own}define x = 1\n`,
  ]) {
    const asked: (readonly string[])[] = [];
    await assert.rejects(filter(place(asked)).put(text), Refused, text);
    assert.deepEqual(asked, []);
  }
  await filter(place([])).put(own);
});

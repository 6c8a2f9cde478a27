import assert from "node:assert/strict";
import { test } from "node:test";
import { back, effective, gone, look, nextLook, nothingSeen } from "./takeover.ts";

const conf = `[Interface]
ListenPort = 51820

# hub
[Peer]
PublicKey = H
AllowedIPs = 10.0.0.0/8, fd00::/8
Endpoint = 10.1.0.1:51820

# core
[Peer]
PublicKey = C
Endpoint = 10.1.0.2:51820
`;
const hub = "10.1.0.1/32";
const core = "10.1.0.2/32";
const takes = [{ gone: hub, stands: core, from: "H", to: "C", prefixes: ["10.0.0.0/8", "fd00::/8"] }];

test("the second peer has the prefixes while the first is gone, and only while it stands itself", () => {
  assert.equal(effective(conf, takes, new Set()), conf);
  assert.equal(effective(conf, takes, new Set([core])), conf);
  assert.equal(effective(conf, takes, new Set([hub, core])), conf, "to move helps nobody");
  const moved = effective(conf, takes, new Set([hub]));
  assert.match(moved, /PublicKey = H\nEndpoint/);
  assert.match(moved, /PublicKey = C\nAllowedIPs = 10\.0\.0\.0\/8, fd00::\/8\nEndpoint = 10\.1\.0\.2/);
  assert.match(moved, /^\[Interface\]\nListenPort = 51820\n/);
});

test("a prefix stands with one peer, whatever is said: what the first does not have is not taken, nor by a stranger", () => {
  const odd = effective(
    conf,
    [...takes, ...takes, { ...takes[0]!, prefixes: ["192.0.2.0/24"] }, { ...takes[0]!, to: "X" }],
    new Set([hub]),
  );
  assert.equal(odd.match(/10\.0\.0\.0\/8/g)?.length, 1);
  assert.doesNotMatch(odd, /192\.0\.2/);
  assert.match(effective(conf, [{ ...takes[0]!, to: "X" }], new Set([hub])), /PublicKey = H\nAllowedIPs/, "never handed to nobody");
});

test("gone after a moment, back after it has held; a flap in between begins anew", () => {
  const watched = [hub, core];
  const all = new Set(watched);
  const [here, missing] = [all, new Set([core])];
  let s = look(nothingSeen, watched, here, 0);
  assert.deepEqual([[...s.away], nextLook(s, 0)], [[], undefined]);
  s = look(s, watched, missing, 1000);
  assert.deepEqual([[...s.away], nextLook(s, 1000)], [[], gone]);
  assert.deepEqual([...look(s, watched, here, 1000 + gone - 1).away], [], "a way around was found");
  s = look(s, watched, missing, 1000 + gone);
  assert.deepEqual([[...s.away], nextLook(s, 1000 + gone)], [[hub], undefined]);
  s = look(s, watched, here, 2000);
  assert.deepEqual([[...s.away], nextLook(s, 2000)], [[hub], back]);
  s = look(s, watched, missing, 4000);
  s = look(s, watched, here, 5000);
  assert.deepEqual([...look(s, watched, here, 2000 + back + 1).away], [hub], "counted from the last time it came");
  s = look(s, watched, here, 5000 + back);
  assert.deepEqual([...s.away], []);
  assert.deepEqual([...look(s, [], here, 20_000).since], [], "what nobody asks about is forgotten");
});

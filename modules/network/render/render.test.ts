import assert from "node:assert/strict";
import { test } from "node:test";
import { smallIntent } from "../conformance.ts";
import { interfacesPart, render } from "./render.ts";
import { overlayPart } from "./overlay.ts";

const key = (node: string, slot: number) => `key-of-${node}-${slot}`;
const steady = { slots: [0] as const, sends: 0 as const, key };
const b = smallIntent(["a", "b"], 1);

test("FRR: OSPF for both families with BFD below it", () => {
  assert.equal(
    render(b, steady).routing.text,
    `frr defaults traditional
hostname b
!
interface lo
 ip ospf area 0
 ipv6 ospf6 area 0
exit
!
interface f-s1
 description cable to a
 ip ospf area 0
 ip ospf bfd
 ip ospf bfd profile near
 ip ospf cost 10
 ip ospf dead-interval 4
 ip ospf hello-interval 1
 ip ospf network point-to-point
 ipv6 ospf6 area 0
 ipv6 ospf6 bfd profile near
 ipv6 ospf6 cost 10
 ipv6 ospf6 dead-interval 4
 ipv6 ospf6 hello-interval 1
 ipv6 ospf6 network point-to-point
exit
!
router ospf
 ospf router-id 198.19.0.2
 timers throttle lsa all 100
 timers lsa min-arrival 50
 timers throttle spf 10 50 500
exit
!
router ospf6
 ospf6 router-id 198.19.0.2
 timers lsa min-arrival 50
 timers throttle spf 10 50 500
exit
!
bfd
 profile near
  detect-multiplier 3
  receive-interval 50
  transmit-interval 50
 exit
 !
exit
!
`,
  );
});

test("nftables: nothing but routing, the encrypted overlay, and what a rule lets through", () => {
  const text = render(b, steady).filter.text;
  assert.equal(
    text.slice(text.indexOf("  chain forward"), text.indexOf("  chain marking")),
    `  chain forward {
    type filter hook forward priority filter; policy drop;
    iifname @links oifname @links udp dport 51820-51829 accept
    iifname @links oifname @links meta l4proto { icmp, icmpv6 } accept
    ct state established,related accept
    ct state invalid drop
    iifname @segments jump between
    iifname @tunnels oifname @segments jump between
    counter drop
  }
  chain between {
    ip saddr @g1_4 ip daddr @g1_4 accept
    ip6 saddr @g1_6 ip6 daddr @g1_6 accept
  }
`,
  );
  assert.match(text, /chain input \{\n {4}type filter hook input priority filter; policy drop;/);
  assert.match(text, /^table inet toguna\ndelete table inet toguna\n/, "one transaction replaces the whole table");
  assert.match(text, /set g1_4 \{\n {4}type ipv4_addr\n {4}flags interval\n {4}auto-merge\n {4}elements = \{ 198\.18\.2\.0\/24 \}/);
  assert.match(text, /iifname "v100" ip dscp set 26/);
  assert.match(text, /ip dscp 26 meta priority set 1:20/);
});

test("WireGuard: the peer’s public key, never a private one; two slots while keys change, one to send by", () => {
  assert.deepEqual(overlayPart(b, steady), {
    interfaces: [
      {
        name: "wg0",
        slot: 0,
        mtu: 1420,
        conf: `[Interface]
ListenPort = 51820

# a
[Peer]
PublicKey = key-of-a-0
AllowedIPs = 198.18.1.0/24, fd00:198:1::/64, 198.19.2.1/32
Endpoint = 198.19.0.1:51820
PersistentKeepalive = 5
`,
        takeovers: [],
      },
    ],
    routes: {
      interface: "wg0",
      source4: "198.19.2.2",
      source6: "fd00:199:2::2",
      prefixes: ["198.18.1.0/24", "198.19.2.1/32", "fd00:198:1::/64"],
    },
  });
  const both = overlayPart(b, { slots: [0, 1], sends: 1, key });
  assert.deepEqual(both.interfaces.map((i) => [i.name, /ListenPort = (\d+)/.exec(i.conf)?.[1]]), [["wg0", "51820"], ["wg1", "51821"]]); // prettier-ignore
  assert.equal(both.routes?.interface, "wg1");
  const unknown = overlayPart(b, { slots: [0], sends: 0, key: () => undefined });
  assert.deepEqual(unknown.routes?.prefixes, [], "no way by a peer whose key nobody knows");
});

test("tc: each class its share, tunnels too; addresses with the length of their prefix", () => {
  const text = render(b, steady).classes.text;
  assert.equal(
    text.split("\n").slice(0, 4).join("\n"),
    `qdisc replace dev f-s1 root handle 1: htb default 30
class replace dev f-s1 parent 1: classid 1:1 htb rate 1000mbit ceil 1000mbit
class replace dev f-s1 parent 1:1 classid 1:10 htb rate 200mbit ceil 1000mbit prio 0
qdisc replace dev f-s1 parent 1:10 handle 10: pfifo limit 1000`,
  );
  assert.match(text, /dev wg0 root/);
  assert.deepEqual(interfacesPart(b), {
    loopback: ["198.19.0.2/32", "fd00:199::2/128", "198.19.2.2/32", "fd00:199:2::2/128"],
    links: [{ name: "f-s1", addresses: ["198.19.1.1/31", "fd00:199:1::1/127"] }],
    segments: [{ name: "v100", addresses: ["198.18.2.1/24", "fd00:198:2::1/64"] }],
  });
});

test("a node without the newer family, or without anything, is still rendered", () => {
  const v4 = { ...b, links: b.links.map(({ v6: _v6, ...l }) => l), segments: [], groups: [], rules: [] };
  delete (v4 as { loopback6?: string }).loopback6;
  assert.doesNotMatch(render(v4, steady).routing.text, /ospf6/);
  const bare = render({ ...v4, links: [] }, steady);
  assert.doesNotMatch(bare.filter.text, /elements = \{ {2}\}/);
  assert.deepEqual(render(b, steady), render(structuredClone(b), steady), "the same bytes each time");
});

test("another network: only what is written goes out and comes in; its packets meet the shared services’ ports and nothing else", () => {
  const peering = {
    id: "tg",
    name: "Lomé",
    interface: "p-1",
    localAs: 64_512,
    remoteAs: 64_513,
    v4: { address: "198.51.100.1/30", peer: "198.51.100.2" },
    announces: ["198.18.2.0/24"],
    accepts: ["0.0.0.0/0", "172.20.0.0/16", "203.0.113.0/24"],
  };
  const rules = [{ id: "abroad", from: "outside", to: "inst:inst-1", protocol: "tcp" as const, ports: [443] }];
  const n = { ...b, peerings: [peering], groups: [...b.groups, { id: "outside", v4: peering.accepts, v6: [] }], rules };
  const all = render(n, steady);
  const text = all.routing.text;
  assert.match(text, /ip prefix-list in-p0-4 seq 5 permit 0\.0\.0\.0\/0\nip prefix-list in-p0-4 seq 10 permit 172\.20\.0\.0\/16 le 24\n/);
  assert.match(text, /permit 203\.0\.113\.0\/24\nip prefix-list out-p0-4 seq 5 permit 198\.18\.2\.0\/24\n!/);
  assert.match(text, /router bgp 64512\n[\s\S]*neighbor 198\.51\.100\.2 ttl-security hops 1[\s\S]*maximum-prefix 100/);
  assert.match(all.filter.text, /iifname "p-1" ip saddr 198\.51\.100\.2 tcp dport 179 accept/);
  assert.match(all.filter.text, /iifname @outside oifname @segments jump between/);
  assert.doesNotMatch(all.filter.text, /@outside oifname @(?:links|tunnels)/, "nobody passes through us");
  assert.deepEqual(JSON.parse(all.interfaces.text).links.at(-1), { name: "p-1", addresses: ["198.51.100.1/30"] });
  assert.doesNotMatch(render(b, steady).routing.text, /bgp/);
});

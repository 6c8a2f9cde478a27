import type { NodeIntent } from "../intent/shapes.ts";
import { classIds } from "./nft.ts";

/**
 * Hierarchical token bucket, a batch for `tc`: each class is sure of its share and may take what the others leave. The
 * filter sets the class (`meta priority`), so that no packet is looked at twice. Inside a tunnel's packets nobody can look:
 * they are queued before they are encrypted, on the tunnel's own interface, at the pace of the node's fastest link.
 */
export function tcBatch(n: NodeIntent, tunnels: readonly string[]): string {
  const fastest = Math.max(0, ...n.links.map((l) => l.rate));
  const queues = [...n.links.map((l) => [l.interface, l.rate] as const), ...tunnels.map((t) => [t, fastest] as const)];
  const lines = queues.flatMap(([dev, rate]) => [
    `qdisc replace dev ${dev} root handle 1: htb default ${classIds.standard}`,
    `class replace dev ${dev} parent 1: classid 1:1 htb rate ${rate}mbit ceil ${rate}mbit`,
    ...n.qos.flatMap((q, i) => {
      const id = classIds[q.name];
      const share = Math.max(1, Math.round((rate * q.share) / 100));
      return [
        `class replace dev ${dev} parent 1:1 classid 1:${id} htb rate ${share}mbit ceil ${rate}mbit prio ${i}`,
        `qdisc replace dev ${dev} parent 1:${id} handle ${id}: pfifo limit 1000`,
      ];
    }),
  ]);
  return lines.length ? `${lines.join("\n")}\n` : "";
}

import type { Say } from "../plant/rules.ts";
import type { Peering, Plant } from "../plant/shapes.ts";
import { contains, overlaps, parseAddress, parseCidr, size, type Cidr } from "./prefix.ts";

/** Never another network's to tell (RFC 6890): this host, loopback, link-local, multicast and what lies above. */
const nobodys = ["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3", "::/8", "fe80::/10", "ff00::/8"].map((x) => parseCidr(x)!);

/** What does not hold together in sessions with other networks. A default route is believed only where it is written. */
export function peeringFaults(p: Plant, say: Say): void {
  const nodes = new Map(p.node.map((n) => [n.id, n]));
  const ours = p.prefix.flatMap((x) => parseCidr(x.prefix) ?? []);
  const spoken = new Map<string, string>();
  const systems = new Map<string, number>();
  for (const x of p.peering) {
    const at = nodes.get(x.node);
    if (!at) say("peering", x.id, "node", `le nœud « ${x.node} » n’existe pas.`, `there is no node “${x.node}”.`);
    else if (at.kind !== "core") say("peering", x.id, "node", "un voisin se raccorde à un cœur.", "another network is met at a core.");
    if (x.local_as === x.remote_as) say("peering", x.id, "remote_as", "c’est notre propre numéro.", "this is our own number.");
    const number = systems.get(x.node) ?? x.local_as;
    systems.set(x.node, number);
    if (number !== x.local_as)
      say("peering", x.id, "local_as", `ce nœud parle déjà au nom de l’AS ${number}.`, `this node speaks for AS ${number} already.`);
    if (!x.peer4 && !x.peer6) say("peering", x.id, "peer4", "il manque l’adresse du voisin.", "the neighbour’s address is missing.");
    for (const family of [4, 6] as const) ends(x, family, say);
    for (const [column, list] of [
      ["announces", x.announces ?? []],
      ["accepts", x.accepts ?? []],
    ] as const)
      for (const text of list) {
        const c = parseCidr(text);
        if (!c) say("peering", x.id, column, `« ${text} » n’est pas un préfixe.`, `“${text}” is no prefix.`);
        else if (column === "announces" && !ours.some((o) => contains(o, c)))
          say("peering", x.id, column, `${text} n’est pas à nous.`, `${text} is not ours.`);
        else if (column === "accepts" && c.length > 0) foreign(x, text, c);
      }
    for (const peer of [x.peer4, x.peer6]) {
      const by = peer && spoken.get(`${x.node}\n${peer}`);
      if (by) say("peering", x.id, "peer4", `${peer} est déjà le voisin ${by}.`, `${peer} is neighbour ${by} already.`);
      if (peer) spoken.set(`${x.node}\n${peer}`, x.id);
    }
  }
  function foreign(x: Peering, text: string, c: Cidr): void {
    const own = ours.find((o) => overlaps(o, c));
    if (own) say("peering", x.id, "accepts", `${text} recouvre nos adresses.`, `${text} overlaps our addresses.`);
    if (nobodys.some((n) => overlaps(n, c)))
      say("peering", x.id, "accepts", `${text} n’est l’adresse de personne.`, `${text} is nobody’s address.`);
  }
}

/** Both ends of a session stand in one prefix, and are two. */
function ends(x: Peering, family: 4 | 6, say: Say): void {
  const [own, peer] = family === 4 ? [x.own4, x.peer4] : [x.own6, x.peer6];
  const column = `own${family}`;
  if (!own && !peer) return;
  if (!own || !peer) return say("peering", x.id, column, "les deux adresses vont ensemble.", "both addresses go together.");
  const [address, length] = own.split("/");
  const [a, b] = [parseAddress(address!), parseAddress(peer)];
  const bits = family === 4 ? 32 : 128;
  const n = Number(length);
  const fits = a?.family === family && b?.family === family && /^\d{1,3}$/.test(length ?? "") && n <= bits;
  if (!fits) return say("peering", x.id, column, "ce ne sont pas des adresses.", "these are no addresses.");
  const block = size({ family, length: n });
  if (a!.base === b!.base || a!.base / block !== b!.base / block)
    say("peering", x.id, column, `${peer} n’est pas à l’autre bout de ${own}.`, `${peer} is not at the other end of ${own}.`);
}

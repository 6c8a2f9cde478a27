/** A cause in words for people: what, how it is known, what it takes down. Pure. */
import { messages, type Text } from "#kernel";
import { figure } from "../resilience/explain.ts";
import { spanName, type Model } from "../resilience/model.ts";
import type { Finding } from "./correlate.ts";

const ductsOf = new WeakMap<Model, Map<string, string>>();

/** What people call a span, a duct or a node; its id when nobody named it. */
export function elementName(m: Model, id: string): string {
  const v = m.at.get(id);
  if (v !== undefined) return m.nodes[v]!.name;
  const l = m.span.get(id);
  if (l !== undefined) return spanName(m, m.spans[l]!);
  let ducts = ductsOf.get(m);
  if (!ducts) ductsOf.set(m, (ducts = new Map(m.plant.duct.map((d) => [d.id, d.name]))));
  return ducts.get(id) ?? id;
}

const words = messages({
  fr: {
    span: (x: string, how: string) => `Coupure probable de la liaison «\u202f${x}\u202f»\u202f: ${how}.`,
    shared: (x: string) => `Coupure probable à «\u202f${x}\u202f»\u202f: les liaisons qui y passent sont tombées ensemble.`,
    carrier: "la lumière n’arrive plus",
    adjacency: "les deux bouts ne se parlent plus",
    silence: "plus personne n’est entendu au-delà",
    lit: (x: string) =>
      `La liaison «\u202f${x}\u202f» ne transporte plus rien, alors que la lumière arrive\u202f: équipement de transmission ou circuit loué.`,
    node: (x: string) => `«\u202f${x}\u202f» est à l’arrêt\u202f: ses liaisons sont tombées ensemble et son agent se tait.`,
    dark: (x: string, charge: string) =>
      `«\u202f${x}\u202f» s’est arrêté faute de courant\u202f: il disait tourner sur sa batterie${charge}.`,
    battery: (x: string, charge: string) => `«\u202f${x}\u202f» tourne sur sa batterie${charge}.`,
    charge: (n: string) => ` (${n}\u00a0%)`,
    agent: (x: string) => `L’agent de «\u202f${x}\u202f» se tait, mais rien n’indique que le site soit coupé.`,
    nobody: "Plus aucun agent n’est entendu\u202f: c’est sans doute l’accès à cette maison qui manque, pas les sites.",
    loss: (x: string, n: string, bound: string) => `«\u202f${x}\u202f» perd ${n}\u00a0% des paquets (seuil\u202f: ${bound}\u00a0%).`,
    delay: (x: string, n: string, bound: string) =>
      `L’aller-retour sur «\u202f${x}\u202f» prend ${n}\u00a0ms (seuil\u202f: ${bound}\u00a0ms).`,
    load: (x: string, n: string, bound: string) => `«\u202f${x}\u202f» est chargée à ${n}\u00a0% (seuil\u202f: ${bound}\u00a0%).`,
    light: (x: string, n: string) =>
      `La lumière arrive trop faible au bout de «\u202f${x}\u202f»\u202f: ${n}\u00a0dB sous le minimum. Connecteur sale, épissure ou fibre pliée, avant la coupure.`,
    none: "Aucun site n’est isolé\u202f: le trafic passe ailleurs.",
    one: "Un site est sans réseau.",
    many: (n: string) => `${n}\u00a0sites sont sans réseau.`,
  },
  en: {
    span: (x: string, how: string) => `The span “${x}” is probably cut: ${how}.`,
    shared: (x: string) => `Probably cut at “${x}”: the spans that pass there went down together.`,
    carrier: "no light arrives",
    adjacency: "its two ends no longer hear each other",
    silence: "nobody beyond it is heard any more",
    lit: (x: string) => `The span “${x}” carries nothing although light arrives: transmission equipment, or the leased circuit.`,
    node: (x: string) => `“${x}” is down: its spans went down together and its agent is silent.`,
    dark: (x: string, charge: string) => `“${x}” went down for want of power: it said that it ran on its battery${charge}.`,
    battery: (x: string, charge: string) => `“${x}” runs on its battery${charge}.`,
    charge: (n: string) => ` (${n} %)`,
    agent: (x: string) => `The agent of “${x}” is silent, but nothing says that the site is cut off.`,
    nobody: "No agent is heard any more: it is probably the way to this house that is missing, not the sites.",
    loss: (x: string, n: string, bound: string) => `“${x}” loses ${n} % of packets (bound: ${bound} %).`,
    delay: (x: string, n: string, bound: string) => `There and back over “${x}” takes ${n} ms (bound: ${bound} ms).`,
    load: (x: string, n: string, bound: string) => `“${x}” is loaded to ${n} % (bound: ${bound} %).`,
    light: (x: string, n: string) =>
      `Light arrives too weak at the end of “${x}”: ${n} dB below the least. A dirty connector, a splice or a bent fibre, before the cut.`,
    none: "No site is cut off: traffic goes another way.",
    one: "One site is without network.",
    many: (n: string) => `${n} sites are without network.`,
  },
});

export function explain(m: Model, f: Finding, sites: number): Text {
  const name = elementName(m, f.element);
  const say = (lang: "fr" | "en"): string => {
    const w = words(lang);
    const n = (x: number | undefined) => figure(lang, x ?? 0);
    const charge = f.value === undefined ? "" : w.charge(n(f.value));
    const effect = sites === 0 ? w.none : sites === 1 ? w.one : w.many(n(sites));
    switch (f.kind) {
      case "silent-agent":
        return f.silent.length > 1 ? w.nobody : w.agent(name);
      case "power":
        return f.silent.length ? `${w.dark(name, charge)} ${effect}` : w.battery(name, charge);
      case "loss":
        return w.loss(name, n((f.value ?? 0) * 100), n((f.bound ?? 0) * 100));
      case "delay":
        return w.delay(name, n(f.value), n(f.bound));
      case "saturation":
        return w.load(name, n((f.value ?? 0) * 100), n((f.bound ?? 0) * 100));
      case "optical":
        return w.light(name, n(-(f.value ?? 0)));
      case "node-down":
        return `${w.node(name)} ${effect}`;
      case "link-down":
        return `${w.lit(name)} ${effect}`;
      default: {
        const how = f.by === "silence" ? w.silence : f.by === "adjacency" ? w.adjacency : w.carrier;
        return `${m.span.has(f.element) ? w.span(name, how) : w.shared(name)} ${effect}`;
      }
    }
  };
  return { fr: say("fr"), en: say("en") };
}

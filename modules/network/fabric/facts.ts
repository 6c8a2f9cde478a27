/** What is remembered of sites being configured. Subject: `network:node:<id>`, or `network:fabric`. */
import { fact, T } from "#kernel";

export const nodeConfigured = fact(
  "network.node-configured",
  T.Object({ operation: T.String(), cause: T.Enum(["change", "undo", "drift"]), state: T.String(), ref: T.Optional(T.String()) }),
  { fr: "La configuration d’un site a changé", en: "A site’s configuration changed" },
);
export const driftRepaired = fact("network.drift-repaired", T.Object({ parts: T.Array(T.String()) }), {
  fr: "Un agent a corrigé ce qui avait été modifié sur place",
  en: "An agent put right what had been changed on the spot",
});
export const agentEnrolled = fact("network.agent-enrolled", T.Object({ publicKey: T.String() }), {
  fr: "L’agent d’un site a été inscrit",
  en: "A site’s agent was enrolled",
});
export const agentDismissed = fact("network.agent-dismissed", T.Object({}), {
  fr: "L’agent d’un site a été écarté",
  en: "A site’s agent was dismissed",
});
export const fabricInService = fact("network.fabric-in-service", T.Object({ nodes: T.Integer() }), {
  fr: "Le réseau a été mis en service",
  en: "The network was put in service",
});
export const keysRotated = fact("network.keys-rotated", T.Object({ rotation: T.Integer(), phase: T.String() }), {
  fr: "Les clés des tunnels sont renouvelées",
  en: "The tunnels’ keys are being renewed",
});
export const operationCommanded = fact("network.operation-commanded", T.Object({ operation: T.String(), command: T.String() }), {
  fr: "Quelqu’un est intervenu sur une opération du réseau",
  en: "Somebody intervened in an operation of the network",
});
export const fabricFacts = [nodeConfigured, driftRepaired, agentEnrolled, agentDismissed, fabricInService, keysRotated, operationCommanded];

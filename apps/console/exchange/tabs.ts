import type { Html, PageContext } from "#kernel";
import { tabs, may } from "#ui";
import { words } from "./words.ts";

/** The views of the exchange, each with what a role must hold to open it. */
const views = [
  { name: "directory", path: "/console/echanges", permission: "exchange.read-rights" },
  { name: "members", path: "/console/echanges/membres", permission: "exchange.read-rights" },
  { name: "rights", path: "/console/echanges/droits", permission: "exchange.read-rights" },
  { name: "proposals", path: "/console/echanges/propositions", permission: "exchange.read-rights" },
  { name: "traffic", path: "/console/echanges/trafic", permission: "exchange.read-traffic" },
  { name: "diagnoses", path: "/console/echanges/diagnostics", permission: "exchange.read-operations" },
  { name: "year", path: "/console/echanges/bilan", permission: "exchange.read-operations" },
  { name: "servers", path: "/console/echanges/passerelles", permission: "exchange.read-servers" },
  { name: "federation", path: "/console/echanges/federation", permission: "exchange.read-servers" },
  { name: "classes", path: "/console/echanges/classes", permission: "exchange.read-rights" },
  { name: "outbox", path: "/console/echanges/attente", permission: "exchange.read-outbox" },
  { name: "sources", path: "/console/echanges/sources", permission: "exchange.manage-services" },
  { name: "rooms", path: "/console/echanges/salles", permission: "exchange.read-traffic" },
  { name: "log", path: "/console/echanges/journal", permission: "exchange.search-log" },
] as const;
export type View = (typeof views)[number]["name"];

export function exchangeTabs(p: PageContext, current: View, waiting?: number): Html {
  const w = words(p.lang);
  return tabs(
    w.views,
    views
      .filter((view) => may(p.caller, view.permission))
      .map((view) => ({
        href: view.path,
        text: view.name === "proposals" && waiting ? `${w.proposals} (${waiting})` : w[view.name],
        current: view.name === current,
      })),
  );
}

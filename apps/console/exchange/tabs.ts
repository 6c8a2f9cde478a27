import type { Html, PageContext } from "#kernel";
import { tabs, may } from "#ui";

import { words } from "./words.ts";

export function exchangeTabs(p: PageContext, current: "directory" | "rights" | "log"): Html {
  const w = words(p.lang);
  return tabs(w.views, [
    { href: "/console/echanges", text: w.directory, current: current === "directory" },
    { href: "/console/echanges/droits", text: w.rights, current: current === "rights" },
    ...(may(p.caller, "exchange.search-log") ? [{ href: "/console/echanges/journal", text: w.log, current: current === "log" }] : []),
  ]);
}

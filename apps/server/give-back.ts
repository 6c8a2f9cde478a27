import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Reading the country or the directory and compiling the contracts leave 100 MB of garbage that an idle V8 would keep for hours: collected once. */
export function giveBack(): void {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
}

import { keysConformance } from "./conformance.ts";
import { memoryKeys } from "./test-keys.ts";

keysConformance("keys in memory", async () => memoryKeys());

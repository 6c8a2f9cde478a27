import { randomUUID } from "node:crypto";
import { keysConformance } from "#trust/conformance";
import { memoryKeys } from "./index.ts";

keysConformance("keys-memory", async () => memoryKeys(() => randomUUID()));

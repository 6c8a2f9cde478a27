import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { paymentConformance } from "#services/conformance";
import { createSimulator } from "./index.ts";

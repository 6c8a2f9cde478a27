/** `npm run golden`: writes every outer surface as a file, so that a change of it is read in a diff. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { goldenFiles } from "./golden-files.ts";
import { root } from "./tree.ts";

mkdirSync(join(root, "golden"), { recursive: true });
for (const [name, text] of Object.entries(await goldenFiles())) writeFileSync(join(root, "golden", name), text);
console.log("golden/ is written: read the diff.");
process.exit(0);

// A thread that sets type. Typst is synchronous: here it blocks nobody.
import { fileURLToPath } from "node:url";
import { parentPort } from "node:worker_threads";
import { NodeCompiler, type NodeTypstDocument } from "@myriaddreamin/typst-ts-node-compiler";
import { coverage, fontBlobs } from "./fonts.ts";
import { prepare } from "./prepare.ts";
import type { TemplateName, Templates } from "./shapes.ts";

export interface RenderRequest {
  id: number;
  template: TemplateName;
  data: Templates[TemplateName];
  /** Creation date in the file, seconds since 1970. */
  createdAt: number;
}
export type RenderAnswer = { id: number; pdf: Uint8Array<ArrayBuffer>; replaced: string[] } | { id: number; error: string };

const folder = fileURLToPath(new URL("./templates/", import.meta.url));
const compiler = NodeCompiler.create({ workspace: folder, fontArgs: [{ fontBlobs: fontBlobs() }] });
// Without eviction the memo of old documents grows by a quarter megabyte each.
const EVICT_EVERY = 10;
let done = 0;

const compile = (template: TemplateName, inputs: Record<string, string>): NodeTypstDocument => {
  const compiled = compiler.compile({ mainFilePath: `${folder}${template}.typ`, inputs });
  if (compiled.result !== null) return compiled.result;
  throw new Error(JSON.stringify(compiled.takeError()?.shortDiagnostics ?? "no document"));
};

const render = (request: RenderRequest): RenderAnswer => {
  const { json: data, replaced } = prepare(request.data, coverage());
  const usual = compile(request.template, { data });
  let document = usual;
  // A second page that tighter setting makes unnecessary is one people lose.
  for (const density of usual.numOfPages === 2 ? ["snug", "compact"] : []) {
    document = compile(request.template, { data, density });
    if (document.numOfPages === 1) break;
    document = usual;
  }
  // A-2b and not A-3b: nothing is attached, so the stricter claim is the true one.
  const pdf = compiler.pdf(document, { pdfStandard: "a-2b", creationTimestamp: request.createdAt });
  return { id: request.id, pdf: new Uint8Array(pdf), replaced };
};

parentPort?.on("message", (request: RenderRequest) => {
  let answer: RenderAnswer;
  try {
    answer = render(request);
  } catch (error) {
    answer = { id: request.id, error: error instanceof Error ? error.message : String(error) };
  }
  done += 1;
  if (done % EVICT_EVERY === 0) compiler.evictCache(1);
  parentPort?.postMessage(answer, "pdf" in answer ? [answer.pdf.buffer] : []);
});

// Builds ui/static from ui/scss and ui/script. Run `node ui/build.mjs` after a change; `--check` compares only.
// Development tools (sass, govuk-frontend, esbuild) are needed here and nowhere at run time: the result is committed.
import { readFile, readdir, writeFile } from "node:fs/promises";
import { brotliCompressSync } from "node:zlib";
import { transform } from "esbuild";
import * as sass from "sass";

const here = new URL("./", import.meta.url);
const govuk = new URL("../node_modules/govuk-frontend/dist/", here);

/** Reads CSS as printed by sass (no comments) into nested rules. */
function parse(css) {
  const root = [];
  const stack = [root];
  let text = "";
  let quote = "";
  for (const char of css) {
    if (quote) {
      text += char;
      if (char === quote) quote = "";
    } else if (char === '"' || char === "'") {
      quote = char;
      text += char;
    } else if (char === "{") {
      const rule = { head: text.trim(), body: [] };
      stack.at(-1).push(rule);
      stack.push(rule.body);
      text = "";
    } else if (char === "}") {
      if (text.trim()) stack.at(-1).push(text.trim());
      stack.pop();
      text = "";
    } else if (char === ";") {
      if (text.trim()) stack.at(-1).push(text.trim());
      text = "";
    } else text += char;
  }
  return root;
}

const print = (nodes) => nodes.map((n) => (typeof n === "string" ? `${n};` : `${n.head}{${print(n.body)}}`)).join("");

// Repeated in every govuk component for pages whose body we do not own; ours sets them once.
const idle = /^(font-family:\s*inherit|-webkit-font-smoothing|-moz-osx-font-smoothing|word-wrap)/;
// Workarounds for browsers that cannot speak TLS 1.2 to us any more.
const legacy = /^@supports (not \((caret-color|text-wrap)|\(padding)/;

/** Keeps the govuk-* selectors our components name, and drops what inherits anyway. */
function purge(nodes, isUsed) {
  return nodes.flatMap((node) => {
    if (typeof node === "string") return idle.test(node) ? [] : [node];
    if (legacy.test(node.head)) return [];
    let head = node.head.replace(", (-ms-high-contrast: active)", "");
    if (!head.startsWith("@")) {
      const kept = head.split(/,(?![^(]*\))/).filter((selector) => (selector.match(/govuk-[\w-]+/g) ?? []).every(isUsed));
      if (kept.length === 0) return [];
      head = kept.join(",");
    }
    const body = purge(node.body, isUsed);
    return body.length ? [{ head, body }] : [];
  });
}

/** `var(--govuk-input-border-colour, #0b0c0c)` becomes this house's `var(--edge)`. */
const colours = {
  text: "ink",
  "secondary-text": "soft",
  focus: "glow",
  "focus-text": "night",
  error: "bad",
  border: "line",
  "input-border": "edge",
  hover: "line",
  link: "link",
  "link-hover": "ink",
  "link-active": "ink",
  "link-visited": "link",
  "body-background": "paper",
};
function recolour(css) {
  return css.replace(/var\(--govuk-([\w-]+)-colour,\s*#?\w+\)/g, (_, name) => {
    if (!colours[name]) throw new Error(`ui/build.mjs has no colour for govuk "${name}"`);
    return name === "focus-text" ? "#1d1f47" : `var(--${colours[name]})`;
  });
}

/** The text of every component, where class names are written whole (never pieced together). */
async function sources() {
  const names = (await readdir(here)).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
  return (await Promise.all(names.map((name) => readFile(new URL(name, here), "utf8")))).join("\n");
}

async function css(name, used) {
  const { css: full } = sass.compile(new URL(`scss/${name}.scss`, here).pathname, {
    loadPaths: [govuk.pathname],
    logger: sass.Logger.silent,
    charset: false,
  });
  const plain = full.replace(/\/\*[\s\S]*?\*\//g, "");
  const lean = recolour(print(purge(parse(plain), (cls) => used.has(cls))));
  return (
    await transform(lean, {
      loader: "css",
      minify: true,
      target: ["chrome80", "firefox78", "safari13"],
    })
  ).code;
}

async function script(name) {
  const source = await readFile(new URL(`script/${name}.ts`, here), "utf8");
  return (await transform(source, { loader: "ts", minify: true, format: "iife", target: "es2019" })).code;
}

export async function build() {
  const used = new Set((await sources()).match(/govuk-[\w-]+/g));
  const files = {};
  for (const file of await readdir(new URL("scss/", here)))
    if (!file.startsWith("_")) files[file.replace(".scss", ".css")] = await css(file.replace(".scss", ""), used);
  for (const file of await readdir(new URL("script/", here)))
    if (!file.endsWith(".test.ts")) files[file.replace(".ts", ".js")] = await script(file.replace(".ts", ""));
  return files;
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const files = await build();
  let stale = 0;
  for (const [name, text] of Object.entries(files)) {
    const target = new URL(`static/${name}`, here);
    const committed = await readFile(target, "utf8").catch(() => "");
    if (process.argv.includes("--check")) {
      if (committed !== text) {
        stale++;
        console.error(`ui/static/${name} is not what ui/scss and ui/script make: run node ui/build.mjs`);
      }
    } else {
      if (committed !== text) await writeFile(target, text);
      console.log(`${name}\t${text.length} B\tbrotli ${brotliCompressSync(text).length} B`);
    }
  }
  process.exitCode = stale ? 1 : 0;
}

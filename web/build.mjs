// Bundles the element into bot/channels/page/assistant.js, which is committed: the bot needs no Node.
// The digest of the sources stands in its first line; tests/page/test_bundle.py recomputes it.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const OUT = new URL("../bot/channels/page/assistant.js", import.meta.url);
const here = new URL(".", import.meta.url);
const sources = [
  "build.mjs",
  "package-lock.json",
  "package.json",
  ...readdirSync(new URL("src/", here)).map((name) => `src/${name}`),
].sort();

const digest = createHash("sha256");
for (const name of sources) {
  const content = readFileSync(new URL(name, here));
  digest.update(`${name}\0${content.length}\0`).update(content);
}

const result = await build({
  absWorkingDir: decodeURIComponent(here.pathname),
  entryPoints: ["src/assistant.js"],
  bundle: true,
  // A classic script: a page of another origin loads it without CORS.
  format: "iife",
  minify: true,
  target: ["chrome123", "firefox120", "safari17.5"],
  loader: { ".css": "text" },
  charset: "utf8",
  legalComments: "none",
  write: false,
});
const licence = readFileSync(new URL("node_modules/lit/LICENSE", here), "utf8").trim().replaceAll("*/", "* /");
const head = `/* calciphylaxis-assistant; sources sha256 ${digest.digest("hex")}; made by web/build.mjs, not by hand */\n`;
writeFileSync(OUT, `${head}/* Holds Lit 3:\n${licence}\n*/\n${result.outputFiles[0].text}`);
console.log(`${decodeURIComponent(OUT.pathname)}: ${result.outputFiles[0].contents.length} bytes of code`);

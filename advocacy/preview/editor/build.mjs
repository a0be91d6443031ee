// Bundles the editor into ../page/, with the licences of what is in it.

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const page = join(here, "..", "page");

// hatch_build.py computes the same, to tell whether a bundle is of these sources.
const digest = createHash("sha256");
const sources = [
  "build.mjs", "blocks.js", "chips.js", "completing.js", "editor.js", "package-lock.json",
  "pasting.js", "theme.js", "../page/dom.js", "../page/words.js",
];
for (const name of sources) {
  digest.update(readFileSync(join(here, name)));
}

const result = await build({
  absWorkingDir: here,
  entryPoints: ["editor.js"],
  outfile: join(page, "editor.bundle.js"),
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  legalComments: "none",
  metafile: true,
  banner: { js: `// advocacy editor ${digest.digest("hex")}; licences: editor.licenses.txt` },
});

const names = new Set();
for (const input of Object.keys(result.metafile.inputs)) {
  const found = input.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//);
  if (found) names.add(found[1]);
}
const parts = [...names].sort().map((name) => {
  const folder = join(here, "node_modules", name);
  const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
  if (!file || !existsSync(join(folder, file))) throw new Error(`${name} has no licence file`);
  return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
});
writeFileSync(join(page, "editor.licenses.txt"), parts.join(`\n${"-".repeat(80)}\n\n`));
console.log(`editor.bundle.js: ${names.size} packages, each with its licence`);

#!/usr/bin/env node
// Writes every generated file (npm run generate), or with --check says which are stale and exits 1.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { generatedFiles } from "../dist/schemas.js";
import { builtinTypes } from "./builtin-types.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const check = process.argv.includes("--check");
const stale = [];

const files = await generatedFiles((path) => readFile(join(root, path), "utf8"));
for (const [path, text] of [...files, ["src/rehearsal/schema/builtin-types.json", await builtinTypes()]]) {
  const current = await readFile(join(root, path), "utf8").catch(() => undefined);
  if (current === text) continue;
  stale.push(`${path}: ${difference(current, text)}`);
  if (check) continue;
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}

for (const line of stale) console.error(check ? line : `wrote ${line}`);
if (check && stale.length > 0) {
  console.error(`${stale.length} generated file(s) out of date: run npm run generate and commit the result`);
  process.exitCode = 1;
}

/** Where the file on disk first departs from what it is generated to. */
function difference(current, text) {
  if (current === undefined) return "not there yet";
  const have = current.split("\n");
  const want = text.split("\n");
  const line = want.findIndex((content, index) => content !== have[index]);
  const index = line === -1 ? want.length : line;
  return `line ${index + 1} is ${quote(have[index])}, generated ${quote(want[index])}`;
}

function quote(line) {
  return line === undefined ? "missing" : JSON.stringify(line);
}

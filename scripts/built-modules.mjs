// Modules of src/ for scripts that measure or train, built into node_modules/.cache.
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const root = resolve(import.meta.dirname, "..");

/** Builds the named modules of src/, such as `planner/provision`, into the cache called `cache`. */
export async function buildModules(cache, names) {
  const { build } = await import("tsdown");
  const entry = Object.fromEntries(names.map((name) => [name.split("/").at(-1), join(root, "src", `${name}.ts`)]));
  await build({ config: false, entry, outDir: folderOf(cache), dts: false, logLevel: "error" });
}

/** One of them, by its last name. */
export function loadModule(cache, name) {
  return import(pathToFileURL(join(folderOf(cache), `${name}.mjs`)).href);
}

const folderOf = (cache) => join(root, "node_modules", ".cache", cache);

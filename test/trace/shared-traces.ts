import { existsSync } from "node:fs";
import { join } from "node:path";

const folder = new URL("../../../shared/traces/", import.meta.url).pathname;

/** Where the public traces lie beside the checkout; undefined, and said so, where they do not. */
export function sharedTrace(file: string): string | undefined {
  const path = join(folder, file);
  if (existsSync(path)) return path;
  console.warn(`SKIPPED: there is no ${path}`);
  return undefined;
}

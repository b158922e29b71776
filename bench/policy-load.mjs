// The modules that the benchmark of policies measures, built once into node_modules/.cache.
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

import { buildModules, loadModule } from "../scripts/built-modules.mjs";

export const root = resolve(import.meta.dirname, "..");
const modules = [
  "cli/simulate/roster",
  "cli/simulate/jobs-results",
  "policy/release/aura-release",
  "policy/waste/score",
  "report/simulation/cost-wait-plot",
  "report/simulation/lines-plot",
  "report/simulation/plot",
  "report/simulation/scale",
  "report/simulation/scatter-plot",
  "report/simulation/style",
  "simulate/optimum",
  "simulate/rates",
  "simulate/rates-policies",
  "simulate/simulate",
  "simulate/world/world-of",
  "trace/demand/generate-trace",
  "trace/read/read-trace",
  "trace/resample",
  "trace/subsets",
  "trace/usage/generate-usage",
];

const cache = "bench-policy";

export const buildPolicyModules = () => buildModules(cache, modules);

export const load = (name) => loadModule(cache, name);

/** Where the public traces lie; undefined where they do not. */
export function tracesFolder() {
  const folder = process.env.AURA_TRACES ?? join(root, "..", "shared", "traces");
  return existsSync(join(folder, "philly_10d.csv.gz")) ? folder : undefined;
}

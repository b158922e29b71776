import { simulationJsonSchema } from "../report/simulation/results-schema.ts";
import { environmentJsonSchema } from "../spec/json-schema.ts";
import { loadEnvironment } from "../spec/load.ts";
import { synthesize } from "../synth/bundle.ts";
import { summaryJsonSchema } from "../timeline/summary-schema.ts";
import { adviceJsonSchema } from "./advise/advice-schema.ts";
import { catalogNames } from "./catalog-names.ts";
import { faultReference } from "./fault-reference.ts";
import { envExample } from "./init/env-example.ts";
import { cliReference } from "./reference.ts";

/**
 * Every committed file that is made from others, as path (from the repository's root) to text. Variables of the
 * environment have no say in it: the same `aura.yaml` gives the same files everywhere.
 */
export async function generatedFiles(read: (path: string) => Promise<string>): Promise<Map<string, string>> {
  const known = catalogNames();
  const environment = loadEnvironment({ path: "/aura.yaml", text: await read("aura.yaml"), variables: {}, known });
  return new Map([
    ...synthesize(environment),
    ["env.example", envExample],
    ["docs/reference/cli.md", cliReference()],
    ["docs/reference/faults.md", faultReference()],
    ["docs/reference/aura.schema.json", json(environmentJsonSchema(known))],
    ["docs/reference/advice.schema.json", json(adviceJsonSchema())],
    ["docs/reference/simulation.schema.json", json(simulationJsonSchema())],
    ["docs/reference/summary.schema.json", json(summaryJsonSchema())],
  ]);
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

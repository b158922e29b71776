import { instanceTypes } from "../catalog/instance-types.ts";
import { defaultZones, regions } from "../catalog/regions.ts";
import { environmentJsonSchema } from "../spec/json-schema.ts";
import type { Known } from "../spec/known.ts";
import { loadEnvironment } from "../spec/load.ts";
import { synthesize } from "../synth/bundle.ts";
import { summaryJsonSchema } from "../timeline/summary-schema.ts";

/** What the catalog knows, as the checks of `aura.yaml` want it. */
export function catalogNames(): Known {
  const families = new Map(
    instanceTypes().map(({ family, gpu, architecture }) => [
      family,
      { name: family, gpu: gpu !== undefined, architecture },
    ]),
  );
  return { regions: regions(), families: [...families.values()], zonesOf: defaultZones };
}

/**
 * Every committed file that is made from others, as path (from the repository's root) to text. Variables of the
 * environment have no say in it: the same `aura.yaml` gives the same files everywhere.
 */
export async function generatedFiles(read: (path: string) => Promise<string>): Promise<Map<string, string>> {
  const known = catalogNames();
  const environment = loadEnvironment({ path: "/aura.yaml", text: await read("aura.yaml"), variables: {}, known });
  return new Map([
    ...synthesize(environment),
    ["docs/reference/aura.schema.json", json(environmentJsonSchema(known))],
    ["docs/reference/summary.schema.json", json(summaryJsonSchema())],
  ]);
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

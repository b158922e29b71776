import fc from "fast-check";

import type { Cidr } from "../../src/kernel/cidr.ts";
import { known } from "../spec/known.ts";

/** The range of a VPC within 10.0.0.0/8. */
export const vpcs = fc
  .record({ prefix: fc.integer({ min: 16, max: 22 }), index: fc.nat() })
  .map(({ prefix, index }): Cidr => {
    const size = 2 ** (32 - prefix);
    return { prefix, base: 10 * 2 ** 24 + (index % (2 ** 24 / size)) * size };
  });

const duration = (least: number, most = 400_000) =>
  fc.integer({ min: least, max: most }).map((seconds) => `${seconds}s`);
const names = (gpu: boolean) => known.families.filter((family) => family.gpu === gpu).map((family) => family.name);

const pool = fc.boolean().chain((gpu) =>
  fc.record(
    {
      families: fc.subarray(names(gpu), { minLength: 1 }),
      capacityTypes: fc.subarray(["spot", "on-demand"], { minLength: 1 }),
      limits: fc.record(
        {
          cpu: fc.oneof(
            fc.integer({ min: 1, max: 5000 }),
            fc.integer({ min: 1, max: 9999 }).map((millis) => `${millis}m`),
          ),
          memory: fc.integer({ min: 1, max: 5000 }).chain((n) => fc.constantFrom(`${n}Mi`, `${n}Gi`, `${n}G`)),
          ...(gpu && { gpus: fc.integer({ min: 1, max: 64 }) }),
        },
        { requiredKeys: [] },
      ),
      hold: duration(0),
      expireAfter: duration(300),
    },
    { requiredKeys: ["families"] },
  ),
);

/** Files of any environment that loads, as `aura.yaml` would say them. */
export const files = fc.record(
  {
    name: fc.oneof(
      fc.stringMatching(/^[a-z][a-z0-9-]{0,30}[a-z0-9]$/),
      fc.constantFrom("no", "on", "yes", "off", "null", "true", "e1"),
    ),
    region: fc.constantFrom(...known.regions),
    pools: fc.dictionary(
      fc.oneof(fc.stringMatching(/^[a-z]([a-z0-9-]{0,28}[a-z0-9])?$/), fc.constantFrom("y", "n", "on", "off", "null")),
      pool,
      { minKeys: 1, maxKeys: 4, noNullPrototype: true },
    ),
    // neither may be longer than the default ttl of 4h, as ttl may be left out
    ttl: duration(14_400),
    timeout: duration(1, 14_400),
    budget: fc.double({ min: 0.01, max: 1e6, noNaN: true }),
  },
  { requiredKeys: ["name"] },
);

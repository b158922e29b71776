import type { InstanceType } from "../../catalog/instance-type.ts";
import { instanceTypes } from "../../catalog/instance-types.ts";
import type { Pool } from "../../spec/environment.ts";

/** The catalog's types that a pool may launch, wherever they are offered; smallest first. */
export function typesOf(pool: Pool): readonly InstanceType[] {
  return instanceTypes()
    .filter(
      ({ family, architecture, gpu }) =>
        pool.families.includes(family) && pool.architectures.includes(architecture) && pool.gpu === (gpu !== undefined),
    )
    .toSorted((a, b) => a.vcpu - b.vcpu);
}

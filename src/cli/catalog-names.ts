import { instanceTypes } from "../catalog/instance-types.ts";
import { kubernetesVersions } from "../catalog/kubernetes-versions.ts";
import { defaultZones, regions } from "../catalog/regions.ts";
import type { Known } from "../spec/known.ts";

/** What the catalog knows, as the checks of `aura.yaml` want it. */
export function catalogNames(): Known {
  const families = new Map(
    instanceTypes().map(({ family, gpu, architecture }) => [
      family,
      { name: family, gpu: gpu !== undefined, architecture },
    ]),
  );
  return {
    regions: regions(),
    families: [...families.values()],
    kubernetesVersions: kubernetesVersions.map(({ version }) => version),
    zonesOf: defaultZones,
  };
}

import { expect, it } from "vitest";

import type { Pod } from "../../../src/cluster/objects.ts";
import { requestsOf } from "../../../src/rehearsal/controllers/convert.ts";

type Spec = NonNullable<Pod["spec"]>;
const one = (cpu: string, restartPolicy?: "Always") => ({
  name: "c",
  resources: { requests: { cpu } },
  ...(restartPolicy && { restartPolicy }),
});

/** As the scheduler of Kubernetes adds up (pkg `k8s.io/component-helpers/resource`). */
it.each<[string, Spec["initContainers"], number]>([
  ["alone", [], 1000],
  ["after a greedy init container", [one("3"), one("2")], 3000],
  ["after a modest init container", [one("500m")], 1000],
  ["beside a sidecar", [one("50m", "Always")], 1050],
  ["beside two sidecars", [one("50m", "Always"), one("1", "Always")], 2050],
  ["with an init container before its sidecar", [one("3"), one("1", "Always")], 3000],
  ["with an init container beside its sidecar", [one("1", "Always"), one("3")], 4000],
])("a pod %s asks for so much", (_, initContainers, cpu) => {
  const spec = { containers: [one("1")], initContainers, overhead: {} } as Spec;
  expect(requestsOf({ apiVersion: "v1", kind: "Pod", metadata: {}, spec })["cpu"]).toBe(cpu);
});

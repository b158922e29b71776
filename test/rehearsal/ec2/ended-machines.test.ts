import { expect, it } from "vitest";

import type { NodeClaim } from "../../../src/cluster/objects.ts";
import { nodeObservations } from "../../../src/lifecycle/node-observations.ts";
import { endedMachines } from "../../../src/rehearsal/ec2/ended-machines.ts";
import { job, minute, startCluster } from "../controllers/cluster.ts";

it("remembers of a node what its claim said", async () => {
  const at = startCluster();
  at.core.create(job("gpu", { gpus: 1 }));
  await at.advance(2.5 * minute);
  const [claim] = at.claims();
  const observed = nodeObservations(claim as NodeClaim, () => undefined);
  const launched = observed.find(({ observation }) => observation.state === "launched");
  const { type: _, state: __, name, ...facts } = launched?.observation ?? {};
  expect(endedMachines(at.fleet)).toEqual([]);
  await at.advance(8 * minute);
  expect(at.claims()).toEqual([]);
  const [machine, ...others] = endedMachines(at.fleet);
  expect([machine?.name, machine?.facts, others]).toEqual([name, facts, []]);
  // an object's times are whole seconds
  expect(Math.abs((machine?.launchedAt ?? 0) - (launched?.at ?? 0))).toBeLessThan(1000);
  expect(machine?.endedAt).toBeGreaterThan(machine?.launchedAt ?? Number.POSITIVE_INFINITY);
  at.stop();
});

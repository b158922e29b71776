import { expect, it } from "vitest";

import { job, minute, second, startCluster } from "./cluster.ts";

it.each([1, 3, 8, 30, 48, 60, 80, 110, 150, 175])("goes on where it was after %i s", async (seconds) => {
  const at = startCluster();
  at.core.create(job("cpu", { spec: { completions: 4, parallelism: 2 } }));
  at.core.create(job("gpu", { gpus: 1 }));
  await at.advance(seconds * second);
  const before = at.fleet.instances().map(({ id }) => id);
  at.restart();
  expect(at.fleet.instances().map(({ id }) => id)).toEqual(before);
  await at.advance(8 * minute);
  expect(at.errors).toEqual([]);
  expect([at.job("cpu").status?.succeeded, at.job("gpu").status?.succeeded]).toEqual([4, 1]);
  expect([at.job("cpu").status?.failed, at.history().length]).toEqual([0, 5]);
  const launches = at.events("Launched").filter((message) => message.startsWith("Launched"));
  expect(launches.length).toBe(2);
  expect([at.nodes(), at.claims(), at.fleet.instances()]).toEqual([[], [], []]);
  at.stop();
});

it("lets a claim go whose instance is gone", async () => {
  const at = startCluster({ run: () => ({ ms: 30 * minute, exitCode: 0 }) });
  at.core.create(job("j"));
  await at.advance(2 * minute);
  const [instance] = at.fleet.instances();
  at.fleet.terminate(instance?.id ?? "");
  await at.advance(second);
  at.restart();
  await at.advance(5 * minute);
  expect([at.errors, at.fleet.find(instance?.id ?? "")?.state ?? "terminated"]).toEqual([[], "terminated"]);
  expect(at.pods().map(({ status }) => status?.phase)).toEqual(["Running"]);
  expect(at.fleet.instances().length).toBe(1);
  at.stop();
});

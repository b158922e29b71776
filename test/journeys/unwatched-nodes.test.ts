import { expect, onTestFinished, test, vi } from "vitest";

import type { KubeObject } from "../../src/cluster/objects.ts";
import type { Summary } from "../../src/timeline/summary.ts";
import { type Project, project, timerJob } from "./harness.ts";

async function detached(): Promise<Project> {
  const made = await project({ jobs: timerJob("work") });
  onTestFinished(async () => void (await made.aura("down")));
  await made.aura("up");
  expect((await made.aura("run", "--detach")).code).toBe(0);
  return made;
}

const listed = ({ servers }: Project, apiVersion: string, kind: string): readonly KubeObject[] =>
  [...servers.values()].flatMap(({ core }) => core.list({ apiVersion, kind }).items);

/** Until the job has ended and its node is gone, which no command sees. */
function left(made: Project): Promise<void> {
  return vi.waitFor(
    () => {
      expect(listed(made, "batch/v1", "Job")).toMatchObject([{ status: { succeeded: 1 } }]);
      expect(listed(made, "karpenter.sh/v1", "NodeClaim")).toEqual([]);
    },
    { timeout: 20_000, interval: 5 },
  );
}

test("a node that nobody watched is told", async () => {
  const made = await detached();
  await left(made);
  const waited = await made.aura("wait", "-o", "json");
  const { jobs, nodes, report } = waited.json<Summary>();
  expect(jobs, waited.stderr).toMatchObject([
    { name: "work", status: "succeeded", node: { instanceType: expect.stringMatching(/^[cm]7/) } },
  ]);
  expect(nodes, waited.stderr).toMatchObject([{ readyAt: expect.stringContaining("T") }]);
  const checked = await made.aura("report", report?.dir ?? "", "--check", "autoscaling");
  expect(checked.code, checked.stderr).toBe(0);
});

import { expect, test } from "vitest";

import type { Job } from "../../src/cluster/objects.ts";
import { submitJobs } from "../../src/lifecycle/run-jobs.ts";
import type { Session } from "../../src/lifecycle/session.ts";
import type { Step } from "../../src/lifecycle/step.ts";
import { fakeCluster } from "./fake-cluster.ts";

const job: Job = { apiVersion: "batch/v1", kind: "Job", metadata: { name: "train", namespace: "default" } };

/** A session in which `job` ended so, of a target that learns with the requisites how to prepare it. */
function world(ended: "succeeded" | undefined) {
  const { api, access } = fakeCluster([]);
  const done: string[] = [];
  const known = () => {
    if (!done.includes("requisites")) throw new Error("nobody asked for the account");
  };
  const target = {
    prepare(it: Job) {
      known();
      return it;
    },
    notes() {
      known();
      return [];
    },
    async requisites() {
      done.push("requisites");
      return [];
    },
  };
  const session = {
    options: { target, clock: access.clock },
    facts: { run: "mine-1", expiresAt: 0 },
    run: { run: "mine-1" },
    entries: ended === undefined ? [] : [{ type: "job", name: "train", namespace: "default", state: ended }],
    api: async () => api,
    require: async () => api,
    time: access.time,
    record: async () => ({}),
    phase: (_: string, work: () => Promise<void>) => work(),
    observe: async () => {},
    undoJobs: async (steps: readonly Step[]) => {
      done.push(...steps.map(({ name }) => `undo ${name}`));
      return [];
    },
    ensure: async (steps: readonly Step[]) => void done.push(...steps.map(({ name }) => `ensure ${name}`)),
  } as unknown as Session;
  return { done, submit: () => submitJobs(session, [job], new AbortController().signal) };
}

test.each([
  { title: "a first run", ended: undefined, steps: ["ensure job/default/train"] },
  { title: "a run again", ended: "succeeded", steps: ["undo job/default/train", "ensure job/default/train"] },
] as const)("requisites come before jobs in $title", async ({ ended, steps }) => {
  const { submit, done } = world(ended);
  await submit();
  expect(done).toEqual(["requisites", ...steps]);
});

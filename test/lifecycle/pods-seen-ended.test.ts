import { expect, it } from "vitest";

import type { Job, Pod } from "../../src/cluster/objects.ts";
import { systemClock } from "../../src/kernel/clocks.ts";
import { podsSeenEnded } from "../../src/lifecycle/pods-seen-ended.ts";
import type { Recorder } from "../../src/lifecycle/recorder.ts";
import type { Session } from "../../src/lifecycle/session.ts";

const job = { metadata: { name: "train" } } as Job;
const session = { options: { clock: systemClock() } } as unknown as Session;

function pod(name: string, phase: string, more: object = {}): Pod {
  const labels = { "batch.kubernetes.io/job-name": name };
  return { apiVersion: "v1", kind: "Pod", metadata: { name, labels, ...more }, status: { phase } } as Pod;
}

it("waits for the end of a pod whose job has ended", async () => {
  const pods = new Map([["1", pod("train", "Running")]]);
  let done = false;
  const waited = podsSeenEnded(session, { pods } as unknown as Recorder, [job]).then(() => {
    done = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(done).toBe(false);
  pods.set("1", pod("train", "Failed"));
  await waited;
  expect(done).toBe(true);
});

it.each([
  ["has ended", pod("train", "Succeeded")],
  ["is being removed", pod("train", "Running", { deletionTimestamp: "2026-11-25T00:00:00Z" })],
  ["is another job's", pod("serve", "Running")],
])("waits for no pod that %s", async (_, one) => {
  await podsSeenEnded(session, { pods: new Map([["1", one]]) } as unknown as Recorder, [job]);
});

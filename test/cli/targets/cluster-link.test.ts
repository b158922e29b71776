import { expect, test } from "vitest";

import { clusterLink } from "../../../src/cli/targets/cluster-link.ts";
import { ApiError, type ClusterApi } from "../../../src/cluster/api.ts";
import { manualClock } from "../../../src/kernel/clocks.ts";

function world(version = "v1.35.2") {
  const clock = manualClock(1_000_000);
  const server = { asked: 0, aheadMs: 5000, answers: true };
  const api = {
    async about() {
      server.asked += 1;
      if (!server.answers) throw new ApiError(503, "", "no");
      return { version, at: clock.now() + server.aheadMs };
    },
  } as unknown as ClusterApi;
  return { clock, server, link: clusterLink(clock, async () => api) };
}

test("the cluster's time is asked every two seconds", async () => {
  const { clock, server, link } = world();
  await link.connect();
  await clock.advance(1500);
  expect(await link.now()).toBe(clock.now() + 5000);
  expect(server.asked).toBe(1);
  await clock.advance(600);
  server.aheadMs = 0;
  expect(await link.now()).toBe(clock.now());
  expect(server.asked).toBe(2);
});

test("silence is no time", async () => {
  const { clock, server, link } = world();
  expect(await link.now()).toBeUndefined();
  await link.connect();
  server.answers = false;
  await clock.advance(3000);
  expect(await link.now()).toBeUndefined();
  server.answers = true;
  expect(await link.now()).toBeUndefined();
  await clock.advance(2000);
  expect(await link.now()).toBe(clock.now() + 5000);
  server.answers = false;
  await expect(link.connect()).rejects.toThrow("no");
  expect(link.current()).toBeUndefined();
});

test("the longer the silence, the rarer the questions", async () => {
  const { clock, server, link } = world();
  await link.connect();
  server.answers = false;
  await clock.advance(3000);
  server.asked = 0;
  for (let second = 0; second < 600; second += 1) {
    expect(await link.now()).toBeUndefined();
    await clock.advance(1000);
  }
  expect(server.asked).toBe(23);
  server.answers = true;
  await clock.advance(30_000);
  expect(await link.now()).toBeDefined();
});

test("a rehearsal's time is asked each time", async () => {
  const { server, link } = world("v1.35.4+aura-rehearsal");
  await link.connect();
  await link.now();
  await link.now();
  expect([server.asked, link.isRehearsed()]).toEqual([3, true]);
});

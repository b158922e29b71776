import { expect, test } from "vitest";

import { manualClock } from "../../src/kernel/clocks.ts";
import { isTimeout, waitUntil } from "../../src/kernel/wait.ts";

const { signal } = new AbortController();

/** How often is looked in a wait that lasts so long, and when. */
async function looks(lastsMs: number, pauseMs?: number): Promise<number[]> {
  const clock = manualClock(0);
  const at: number[] = [];
  const time = async () => clock.now();
  const wait = { what: "x", timeoutMs: 600_000, time, clock, signal, ...(pauseMs !== undefined && { pauseMs }) };
  const done = waitUntil(wait, () => {
    at.push(clock.now());
    return clock.now() >= lastsMs ? true : undefined;
  });
  await clock.advance(lastsMs + 1000);
  await done;
  return at;
}

test("a short wait is looked at often", async () => {
  expect(await looks(300)).toEqual([0, 100, 200, 300]);
});

test("a long wait is looked at every second", async () => {
  const at = await looks(120_000);
  expect(at.length).toBeLessThan(160);
  expect(at.slice(-3).map((ms, index, last) => ms - (last[index - 1] ?? ms))).toEqual([0, 1000, 1000]);
});

test("a pause that is given stays the same", async () => {
  expect(await looks(15_000, 5000)).toEqual([0, 5000, 10_000, 15_000]);
});

test("a wait ends with what was missing", async () => {
  const clock = manualClock(0);
  const time = async () => clock.now();
  const explain = () => ["x is not there"];
  const failed = waitUntil({ what: "x", timeoutMs: 1000, time, clock, signal, explain }, () => undefined).catch(
    (error: unknown) => error,
  );
  await clock.advance(5000);
  const error = await failed;
  expect(isTimeout(error)).toBe(true);
  expect(error).toMatchObject({
    message: "gave up waiting for x after 1.0 s",
    details: { problems: ["x is not there"] },
  });
});

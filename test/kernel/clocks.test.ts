import { expect, test } from "vitest";

import { sleep, timestamp } from "../../src/kernel/clock.ts";
import { manualClock, warpClock } from "../../src/kernel/clocks.ts";

test("timers fire in order of due time, ties as set", async () => {
  const clock = manualClock(0);
  const fired: string[] = [];
  clock.schedule(20, () => fired.push("late"));
  clock.schedule(10, () => fired.push("first"));
  clock.schedule(10, () => fired.push("second"));
  await clock.advance(20);
  expect(fired).toEqual(["first", "second", "late"]);
});

test("a timer set by a timer fires in the same advance", async () => {
  const clock = manualClock(0);
  const at: number[] = [];
  clock.schedule(5, () => clock.schedule(5, () => at.push(clock.now())));
  await clock.advance(10);
  expect(at).toEqual([10]);
});

test("a cancelled timer never fires", async () => {
  const clock = manualClock(0);
  let fired = false;
  clock.schedule(5, () => (fired = true))();
  await clock.advance(10);
  expect(fired).toBe(false);
  expect(clock.pending()).toBe(0);
});

test("sleep rejects with the reason of its signal", async () => {
  const controller = new AbortController();
  const slept = sleep(manualClock(0), 1000, { signal: controller.signal });
  controller.abort(new Error("enough"));
  await expect(slept).rejects.toThrow("enough");
});

test("a warped clock runs fast while a delay is awaited", async () => {
  const base = manualClock(0);
  const clock = warpClock(base, 60);
  let firedAt = -1;
  clock.schedule(60_000, () => (firedAt = clock.now()));
  await base.advance(1000);
  expect(firedAt).toBe(60_000);
  expect(clock.pace()).toBe(1);
});

test("a warped clock at rest keeps real time", async () => {
  const base = manualClock(0);
  const clock = warpClock(base, 60);
  clock.schedule(600_000, () => {}, { background: true });
  await base.advance(5000);
  expect(clock.now()).toBe(5000);
});

test("holding a warped clock keeps real time", async () => {
  const base = manualClock(0);
  const clock = warpClock(base, 100);
  let fired = false;
  clock.schedule(10_000, () => (fired = true));
  const release = clock.hold();
  await base.advance(3000);
  expect([clock.now(), fired]).toEqual([3000, false]);
  release();
  release();
  await base.advance(70);
  expect([clock.now(), fired]).toEqual([10_000, true]);
});

test("a stall delays timers by a millisecond at most", async () => {
  const base = manualClock(0);
  let stalledMs = 0;
  const clock = warpClock({ ...base, now: () => base.now() + stalledMs }, 600);
  const fired: number[] = [];
  // the first takes 100 ms of this machine, which would be a minute, and sets off another
  clock.schedule(6000, () => {
    fired.push(clock.now());
    stalledMs += 100;
    clock.schedule(0, () => fired.push(clock.now()));
  });
  clock.schedule(12_000, () => fired.push(clock.now()));
  await base.advance(1000);
  expect(fired).toEqual([6000, 12_600, 12_600]);
});

test("a stopped clock fires nothing", async () => {
  const base = manualClock(0);
  const clock = warpClock(base, 60);
  let fired = false;
  clock.schedule(1000, () => (fired = true));
  clock.stop();
  await base.advance(10_000);
  expect([fired, base.pending()]).toEqual([false, 0]);
});

test("time never runs backwards when the pace changes", async () => {
  const base = manualClock(0);
  const clock = warpClock(base, 1000);
  let last = clock.now();
  for (let i = 0; i < 50; i += 1) {
    const cancel = clock.schedule(1e6, () => {});
    await base.advance(i % 7);
    const release = clock.hold();
    await base.advance(i % 3);
    release();
    cancel();
    expect(clock.now()).toBeGreaterThanOrEqual(last);
    last = clock.now();
  }
});

test("timestamps are whole seconds in UTC", () => {
  expect(timestamp(Date.UTC(2026, 10, 24, 21, 5, 6) + 999)).toBe("2026-11-24T21:05:06Z");
});

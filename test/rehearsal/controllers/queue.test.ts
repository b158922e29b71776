import { describe, expect, it } from "vitest";

import { manualClock } from "../../../src/kernel/clocks.ts";
import { batcher } from "../../../src/rehearsal/controllers/batcher.ts";
import { growingDelays, jobBackOff } from "../../../src/rehearsal/controllers/delays.ts";
import { type Requeue, workQueue } from "../../../src/rehearsal/controllers/queue.ts";

function start(reconcile: (key: string) => Requeue | undefined) {
  const clock = manualClock(0);
  const seen: string[] = [];
  const errors: string[] = [];
  const queue = workQueue({
    clock,
    reconcile(key) {
      seen.push(`${clock.now() / 1000} ${key}`);
      return reconcile(key);
    },
    onError: (key) => errors.push(key),
  });
  return { clock, queue, seen, errors };
}

describe("work queue", () => {
  it("reconciles a key once however often it is added", async () => {
    const { clock, queue, seen } = start(() => undefined);
    for (const key of ["a", "b", "a"]) queue.add(key);
    expect(seen).toEqual([]);
    await clock.advance(0);
    expect(seen).toEqual(["0 a", "0 b"]);
  });

  it("looks again when asked to, unless it looked before", async () => {
    const { clock, queue, seen } = start(() => (clock.now() < 12_000 ? { afterMs: 10_000 } : undefined));
    queue.add("a");
    await clock.advance(4000);
    queue.add("a");
    await clock.advance(60_000);
    expect(seen).toEqual(["0 a", "4 a", "14 a"]);
  });

  it("backs off from a key that fails, not from others", async () => {
    const { clock, queue, seen, errors } = start((key) => {
      if (key === "bad" && clock.now() < 5000) throw new Error("no");
      return undefined;
    });
    queue.add("bad");
    queue.add("good");
    await clock.advance(60_000);
    expect(seen).toEqual(["0 bad", "0 good", "1 bad", "3 bad", "7 bad"]);
    expect(errors).toEqual(["bad", "bad", "bad"]);
  });

  it("leaves what it adds itself to the next turn", async () => {
    const { clock, queue, seen } = start((key) => void (key === "a" && queue.add("b")));
    queue.add("a");
    await clock.advance(0);
    expect(seen).toEqual(["0 a", "0 b"]);
  });

  it("does nothing after it was stopped", async () => {
    const { clock, queue, seen } = start(() => ({ afterMs: 1000 }));
    queue.add("a");
    await clock.advance(0);
    queue.add("b");
    queue.stop();
    await clock.advance(10_000);
    expect(seen).toEqual(["0 a"]);
  });
});

describe("batcher", () => {
  it.each<[string, number[], number[]]>([
    ["a second after one trigger", [0], [1]],
    ["a second after the last", [0, 0.5, 1.2], [2.2]],
    ["ten seconds after the first at the latest", Array.from({ length: 30 }, (_, index) => index / 2), [10, 15.5]],
  ])("closes %s", async (_, triggers, expected) => {
    const clock = manualClock(0);
    const closed: number[] = [];
    const batch = batcher(clock, () => closed.push(clock.now() / 1000));
    for (const at of triggers) clock.schedule(at * 1000, () => batch.trigger());
    await clock.advance(60_000);
    expect(closed).toEqual(expected);
  });

  it("is awaited only when somebody waits", () => {
    const clock = manualClock(0);
    const batch = batcher(clock, () => {});
    batch.trigger({ background: true });
    expect(clock.pending()).toBe(0);
    batch.trigger();
    expect(clock.pending()).toBe(1);
    batch.stop();
    expect(clock.pending()).toBe(0);
  });
});

it("doubles a Job's back-off up to six minutes", () => {
  const clock = manualClock(0);
  const delays = growingDelays(clock, jobBackOff);
  const after = Array.from({ length: 8 }, () => {
    delays.grow("job");
    return delays.leftMs("job") / 1000;
  });
  expect(after).toEqual([10, 20, 40, 80, 160, 320, 360, 360]);
  delays.forget("job");
  expect(delays.leftMs("job")).toBe(0);
});

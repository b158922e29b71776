import { expect, test } from "vitest";

import { slots } from "../../src/lifecycle/slots.ts";

/** Work that ends when told to, and knows how much of it ran at a time. */
function works() {
  const ends: (() => void)[] = [];
  let running = 0;
  let most = 0;
  const work = async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise<void>((resolve) => ends.push(resolve));
    running -= 1;
  };
  return { work, ends, most: () => most };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

test("no more runs at a time than there are slots", async () => {
  const { work, ends, most } = works();
  const take = slots(2);
  const all = Array.from({ length: 5 }, () => take(work));
  for (let ended = 0; ended < 5; ended += 1) {
    await settle();
    ends[ended]?.();
  }
  await Promise.all(all);
  expect(most()).toBe(2);
});

test("what is aborted while it waits gives no slot away", async () => {
  const { work, ends } = works();
  const take = slots(1);
  const first = take(work);
  const controller = new AbortController();
  const waiting = take(work, controller.signal);
  const third = take(work);
  controller.abort(new Error("enough"));
  await expect(waiting).rejects.toThrow("enough");
  ends[0]?.();
  await first;
  await settle();
  ends[1]?.();
  await third;
  expect(ends).toHaveLength(2);
});

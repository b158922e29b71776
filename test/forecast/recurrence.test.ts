import { describe, expect, test } from "vitest";
import { type Arrival, recurrences } from "../../src/forecast/recurrence.ts";
import { seededRandom } from "../../src/kernel/random.ts";
import { day, hour, monday } from "./series.ts";

const nightly = (days: readonly number[], at = 9 * hour, amount = 2): Arrival[] =>
  days.map((each) => ({ key: "nlp/eval", atSeconds: each * day + at, amount }));

function detect(arrivals: readonly Arrival[], startMs = monday) {
  const detector = recurrences(startMs);
  for (const each of [...arrivals].sort((a, b) => a.atSeconds - b.atSeconds)) detector.observe(each);
  return detector;
}

/** On which later days it is expected: day, seen, of. */
function expectedOn(arrivals: readonly Arrival[], days: readonly number[]) {
  const detector = detect(arrivals);
  return days.map((each) => detector.expected(each * day, (each + 1) * day).map(({ evidence }) => evidence)[0]);
}

const workdays = [0, 1, 2, 3, 4, 7, 8, 9, 10, 11, 14, 15, 16, 17, 18];

describe("what came at this time of day", () => {
  test.each([
    ["every weekday is expected on the next", workdays, 21, "5 of the last 5 weekdays"],
    ["every weekday is not expected on Saturday", workdays, 19, undefined],
    ["four of five weekdays", [0, 1, 3, 4], 7, "4 of the last 5 weekdays"],
    ["three of five weekdays", [0, 2, 4], 7, "3 of the last 5 weekdays"],
    ["two of five weekdays is not enough", [3, 4], 7, undefined],
    ["every Tuesday", [1, 8, 15, 22], 29, "4 of the last 4 Tuesdays"],
    ["every Tuesday is not expected on Wednesday", [1, 8, 15, 22], 30, undefined],
    ["every day is expected on Sunday", [0, 1, 2, 3, 4, 5], 6, "5 of the last 5 days"],
    ["weekends", [5, 6, 12, 13], 19, "4 of the last 4 weekend days"],
    ["two weeks ago and never since", [0, 1, 2, 3, 4], 14, undefined],
  ])("%s", (_, days, on, evidence) => {
    expect(expectedOn(nightly(days), [on])).toEqual([evidence]);
  });

  test("tells when and how many", () => {
    const arrivals = workdays.map((each, index) => ({
      key: "a",
      atSeconds: each * day + 9 * hour + index * 20,
      amount: 3,
    }));
    const [found, ...others] = detect(arrivals).expected(21 * day, 22 * day);
    expect(others).toEqual([]);
    expect(found).toMatchObject({ key: "a", amount: 3, seen: 5, of: 5, atSeconds: 21 * day + 9 * hour + 12 * 20 });
    expect([found?.fromSeconds, found?.toSeconds]).toEqual([21 * day + 9 * hour + 200, 21 * day + 9 * hour + 280]);
  });

  test("is found across midnight", () => {
    const arrivals = workdays.map((each, index) => ({
      key: "a",
      atSeconds: each * day + (index % 2 ? -120 : 120),
      amount: 1,
    }));
    const found = detect(arrivals.filter((each) => each.atSeconds >= 0)).expected(17 * day, 19.5 * day);
    expect(found.length).toBeGreaterThanOrEqual(1);
  });

  test("keeps keys apart", () => {
    const arrivals = [...nightly([0, 2, 4]), ...nightly([1, 3]).map((each) => ({ ...each, key: "other" }))];
    expect(detect(arrivals).expected(7 * day, 8 * day)).toHaveLength(1);
  });

  test("is not seen in chance", () => {
    const random = seededRandom(3);
    const arrivals = Array.from({ length: 40 }, () => ({ key: "a", atSeconds: random.next() * 20 * day, amount: 1 }));
    expect(detect(arrivals).expected(21 * day, 22 * day).length).toBeLessThanOrEqual(1);
  });

  test("is the same in other weeks", () => {
    const at = (startMs: number) => detect(nightly(workdays), startMs).expected(21 * day, 22 * day);
    expect(at(monday + 14 * day * 1000)).toEqual(at(monday));
  });
});

describe("its probability", () => {
  const on = (chance: number, seed: number) => {
    const random = seededRandom(seed);
    const days = Array.from({ length: 200 }, (_, index) => index).filter(
      (each) => each % 7 < 5 && random.next() < chance,
    );
    const detector = recurrences(monday);
    let [claimed, came, made] = [0, 0, 0];
    for (let each = 0; each < 200; each += 1) {
      for (const { p } of detector.expected(each * day, (each + 1) * day)) {
        claimed += p;
        came += days.includes(each) ? 1 : 0;
        made += 1;
      }
      if (days.includes(each)) detector.observe({ key: "a", atSeconds: each * day + 9 * hour, amount: 1 });
      else detector.observe({ key: "noise", atSeconds: each * day + 8 * hour + (each % 13) * 3600, amount: 1 });
    }
    return { claimed: claimed / made, came: came / made };
  };

  test.each([0.95, 0.7, 0.5])("is near how often it comes true, at %d", (chance) => {
    const { claimed, came } = on(chance, 11);
    expect(Math.abs(claimed - came)).toBeLessThan(0.1);
  });
});

test("a day is not judged by who asks about the next one before it is over", () => {
  const late = 24 * hour - 240;
  const claim = (asksEarly: boolean) => {
    const detector = recurrences(monday);
    for (let each = 0; each < 60; each += 1) {
      // a launch ahead of midnight, and of the job
      if (asksEarly) detector.expected(each * day + late - 60 + 600, each * day + late + 660);
      detector.observe({ key: "a", atSeconds: each * day + late, amount: 1 });
    }
    return detector.expected(60 * day + hour, 61 * day)[0]?.p ?? Number.NaN;
  };
  expect(claim(true)).toBe(claim(false));
  expect(claim(true)).toBeGreaterThan(0.9);
});

test("goes on from what it saved", () => {
  const [whole, half, resumed] = [
    detect(nightly(workdays)),
    detect(nightly(workdays.slice(0, 8))),
    recurrences(monday),
  ];
  resumed.restore(JSON.parse(JSON.stringify(half.save())));
  for (const each of nightly(workdays.slice(8))) resumed.observe(each);
  expect(resumed.expected(21 * day, 22 * day)).toEqual(whole.expected(21 * day, 22 * day));
  expect(() => recurrences(monday).restore({ ...half.save(), version: 2 })).toThrow(/has learned/);
});

test.each([[[]], [[Number.NaN]], [[-5 * day, 0, 1e12]]])("takes times such as %j", (times: number[]) => {
  const detector = detect(times.map((atSeconds) => ({ key: "a", atSeconds, amount: 1 })));
  for (const [from, to] of [
    [0, 2 * day],
    [0, Number.POSITIVE_INFINITY],
    [Number.POSITIVE_INFINITY, Number.NaN],
  ] as const) {
    expect(detector.expected(from, to)).toEqual([]);
  }
});

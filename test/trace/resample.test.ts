import * as fc from "fast-check";
import { expect, test } from "vitest";

import { resample, smallTeams } from "../../src/trace/resample.ts";
import { perTenant } from "../../src/trace/subsets.ts";
import type { Trace } from "../../src/trace/trace.ts";
import { makeTrace } from "./make-trace.ts";
import { failureOf } from "./read/failing.ts";

const anyTrace = fc
  .array(
    fc.record({
      submitSeconds: fc.integer({ min: 0, max: 500 }),
      durationSeconds: fc.integer({ min: 1, max: 99 }),
      user: fc.constantFrom("ada", "bob", "cleo", "dan"),
      group: fc.constantFrom("x", "y", ""),
      gpus: fc.integer({ min: 0, max: 8 }),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map(makeTrace);

/** All jobs of each user, in order, with all that is known of them but the numbers of names. */
function sequences(trace: Trace): ReadonlyMap<string, unknown> {
  return new Map(
    perTenant(trace).map(({ tenant, trace: { jobs, groups } }) => {
      const { user: _user, group, ...columns } = jobs;
      return [tenant, { ...columns, group: [...group].map((number) => groups[number]) }];
    }),
  );
}

test("each drawn user keeps the whole sequence", () => {
  fc.assert(
    fc.property(anyTrace, fc.integer({ min: 1, max: 9 }), fc.nat(), (trace, users, seed) => {
      const drawn = resample(trace, { users, seed });
      const [before, after] = [sequences(trace), sequences(drawn)];
      expect(after.size).toBe(users);
      for (const [user, sequence] of after) expect(sequence).toEqual(before.get(user.replace(/~\d+$/, "")));
      const submits = [...drawn.jobs.submitSeconds];
      expect(submits).toEqual([...submits].sort((a, b) => a - b));
      expect(drawn).toEqual(resample(trace, { users, seed }));
    }),
    { seed: 4, numRuns: 200 },
  );
});

const crowd = makeTrace(
  Array.from({ length: 300 }, (_, i) => ({ submitSeconds: i, user: `u${i % 60}`, group: `g${i % 3}` })),
);

test("seeds draw differently, and all users", () => {
  const drawn = Array.from({ length: 20 }, (_, seed) => resample(crowd, { users: 10, seed }).users.join());
  expect(new Set(drawn).size).toBe(20);
  expect(new Set(drawn.join().replaceAll(/~\d+/g, "").split(",")).size).toBeGreaterThan(55);
});

test("without replacement nobody comes twice", () => {
  const { users, jobs } = resample(crowd, { users: 60, seed: 1, replace: false });
  expect([new Set(users).size, jobs.count]).toEqual([60, 300]);
});

test("more users than there are is refused", async () => {
  const failure = await failureOf(() => resample(crowd, { users: 61, seed: 1, replace: false }));
  expect(failure.message).toBe("cannot draw 61 of 60 users of made");
  expect((await failureOf(() => resample(makeTrace([{}]), { users: 1, seed: 1 }))).details.why).toContain("neither");
});

test("a trace without users is drawn by group", () => {
  const grouped = makeTrace([{ group: "x" }, { group: "y" }, { group: "x" }]);
  const { groups, users } = resample(grouped, { users: 2, seed: 3, replace: false });
  expect([[...groups].sort(), users]).toEqual([["x", "y"], []]);
});

test("small teams have the asked sizes", () => {
  const seeds = Array.from({ length: 40 }, (_, seed) => seed);
  const teams = smallTeams(crowd, { seeds });
  const sizes = teams.map(({ users }) => users);
  expect([Math.min(...sizes) >= 10, Math.max(...sizes) <= 50, new Set(sizes).size > 15]).toEqual([true, true, true]);
  for (const { users, trace } of teams) expect(perTenant(trace)).toHaveLength(users);
});

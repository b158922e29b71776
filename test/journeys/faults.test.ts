import { expect, test } from "vitest";

import type { FaultStatus, Strike } from "../../src/rehearsal/faults/active-faults.ts";
import type { Summary } from "../../src/timeline/summary.ts";
import { processJob, project, timerJob } from "./harness.ts";

interface Listed {
  readonly faults: readonly FaultStatus[];
  readonly strikes: readonly Strike[];
}

test("a run succeeds through errors, conflicts and broken watches", async () => {
  const made = await project({ jobs: processJob("writes", 'echo 42 > "$AURA_OUTPUT_DIR/answer"') });
  await made.write(
    "faults.yaml",
    `- { fault: api-error, code: 503, probability: 0.1, seed: 1 }
- { fault: api-error, code: 500, verb: create, times: 1 }
- { fault: conflict, times: 3 }
- { fault: watch-drop, probability: 0.2, seed: 4 }
- { fault: watch-duplicate, probability: 0.5, seed: 5 }
`,
  );
  await made.aura("up");
  const loaded = await made.aura("rehearsal", "fault", "load", "faults.yaml", "--name", "test", "-o", "json");
  expect(loaded.json<Listed>().faults.map(({ id }) => id)).toHaveLength(5);

  await made.write("aura.yaml", (await made.read("aura.yaml")).replaceAll("hold: 30s", "hold: 40s"));
  const again = await made.aura("up");
  expect([again.code, again.stderr.includes("error:")]).toEqual([0, false]);
  const run = await made.aura("run", "-o", "json");
  expect(run.json<Summary>().jobs).toMatchObject([{ name: "writes", status: "succeeded" }]);
  const listed = (await made.aura("rehearsal", "fault", "list", "--name", "test", "-o", "json")).json<Listed>();
  expect(new Set(listed.strikes.map(({ fault }) => fault))).toEqual(
    new Set(["api-error", "conflict", "watch-drop", "watch-duplicate"]),
  );

  const down = await made.aura("down", "-o", "json");
  expect([down.code, down.json<Summary>().leftovers]).toEqual([0, []]);
});

test("faults are ordered, shown and ended by commands", async () => {
  const made = await project({ jobs: timerJob("work") });
  const fault = (...argv: string[]) => made.aura("rehearsal", "fault", ...argv, "--name", "test");
  expect((await fault("deny")).stderr).toContain("the embedded cluster does not answer");
  await made.aura("up");
  const added = await fault("deny", "--verb", "create", "--kind", "jobs.batch", "--for", "1h");
  expect(added.stderr).toContain("fault-1 deny --verb create --kind jobs.batch --for 1h");

  const refused = await made.aura("run");
  expect(refused.stderr).toContain('cannot create resource "jobs" in API group "batch" in the namespace "default"');
  expect((await made.aura("rehearsal", "status", "--name", "test")).stderr).toMatch(
    /faults +fault-1 deny .*struck once/,
  );
  expect((await fault("list")).stderr).toContain("create jobs.batch default");
  expect((await fault("clear")).stderr).toContain("say which fault ends");
  expect((await fault("clear", "fault-7")).stderr).toContain('no fault "fault-7" is in force');
  expect((await fault("clear", "fault-1")).stderr).toContain("1 fault ended");
  expect((await made.aura("run")).code).toBe(0);
  expect((await made.aura("down")).code).toBe(0);
});

test("a wrong fault is refused before anything is changed", async () => {
  const made = await project();
  await made.aura("up");
  await made.write("faults.yaml", "- { fault: deny }\n- { fault: deni, verb: get }\n");
  const fault = (...argv: string[]) => made.aura("rehearsal", "fault", ...argv, "--name", "test");
  const loaded = await fault("load", "faults.yaml");
  expect([loaded.code, loaded.stderr]).toEqual([2, expect.stringContaining('did you mean "deny"?')]);
  expect((await fault("list")).stderr).toContain("no faults");
  const added = await fault("api-error", "--code", "200");
  expect([added.code, added.stderr]).toEqual([2, expect.stringContaining("a whole number from 400 to 599")]);
  expect((await fault("load", "nowhere.yaml")).code).toBe(2);
  expect((await made.aura("rehearsal", "fault", "kinds", "-o", "json")).json<{ kinds: object[] }>().kinds).toHaveLength(
    14,
  );
});

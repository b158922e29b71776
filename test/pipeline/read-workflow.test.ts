import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { Failure } from "../../src/kernel/failure.ts";
import { readWorkflow } from "../../src/pipeline/read-workflow.ts";

const head = "on: { workflow_dispatch: { inputs: { action: { type: string } } } }\n";
const one = (step: string, job = "") =>
  `${head}jobs:\n  a:\n    runs-on: ubuntu-24.04\n${job}    steps:\n      - ${step}\n`;

function problems(text: string): readonly string[] {
  try {
    readWorkflow("/w/cd.yml", text);
    return [];
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== "FILE_INVALID") throw error;
    return error.details.problems ?? [];
  }
}

describe("a workflow", () => {
  it("is read with GitHub's defaults", () => {
    const { inputs, jobs } = readWorkflow("/w/cd.yml", one("run: echo hello"));
    expect(inputs["action"]).toEqual({ type: "string", options: [], required: false, fallback: "" });
    expect(jobs[0]).toMatchObject({ id: "a", name: "a", needs: [], timeoutMinutes: 360, permissions: {} });
    expect(jobs[0]?.steps[0]).toMatchObject({ name: ["Run echo hello"], continueOnError: false });
    expect(jobs[0]?.condition.text).toBe("success()");
  });

  it("may have no expression but true", () => {
    expect(problems(one("{ run: x, if: false }"))).toEqual([]);
  });

  it("reads whole that the tests run", async () => {
    const path = join(import.meta.dirname, "workflows/cycle.yml");
    expect(readWorkflow(path, await readFile(path, "utf8")).jobs.map(({ id }) => id)).toEqual(["run", "destroy"]);
  });

  it("tells all problems at once, by line", () => {
    const text = one("{ run: x, if: inputs.acton, env: { A: '${{ nope.x }}' } }", "    strategy: {}\n");
    expect(problems(text)).toHaveLength(1);
    expect(problems(text.replace("    strategy: {}\n", ""))).toHaveLength(2);
  });
});

it.each<[string, string, RegExp]>([
  [
    "an unknown key of a job",
    one("run: x", "    strategy: {}\n"),
    /jobs\.a\.strategy {2}expected one of|a known field/,
  ],
  ["an unknown key of a step", one("{ run: x, retries: 1 }"), /steps\[0\]\.retries/],
  ["a job that uses a workflow", `${head}jobs: { a: { uses: ./x.yml } }`, /jobs\.a\.uses/],
  ["another runner", one("run: x").replace("ubuntu-24.04", "windows-2025"), /an Ubuntu runner/],
  ["an action without counterpart", one("uses: actions/cache@v4"), /has a counterpart in a rehearsal/],
  ["an action that is not pinned", one("uses: actions/checkout"), /OWNER\/NAME@COMMIT/],
  ["an input an action does not have", one("{ uses: actions/checkout@v7, with: { submodules: true } }"), /submodules/],
  ["neither run nor uses", one("name: nothing"), /expected either run or uses, got neither/],
  ["both run and uses", one("{ run: x, uses: actions/checkout@v7 }"), /either run or uses, got both/],
  ["another shell", one("{ run: x, shell: pwsh }"), /shell/],
  ["an expression in a script", one("run: echo ${{ inputs.action }}"), /a script without \$\{\{ \}\}/],
  ["a need that is no job", one("run: x", "    needs: [b]\n"), /expected other jobs/],
  [
    "needs that go round",
    `${head}jobs:\n  a: { runs-on: ubuntu-24.04, needs: b, steps: [] }\n  b: { runs-on: ubuntu-24.04, needs: a, steps: [] }`,
    /jobs that do not wait for this one/,
  ],
  ["an id that is there", one("{ run: x, id: i }\n      - { run: y, id: i }"), /an id of its own/],
  ["no way to start it", "on: { schedule: [{ cron: '1 * * * *' }] }\njobs: {}", /workflow_dispatch/],
  ["a broken expression", one("{ run: x, if: '(true' }"), /"\)" is missing/],
  ["an input that is not declared", one("{ run: x, if: inputs.acton == 'x' }"), /did you mean "action"/],
  ["a step that comes later", one("{ run: x, if: steps.i.outcome }\n      - { run: y, id: i }"), /a name of steps/],
  ["a job that is not needed", one("{ run: x, if: needs.b.result }"), /a name of needs/],
  ["an unknown word of a need", one("{ run: x, if: steps.i.result }"), /steps/],
  ["an unknown fact of the run", one("{ run: x, if: github.branch }"), /a name of github/],
  ["a secret", one("{ run: x, env: { T: '${{ secrets.TOKEN }}' } }"), /a context that is known here .*got secrets/],
  ["a token", one("{ run: x, env: { T: '${{ github.token }}' } }"), /a name of github .*got token/],
  ["status outside of if", one("{ run: x, env: { T: '${{ always() }}' } }"), /status is asked in if: alone/],
  ["an unknown function", one("{ run: x, if: hashFiles('x') }"), /a function that is known/],
  ["too many arguments", one("{ run: x, if: contains('x') }"), /another number of arguments, got contains of 1/],
  ["no YAML", "on: [", /valid YAML/],
  ["nothing", "", /expected a workflow, got nothing/],
])("refuses %s", (_, text, problem) => {
  expect(problems(text).join("\n")).toMatch(problem);
});

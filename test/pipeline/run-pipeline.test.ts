import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { rehearse } from "./rehearse.ts";

const job = (id: string, steps: string, more = "") =>
  `  ${id}:\n    runs-on: ubuntu-24.04\n    permissions: { contents: read, id-token: write }\n${more}    steps:\n${steps}`;
const step = (name: string, run: string, more = "") =>
  `      - { name: ${name}, run: ${JSON.stringify(run)}${more === "" ? "" : `, ${more}`} }\n`;

describe("steps", () => {
  it("stop at a failure but for what always runs", async () => {
    const {
      ok,
      steps,
      job: jobOf,
    } = await rehearse(
      job(
        "a",
        [
          step("fails", "exit 3"),
          step("next", "true"),
          step("always", "true", "if: always()"),
          step("failure", "true", "if: failure()"),
          step("asked", "true", "if: \"!cancelled() && inputs.action == 'x'\""),
          step("cancelled", "true", "if: cancelled()"),
        ].join(""),
      ),
    );
    expect(steps("a")).toEqual([
      "fails: failure",
      "next: skipped",
      "always: success",
      "failure: success",
      "asked: success",
      "cancelled: skipped",
    ]);
    expect(jobOf("a")).toMatchObject({ result: "failure", steps: [{ message: "exit code 3" }, {}, {}, {}, {}, {}] });
    expect(ok).toBe(false);
  });

  it("go on after a failure that may be", async () => {
    const { ok, job: jobOf } = await rehearse(
      job(
        "a",
        step("fails", "false", "id: f, continue-on-error: true") +
          step("told", "true", "if: steps.f.outcome == 'failure' && steps.f.conclusion == 'success'"),
      ),
    );
    expect(ok).toBe(true);
    expect(jobOf("a").steps[0]).toMatchObject({ outcome: "failure", conclusion: "success" });
    expect(jobOf("a").steps[1]).toMatchObject({ outcome: "success" });
  });

  it("tell each other by files", async () => {
    const { lines, summary } = await rehearse(
      job(
        "a",
        [
          step(
            "tells",
            'echo "n=7" >> "$GITHUB_OUTPUT"; echo "V=set" >> "$GITHUB_ENV"; echo "# hi" >> "$GITHUB_STEP_SUMMARY"',
            "id: t",
          ),
          step("hears", 'echo "$N $V"', "env: { N: '${{ steps.t.outputs.n }}-${{ env.V }}' }"),
        ].join(""),
      ),
    );
    expect(lines).toEqual(["7-set set"]);
    expect(summary).toBe("# hi\n");
  });

  it("fail with an error in what they tell", async () => {
    const { job: jobOf } = await rehearse(job("a", step("tells", 'echo nonsense >> "$GITHUB_OUTPUT"')));
    expect(jobOf("a").steps[0]?.message).toMatch("assigns nothing: nonsense");
  });

  it("have variables of all, the nearest first", async () => {
    const { lines } = await rehearse(
      job(
        "a",
        step(
          "says",
          'echo "$FROM $JOB $STEP $FORCED $GITHUB_REPOSITORY ${HOME##*/} ${SHELL_ONLY:-unset}"',
          "env: { STEP: step, FORCED: no }",
        ),
        "    env: { FROM: job, JOB: '${{ vars.ROLE }}' }\n",
      ),
      { world: {} },
    );
    expect(lines).toEqual(["job arn step yes o/r home unset"]);
  });

  it("fail in a pipe only with bash named", async () => {
    const { steps } = await rehearse(
      job("a", step("default", "false | true") + step("bash", "false | true", "shell: bash")),
    );
    expect(steps("a")).toEqual(["default: success", "bash: failure"]);
  });

  it("find nothing but the rehearsed npx and npm", async () => {
    const { lines, steps } = await rehearse(
      job("a", step("aura", "npx aura up --yes") + step("install", "npm ci") + step("other", "npx cowsay hi")),
    );
    expect(lines).toEqual([
      "aura up --yes",
      "aura is here already: nothing is installed",
      "a rehearsed pipeline does not run: npx cowsay hi",
    ]);
    expect(steps("a")).toEqual(["aura: success", "install: success", "other: failure"]);
  });

  it("may be made to fail", async () => {
    const { steps, lines } = await rehearse(job("a", step("one", "echo ran") + step("two", "echo ran")), {
      fail: "a/two",
    });
    expect(steps("a")).toEqual(["one: success", "two: failure"]);
    expect(lines).toEqual(["ran"]);
  });
});

describe("jobs", () => {
  const two = (first: string, condition = "", action = "needs: [a]") =>
    job("a", step("s", first)) +
    job("b", step("s", "true"), `    ${action}\n${condition === "" ? "" : `    if: ${condition}\n`}`);

  it.each([
    ["true", "", "success"],
    ["false", "", "skipped"],
    ["false", "always()", "success"],
    ["false", "failure()", "success"],
    ["true", "failure()", "skipped"],
    ["false", "always() && needs.a.result == 'failure'", "success"],
    ["true", "inputs.action == 'other'", "skipped"],
  ])("after %s with if: %s end in %s", async (first, condition, result) => {
    expect((await rehearse(two(first, condition))).job("b").result).toBe(result);
  });

  it("see failures of jobs long before", async () => {
    const third = job("c", step("s", "true"), "    needs: [b]\n    if: failure()\n");
    const { job: jobOf } = await rehearse(two("false") + third);
    expect([jobOf("b").result, jobOf("c").result]).toEqual(["skipped", "success"]);
  });

  it("run in the order of their needs", async () => {
    const order: string[] = [];
    await rehearse(job("b", step("s", "true"), "    needs: a\n") + job("a", step("s", "true")), {
      onEvent: (event) => event.type === "job-started" && order.push(event.job),
    });
    expect(order).toEqual(["a", "b"]);
  });

  it("share outputs and artifacts, and nothing else", async () => {
    const { lines, artifacts, folder } = await rehearse(
      job(
        "a",
        [
          "      - { uses: actions/checkout@v7 }\n",
          step(
            "makes",
            'cat file; mkdir -p kept lost; echo 1 > kept/x; echo 2 > lost/x; echo "n=7" >> "$GITHUB_OUTPUT"',
            "id: m",
          ),
          "      - { uses: actions/upload-artifact@v7, with: { name: k, path: kept } }\n",
        ].join(""),
        "    outputs: { n: '${{ steps.m.outputs.n }}' }\n",
      ) +
        job(
          "b",
          "      - { uses: actions/download-artifact@v8, with: { name: k, path: here } }\n" +
            step("looks", 'echo "$N $(find . -type f)"', "env: { N: '${{ needs.a.outputs.n }}' }"),
          "    needs: a\n",
        ),
      { files: { file: "hello\n", "node_modules/x": "", ".aura/dev/journal.jsonl": "" } },
    );
    expect(lines).toContain("7 ./here/x");
    expect(lines).toContain("hello");
    expect(artifacts).toEqual(["k"]);
    expect(await readFile(join(folder, ".aura/.pipeline/jobs/a/lost/x"), "utf8")).toBe("2\n");
  });

  it("lose everything with their runner", async () => {
    const { job: jobOf, steps } = await rehearse(
      job("a", step("works", "echo 1 > made") + step("tidies", "true", "if: always()")) +
        job("b", step("looks", "test ! -e made"), "    needs: a\n    if: always()\n"),
      { lose: "works" },
    );
    expect(jobOf("a")).toMatchObject({ result: "failure", message: "the runner was lost" });
    expect(steps("a")).toEqual(["works: success"]);
    expect(jobOf("b").result).toBe("success");
  });

  it("end what their steps left running", async () => {
    const { folder } = await rehearse(
      job("a", step("leaves", "(sleep 0.4; echo late > ../late) >/dev/null 2>&1 &")) +
        job("b", step("waits", "sleep 0.8")),
    );
    await expect(readFile(join(folder, ".aura/.pipeline/late"), "utf8")).rejects.toThrow();
  });
});

describe("an action", () => {
  it.each([
    [
      "uses: aws-actions/configure-aws-credentials@v6, with: { role-to-assume: r, aws-region: e }",
      "success",
      undefined,
    ],
    [
      "uses: aws-actions/configure-aws-credentials@v6, with: { role-to-assume: '${{ vars.NONE }}', aws-region: e }",
      "failure",
      "role-to-assume is empty",
    ],
    ["uses: actions/download-artifact@v8, with: { name: none }", "failure", "artifact not found for name: none"],
    ["uses: actions/upload-artifact@v7, with: { name: x, path: none }", "success", undefined],
    [
      "uses: actions/upload-artifact@v7, with: { name: x, path: none, if-no-files-found: error }",
      "failure",
      "no file was found with the paths: none",
    ],
    ["uses: actions/upload-artifact@v7, with: { name: a/b, path: x }", "failure", 'an artifact cannot be called "a/b"'],
  ])("%s ends in %s", async (text, outcome, message) => {
    const [found] = (await rehearse(job("a", `      - { ${text} }\n`))).job("a").steps;
    expect([found?.outcome, found?.message]).toEqual([outcome, message]);
  });

  it("needs the permission it needs on GitHub", async () => {
    const steps =
      "      - { uses: aws-actions/configure-aws-credentials@v6, with: { role-to-assume: r, aws-region: e } }\n";
    const { job: jobOf } = await rehearse(job("a", steps).replace("id-token: write", "id-token: read"));
    expect(jobOf("a").steps[0]?.message).toBe("the job's permissions need id-token: write; it is read");
  });

  it("uploads a name once, unless it may overwrite", async () => {
    const upload = (more = "") => `      - { uses: actions/upload-artifact@v7, with: { name: k, path: x${more} } }\n`;
    const { steps } = await rehearse(
      job("a", step("makes", "touch x") + upload() + upload(", overwrite: true") + upload()),
    );
    expect(steps("a").map((text) => text.split(": ").at(-1))).toEqual(["success", "success", "success", "failure"]);
  });
});

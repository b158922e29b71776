import { describe, expect, it } from "vitest";

import { holds, parseCondition } from "../../../src/pipeline/expressions/template.ts";
import { workflows } from "./workflows.ts";

const { jobs } = workflows().deploy;

const actions = ["deploy", "deploy-and-destroy", "destroy"];
const outcomes = ["success", "failure", "cancelled", "skipped"];
const confirmations = ["dev", "", "prod"];

interface Case {
  readonly action: string;
  readonly confirm: string;
  readonly gpu: boolean;
  readonly check: string;
  readonly run: string;
  readonly cancelled: boolean;
}

const cases: Case[] = actions.flatMap((action) =>
  confirmations.flatMap((confirm) =>
    [true, false].flatMap((gpu) =>
      outcomes.flatMap((check) =>
        outcomes.flatMap((run) => [true, false].map((cancelled) => ({ action, confirm, gpu, check, run, cancelled }))),
      ),
    ),
  ),
);

/** Whether a job starts, as GitHub decides it from its `if:`. */
function starts(id: string, { action, confirm, gpu, check, run, cancelled }: Case): boolean {
  const results = { check, run };
  const needed = (jobs[id].needs ?? []).map((name: "check" | "run") => results[name]);
  return holds(parseCondition(jobs[id].if), {
    contexts: {
      inputs: { action, confirm, gpu, environment: "dev" },
      needs: { check: { result: check }, run: { result: run } },
    },
    status: {
      always: true,
      success: !cancelled && needed.every((result: string) => result === "success"),
      failure: !cancelled && needed.includes("failure"),
      cancelled,
    },
  });
}

describe("the destroy job", () => {
  it("starts exactly when something may have to go", () => {
    expect(cases).toHaveLength(576);
    for (const one of cases) {
      const isAsked = one.action === "destroy" && one.confirm === "dev";
      // a run that was begun may have made something, however it ended
      const isOwed = one.action === "deploy-and-destroy" && one.run !== "skipped";
      expect(starts("destroy", one), JSON.stringify(one)).toBe(isAsked || isOwed);
    }
  });

  it.each(["failure", "cancelled"])("starts after a run that ended as %s", (run) => {
    const one = { action: "deploy-and-destroy", confirm: "", gpu: true, check: "success", run, cancelled: true };
    expect(starts("destroy", one)).toBe(true);
  });

  it("leaves a deploy alone, whatever became of it", () => {
    for (const one of cases.filter(({ action }) => action === "deploy")) expect(starts("destroy", one)).toBe(false);
  });
});

describe("the run job", () => {
  it("starts after a check alone, and never to destroy", () => {
    for (const one of cases) {
      const isWanted = one.action !== "destroy" && one.check === "success" && !one.cancelled;
      expect(starts("run", one), JSON.stringify(one)).toBe(isWanted);
    }
  });
});

describe("steps", () => {
  const step = (job: string, name: string) => jobs[job].steps.find((one: { name: string }) => one.name === name);
  const runs = (job: string, name: string, status: string, steps: Record<string, string>, action = "deploy") =>
    holds(parseCondition(step(job, name).if), {
      contexts: {
        inputs: { action },
        steps: Object.fromEntries(Object.entries(steps).map(([id, outcome]) => [id, { outcome, outputs: {} }])),
      },
      status: {
        always: true,
        success: status === "success",
        failure: status === "failure",
        cancelled: status === "cancelled",
      },
    });

  it("apply goes on through a cancel, once there is a plan", () => {
    expect(runs("run", "Apply", "cancelled", { plan: "success" })).toBe(true);
    expect(runs("run", "Apply", "cancelled", { plan: "cancelled" })).toBe(false);
    expect(runs("run", "Apply", "failure", { plan: "skipped" })).toBe(false);
  });

  it("collect brings home what failed jobs left", () => {
    const name = "Collect metrics, logs and outputs";
    expect(runs("run", name, "failure", { jobs: "success" })).toBe(true);
    expect(runs("run", name, "failure", { jobs: "skipped" })).toBe(false);
    expect(runs("run", name, "cancelled", { jobs: "success" })).toBe(false);
  });

  it.each(["success", "failure", "cancelled"])("the journal is kept when the job ends as %s", (status) => {
    expect(runs("run", "Keep journal and report", status, { state: "success" })).toBe(true);
    expect(runs("run", "Keep journal and report", status, { state: "failure" })).toBe(false);
  });

  it("only a deploy reports before it is destroyed", () => {
    expect(runs("run", "Summary report", "failure", { jobs: "success" })).toBe(true);
    expect(runs("run", "Summary report", "success", { jobs: "success" }, "deploy-and-destroy")).toBe(false);
  });
});

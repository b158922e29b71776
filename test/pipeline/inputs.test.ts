import { describe, expect, it } from "vitest";

import { Failure } from "../../src/kernel/failure.ts";
import { assignment, readInputs } from "../../src/pipeline/inputs.ts";
import { readWorkflow } from "../../src/pipeline/read-workflow.ts";

const workflow = readWorkflow(
  "/w.yml",
  `on:
  workflow_dispatch:
    inputs:
      action: { type: choice, options: [deploy, destroy], default: deploy, required: true }
      gpu: { type: boolean, default: true }
      ttl: { type: number, default: 4 }
      confirm: { type: string, default: "" }
      who: { required: true }
jobs: {}`,
);
const read = (given: Record<string, string>) => readInputs(workflow, new Map(Object.entries(given)));

describe("inputs", () => {
  it("have their defaults and types", () => {
    expect(read({ who: "me" })).toEqual({ action: "deploy", gpu: true, ttl: 4, confirm: "", who: "me" });
    expect(read({ who: "me", gpu: "false", ttl: "2.5", action: "destroy" })).toMatchObject({ gpu: false, ttl: 2.5 });
  });

  it("are refused with every problem", () => {
    const problems = [
      "actoin is no input; did you mean action? (action, gpu, ttl, confirm, who)",
      'action is one of deploy, destroy, not "x"',
      'gpu is true or false, not "yes"',
      'ttl is a number, not ""',
      "who is required",
    ];
    const given = { actoin: "deploy", action: "x", gpu: "yes", ttl: "" };
    expect(() => read(given)).toThrow(expect.objectContaining({ details: expect.objectContaining({ problems }) }));
  });

  it.each([
    ["a=b", ["a", "b"]],
    ["a=", ["a", ""]],
    ["a=b=c\nd", ["a", "b=c\nd"]],
  ])("are given as %j", (text, expected) => {
    expect(assignment(text, "--input")).toEqual(expected);
  });

  it("need a name and a value", () => {
    expect(() => assignment("a", "--input")).toThrow(Failure);
  });
});

import { describe, expect, test } from "vitest";

import type { Engine } from "../../../src/aws/tofu/engine.ts";
import type { EngineListener } from "../../../src/aws/tofu/engine-options.ts";
import type { PlanSummary } from "../../../src/aws/tofu/plan-summary.ts";
import { terraformStep } from "../../../src/cli/targets/terraform-step.ts";
import { Failure } from "../../../src/kernel/failure.ts";
import type { Observation } from "../../../src/timeline/entries.ts";

const vpc = { address: "aws_vpc.this", resourceType: "aws_vpc", action: "create" } as const;
const onePlan: PlanSummary = {
  hasChanges: true,
  counts: { create: 1, update: 0, delete: 0, replace: 0 },
  resources: [vpc],
};

interface World {
  readonly plan?: PlanSummary;
  readonly answer?: boolean | undefined;
  readonly resources?: number;
  readonly isCutOff?: boolean;
  readonly observe?: (observation: Observation) => Promise<void>;
}

function world({ plan = onePlan, answer, resources = 0, isCutOff = false, observe }: World = {}) {
  const calls: string[] = [];
  const questions: string[] = [];
  const seen: Observation[] = [];
  const make = async (listener: EngineListener): Promise<Engine> => ({
    init: async () => {},
    plan: async () => plan,
    async apply() {
      calls.push("apply");
      listener.onResource({ ...vpc, state: "started", done: 0, of: 1 });
      listener.onNotice("waits for the state's lock");
      listener.onResource({ ...vpc, state: "succeeded", seconds: 2, done: 1, of: 1 });
    },
    async destroy(_, between) {
      await between?.();
      calls.push("destroy");
    },
    outputs: async () => ({}),
    isCutOff: async () => isCutOff,
    resources: async () => Array.from({ length: resources }, () => ({ address: vpc.address, type: "aws_vpc" })),
  });
  const step = terraformStep({
    run: {
      observe: observe ?? (async (observation) => void seen.push(observation)),
      confirm: async (question) => {
        questions.push(question);
        return answer;
      },
    },
    engine: make,
    usdPerHour: 0.145,
    between: async () => void calls.push("between"),
  });
  return { step, calls, questions, seen };
}

const never = new AbortController().signal;

describe("the step", () => {
  test("is absent while an unlocked state is empty", async () => {
    expect(await world().step.observe(never)).toBe("absent");
    expect(await world({ isCutOff: true }).step.observe(never)).toBe("partial");
    expect(await world({ resources: 1 }).step.observe(never)).toBe("partial");
  });

  test("asks with the price before it applies", async () => {
    const { step, calls, questions } = world({ answer: true });
    await step.ensure(never);
    expect(questions).toEqual([
      "Terraform would make 1 resource: 1 aws_vpc\n" +
        "from then on it costs $0.1450 an hour, nodes of jobs not counted.\nGo on?",
    ]);
    expect(calls).toEqual(["apply"]);
  });

  test("asks nothing where nothing changes", async () => {
    const counts = { create: 0, update: 0, delete: 0, replace: 0 };
    const { step, calls, questions } = world({ plan: { hasChanges: false, counts, resources: [] } });
    await step.ensure(never);
    expect([calls, questions]).toEqual([[], []]);
  });

  test.each([
    [false, "the answer was no"],
    [undefined, "nobody answered"],
  ])("applies nothing when the answer is %s", async (answer, why) => {
    const { step, calls } = world({ answer });
    await expect(step.ensure(never)).rejects.toMatchObject({ code: "DECLINED", details: { why } });
    expect(calls).toEqual([]);
  });

  test("is stopped, not declined, by a signal", async () => {
    const signal = AbortSignal.abort(new Failure("INTERRUPTED", "stopped by SIGINT"));
    await expect(world().step.ensure(signal)).rejects.toMatchObject({ code: "INTERRUPTED" });
  });

  test("tells what happens in its order", async () => {
    const { step, seen } = world({ answer: true });
    await step.ensure(never);
    expect(seen.shift()).toMatchObject({ message: expect.stringContaining("would make 1 resource: 1 aws_vpc; from") });
    expect(seen.map((one) => [one.type, "state" in one ? one.state : "message" in one && one.message])).toEqual([
      ["resource", "started"],
      ["event", "waits for the state's lock"],
      ["resource", "succeeded"],
    ]);
  });

  test("fails where nothing can be told", async () => {
    const observe = async () => {
      throw new Error("disk full");
    };
    await expect(world({ answer: true, observe }).step.ensure(never)).rejects.toThrow("disk full");
  });

  test("sweeps between tries of destroy", async () => {
    const { step, calls } = world({ resources: 1 });
    await step.undo(never);
    expect(calls).toEqual(["between", "destroy"]);
  });
});

import { describe, expect, it } from "vitest";

import { manualClock } from "../../src/kernel/clocks.ts";
import type { CommandResult, Commands } from "../../src/kernel/commands.ts";
import { rehearse } from "./rehearse.ts";

const jobs = (step: string) => `  run:
    runs-on: ubuntu-24.04
    timeout-minutes: 30
    steps:
      - ${step}
      - { name: next, run: "true" }
      - { name: always, run: "true", if: always() }
      - { name: cancelled, run: "true", if: cancelled() }
  destroy:
    runs-on: ubuntu-24.04
    needs: run
    if: always() && needs.run.result != 'skipped'
    steps: [{ name: down, run: "true" }]
  other:
    runs-on: ubuntu-24.04
    needs: run
    steps: [{ run: "true" }]
`;

/** Processes that run until a signal of this name, on a clock that goes when everything waits. */
function stubborn(endsAt: NodeJS.Signals) {
  const clock = manualClock();
  const signals: string[] = [];
  let end: ((result: CommandResult) => void) | undefined;
  const commands: Commands = {
    find: async () => undefined,
    async run({ args, onStart }) {
      onStart?.({ pid: 1, started: "" });
      const isLong = args.some((arg) => arg.includes("step-0")) && end === undefined;
      if (!isLong) return { code: 0, signal: null, stdout: "", stderr: "" };
      return new Promise((resolve) => {
        end = resolve;
      });
    },
  };
  const tell = (_: unknown, signal: NodeJS.Signals, whom: string) => {
    signals.push(`${signal} ${whom} +${clock.now() - manualClock().now()}`);
    if (signal === endsAt) end?.({ code: null, signal, stdout: "", stderr: "" });
  };
  return { clock, signals, commands, tell };
}

describe("a cancel", () => {
  it("ends the step and skips all but what always runs", async () => {
    const { job, steps } = await rehearse(jobs("{ name: long, run: exec sleep 30 }"), {
      onEvent: (event, run) => event.type === "step-started" && event.step === "long" && setTimeout(run.cancel, 100),
    });
    expect(steps("run")).toEqual(["long: cancelled", "next: skipped", "always: success", "cancelled: success"]);
    expect(job("run").result).toBe("cancelled");
    expect(job("destroy")).toMatchObject({ result: "success", steps: [{ outcome: "success" }] });
    expect(job("other").result).toBe("skipped");
  });

  it("leaves a step be whose condition holds", async () => {
    const { steps } = await rehearse(jobs("{ name: long, run: sleep 0.4, if: always() }"), {
      onEvent: (event, run) => event.type === "step-started" && event.step === "long" && run.cancel(),
    });
    expect(steps("run")[0]).toBe("long: success");
    expect(steps("run")[1]).toBe("next: skipped");
  });

  it("leaves a job be whose condition holds", async () => {
    const { job } = await rehearse(jobs("{ name: long, run: 'true' }"), {
      onEvent: (event, run) => event.type === "step-started" && event.step === "down" && run.cancel(),
    });
    expect(job("destroy").result).toBe("success");
  });

  it.each([
    ["SIGINT", ["SIGINT process +0"]],
    ["SIGTERM", ["SIGINT process +0", "SIGTERM process +7500"]],
    ["SIGKILL", ["SIGINT process +0", "SIGTERM process +7500", "SIGKILL group +10000"]],
  ] as const)("tells the entry process up to %s", async (endsAt, expected) => {
    const { signals, ...world } = stubborn(endsAt);
    await rehearse(jobs("{ name: long, run: x }"), {
      world,
      onEvent(event, run) {
        if (event.type !== "step-started" || event.step !== "long") return;
        setTimeout(() => {
          run.cancel();
          void world.clock.advance(12_000);
        }, 50);
      },
    });
    expect(signals.slice(0, expected.length)).toEqual(expected);
  });

  it("is the end of a job out of time", async () => {
    const { signals, ...world } = stubborn("SIGINT");
    const { job, steps } = await rehearse(jobs("{ name: long, run: x }"), {
      world,
      onEvent: (event) =>
        event.type === "step-started" &&
        event.step === "long" &&
        setTimeout(() => void world.clock.advance(31 * 60_000), 50),
    });
    expect(job("run")).toMatchObject({ result: "cancelled", message: "it took longer than 30 minutes" });
    expect(steps("run").at(-2)).toBe("always: success");
    expect(signals[0]).toBe("SIGINT process +1800000");
  });

  it("is not the end of a step out of time", async () => {
    const { signals: _, ...world } = stubborn("SIGINT");
    const { job } = await rehearse(jobs("{ name: long, run: x, timeout-minutes: 2 }"), {
      world,
      onEvent: (event) =>
        event.type === "step-started" &&
        event.step === "long" &&
        setTimeout(() => void world.clock.advance(120_000), 50),
    });
    expect(job("run").result).toBe("failure");
    expect(job("run").steps[0]).toMatchObject({
      outcome: "failure",
      message: "it took longer than its timeout-minutes",
    });
  });
});

describe("a second cancel", () => {
  it("ends everything at once", async () => {
    const { job, steps } = await rehearse(jobs("{ name: long, run: sleep 30, if: always() }"), {
      onEvent(event, run) {
        if (event.type !== "step-started" || event.step !== "long") return;
        run.cancel();
        setTimeout(run.kill, 100);
      },
    });
    expect(steps("run")).toEqual(["long: cancelled", "next: skipped", "always: skipped", "cancelled: skipped"]);
    expect([job("run").result, job("destroy").result]).toEqual(["cancelled", "cancelled"]);
  });
});

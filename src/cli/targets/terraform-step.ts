import type { Engine } from "../../aws/tofu/engine.ts";
import type { EngineListener } from "../../aws/tofu/engine-options.ts";
import { type PlanSummary, planText } from "../../aws/tofu/plan-summary.ts";
import { Failure } from "../../kernel/failure.ts";
import { count } from "../../kernel/text.ts";
import type { Step } from "../../lifecycle/step.ts";
import type { TargetRun } from "../../lifecycle/target.ts";
import { engineKind } from "../progress/resources.ts";

export interface TerraformStepOptions {
  readonly run: Pick<TargetRun, "observe" | "confirm">;
  /** Made when it is first needed: to find the engine takes running it. */
  readonly engine: (listener: EngineListener) => Promise<Engine>;
  /** What the environment costs by the hour once it is there, without the nodes of jobs. */
  readonly usdPerHour: number;
  /** Sweeps away what stands in the way of a deletion; before each further try of destroy. */
  readonly between: (signal: AbortSignal) => Promise<void>;
}

/**
 * What Terraform makes of the account: planned, shown with its price, asked about and applied; destroyed with all that
 * the state knows. A state with nothing in it is absent; any other is planned again, which finds what is amiss.
 */
export function terraformStep({ run, engine, usdPerHour, between }: TerraformStepOptions): Step {
  const told = telling(run.observe);
  let made: Promise<Engine> | undefined;
  const working = async <T>(work: (engine: Engine) => Promise<T>) => {
    try {
      // one that was not found is looked for again
      made ??= engine(told.listener).catch((error: unknown) => {
        made = undefined;
        throw error;
      });
      return await work(await made);
    } finally {
      await told.all();
    }
  };
  return {
    name: "terraform",
    phase: "deploy",
    title: "network, cluster and roles, by Terraform",
    observe: (signal) =>
      working(async (it) => {
        const isEmpty = (await it.resources(signal)).length === 0;
        // a lock that is left behind keeps a state from being removed
        return isEmpty && !(await it.isCutOff()) ? "absent" : "partial";
      }),
    ensure: (signal) =>
      working(async (it) => {
        const plan = await it.plan(signal);
        if (!plan.hasChanges) return;
        const text = planText(plan, usdPerHour);
        // who answered beforehand has it in the log
        told.listener.onNotice(`would ${text.replaceAll("\n", "; ")}`);
        const answer = await run.confirm(`Terraform would ${text}.\nGo on?`);
        signal.throwIfAborted();
        if (answer !== true) throw declined(plan, answer);
        await it.apply(signal);
      }),
    undo: (signal) => working((it) => it.destroy(signal, () => between(signal))),
  };
}

function declined({ counts }: PlanSummary, answer: boolean | undefined): Failure {
  const changes = Object.values(counts).reduce((sum, number) => sum + number, 0);
  return new Failure("DECLINED", `${count(changes, "change")} of Terraform not applied`, {
    why: answer === undefined ? "nobody answered" : "the answer was no",
    fix: "--yes answers for you",
  });
}

/** Observations in the order in which they were made; the first that cannot be kept comes out of `all`. */
function telling(observe: TargetRun["observe"]) {
  let last: Promise<void> = Promise.resolve();
  const tell = (observation: Parameters<typeof observe>[0]) => {
    last = last.then(() => observe(observation));
    // it is awaited at the end of the work
    last.catch(() => {});
  };
  const listener: EngineListener = {
    onResource: (progress) => tell({ type: "resource", ...progress }),
    onNotice: (message) =>
      tell({
        ...{ type: "event", level: "Normal", kind: engineKind, name: "engine" },
        ...{ reason: "Engine", message, source: "aura" },
      }),
  };
  return { listener, all: () => last };
}

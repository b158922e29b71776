import { join } from "node:path";

import { removeFile } from "../../kernel/files.ts";
import { backendOverride } from "./backend.ts";
import { engineCalls } from "./engine-calls.ts";
import type { EngineOptions } from "./engine-options.ts";
import { pushErroredState } from "./errored-state.ts";
import { noChanges, type PlanSummary, planSummary } from "./plan-summary.ts";
import { type StateResource, stateResources } from "./state-resources.ts";
import { writeWorkFolder } from "./work-folder.ts";

/** OpenTofu or Terraform on one environment. Each call fails with the signal's reason when it is aborted. */
export interface Engine {
  /** Waits for an engine that is still at work there, writes the files, and makes the folder ready. Done once. */
  init(signal: AbortSignal): Promise<void>;
  /** Plans and keeps the plan for `apply`. */
  plan(signal: AbortSignal): Promise<PlanSummary>;
  /** Applies the plan that was kept. What AWS lets pass the second time is planned and applied again. */
  apply(signal: AbortSignal): Promise<void>;
  /** Removes everything in the state. `between` is called before each further try: to sweep away what is in the way. */
  destroy(signal: AbortSignal, between?: () => Promise<void>): Promise<void>;
  /** The root module's outputs by name. */
  outputs(signal: AbortSignal): Promise<Readonly<Record<string, unknown>>>;
  /** Whether an engine was killed here that may have left the state's lock behind: the next one breaks it. */
  isCutOff(): Promise<boolean>;
  /** What the state knows; nothing where there is none. */
  resources(signal: AbortSignal): Promise<readonly StateResource[]>;
}

const planFile = "aura.tfplan";
/**
 * Read by itself, after `terraform.tfvars.json`: tofu compares a plan's values with those that it reads when it applies
 * it, and terraform takes no `-var-file` then. Who works in the folder by hand has them too.
 */
const variablesFile = "aura.auto.tfvars.json";
/** How both engines begin to say so. */
const noState = /No state file was found/;

/** An engine at work below `.aura`: its state, plan, logs and files are there, or in S3. */
export function engine(options: EngineOptions): Engine {
  const calls = engineCalls(options);
  const lock = `-lock-timeout=${options.lockTimeoutSeconds ?? 300}s`;
  const planOnce = (signal: AbortSignal) => calls.run("plan", [lock, "-detailed-exitcode", `-out=${planFile}`], signal);
  let ready = false;

  const init = async (signal: AbortSignal) => {
    if (ready) return;
    await calls.attach(signal);
    await writeWorkFolder(options.folder, allFiles(options));
    await calls.persist({ signal }, () => calls.run("init", ["-no-color", "-reconfigure"], signal));
    if (await pushErroredState(calls, [lock], signal))
      options.listener.onNotice("the state that an earlier run could not save is saved now");
    ready = true;
  };

  return {
    init,
    async plan(signal) {
      await init(signal);
      const { code } = await calls.persist({ signal }, () => planOnce(signal));
      return code === 0 ? noChanges : planSummary(await calls.ask(["show", "-json", planFile], signal));
    },
    async apply(signal) {
      await calls.persist({ signal }, async (number) => {
        // a plan is good for one try, which changes the state
        const planned = number === 0 ? undefined : await planOnce(signal);
        return planned === undefined || planned.code === 2 ? calls.run("apply", [lock, planFile], signal) : planned;
      });
      await removeFile(join(calls.cwd, planFile));
    },
    async destroy(signal, between) {
      await init(signal);
      await calls.persist({ signal, between }, () => calls.run("destroy", ["-auto-approve", lock], signal));
    },
    isCutOff: calls.isCutOff,
    async outputs(signal) {
      await init(signal);
      return outputValues(await calls.ask(["output", "-json"], signal));
    },
    async resources(signal) {
      await init(signal);
      return stateResources(await calls.ask(["state", "list"], signal, noState));
    },
  };
}

function allFiles({ files, root, backend, variables }: EngineOptions): Map<string, string> {
  return new Map([
    ...files,
    [join(root, "backend_override.tf.json"), backendOverride(backend)],
    [join(root, variablesFile), `${JSON.stringify(variables, null, 2)}\n`],
  ]);
}

function outputValues(text: string): Record<string, unknown> {
  const outputs = JSON.parse(text) as Record<string, { readonly value: unknown }>;
  return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
}

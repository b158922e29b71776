import type { Container } from "../../cluster/objects.ts";
import { sleep } from "../../kernel/clock.ts";
import { messageOf } from "../../kernel/failure.ts";
import type { RunningContainer } from "./runtime.ts";
import type { Work } from "./work.ts";

type Hook = NonNullable<NonNullable<Container["lifecycle"]>["preStop"]>;

/** Runs `lifecycle.postStart`; a container whose hook fails is killed. */
export async function afterStart(work: Work, container: Container, running: RunningContainer): Promise<void> {
  const failure = await run(work, container.lifecycle?.postStart, running);
  if (failure === undefined) return;
  work.event("Warning", "FailedPostStartHook", `PostStartHook failed: ${failure}`);
  running.kill();
}

/** Puts `lifecycle.preStop` before SIGTERM; the pod's grace period counts from its beginning. */
export function beforeStop(work: Work, { lifecycle }: Container, running: RunningContainer): RunningContainer {
  const hook = lifecycle?.preStop;
  if (hook === undefined) return running;
  const terminate = async () => {
    const failure = await run(work, hook, running);
    if (failure !== undefined) work.event("Warning", "FailedPreStopHook", `PreStopHook failed: ${failure}`);
    running.terminate();
  };
  return { ...running, terminate: () => void terminate() };
}

/** Why a hook failed, or undefined. Commands and pauses are run; HTTP requests are not: pods have no network. */
async function run({ host }: Work, hook: Hook | undefined, running: RunningContainer): Promise<string | undefined> {
  if (hook?.sleep !== undefined) await sleep(host.clock, hook.sleep.seconds * 1000);
  else if (hook?.exec !== undefined) {
    try {
      const process = await running.exec(hook.exec.command ?? [], {});
      process.stdout.resume();
      process.stderr.resume();
      const code = await process.exited;
      return code === 0 ? undefined : `command exited with ${code}`;
    } catch (error) {
      return messageOf(error);
    }
  } else if (hook !== undefined)
    host.log(`a hook of ${Object.keys(hook).join()} was passed over: pods have no network`);
  return undefined;
}

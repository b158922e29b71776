import { synthesizeObjects } from "../synth/kubernetes/objects.ts";
import type { Session } from "./session.ts";
import type { Step } from "./step.ts";
import { accessOf } from "./steps/access.ts";
import { poolsStep } from "./steps/pools.ts";

/** All steps that make an environment, in order. */
export function deploySteps(session: Session): Step[] {
  const { target, environment } = session.options;
  return [...target.steps, poolsStep(accessOf(session), synthesizeObjects(environment))];
}

/** Makes the environment, or finds it made. */
export async function deploy(session: Session, steps: readonly Step[], signal: AbortSignal): Promise<void> {
  const { target } = session.options;
  await session.phase("deploy", async () => {
    for (const estimate of target.estimates) await session.observe({ type: "estimate", ...estimate });
    for (const charge of target.charges) await session.observe({ type: "charge", state: "started", ...charge });
    await session.ensure(steps, signal);
    await session.record();
  });
}

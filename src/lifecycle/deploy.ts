import type { Session } from "./session.ts";
import type { Step } from "./step.ts";
import { accessOf } from "./steps/access.ts";
import { poolsStep } from "./steps/pools.ts";

/** The steps that make an environment: first its cluster, then what is in it. */
export interface DeploySteps {
  readonly outside: readonly Step[];
  readonly inside: readonly Step[];
}

export function deploySteps(session: Session): DeploySteps {
  const { options, observe, facts } = session;
  const { target, confirm } = options;
  return {
    outside: target.steps({ ...facts, observe, confirm }),
    inside: [poolsStep(accessOf(session), target.objects(facts))],
  };
}

/** Makes the environment, or finds it made. */
export async function deploy(session: Session, { outside, inside }: DeploySteps, signal: AbortSignal): Promise<void> {
  const { target } = session.options;
  await session.phase("deploy", async () => {
    for (const estimate of target.estimates) await session.observe({ type: "estimate", ...estimate });
    for (const charge of target.charges) await session.observe({ type: "charge", state: "started", ...charge });
    await session.ensure([...outside, ...inside], signal);
    await session.record();
  });
}

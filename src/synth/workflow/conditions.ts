/**
 * When the jobs run. What may have been made is told from the inputs and from whether the job that makes it was begun,
 * never from what it says of itself: a machine that died says nothing.
 */

/** Deploys, runs and collects. Not after a failed check: a stale or broken file is found before anything is made. */
export const runs = "inputs.action != 'destroy' && needs.check.result == 'success'";

/** A destroy that a person asks for is confirmed by the environment's name. */
const isConfirmedDestroy = "inputs.action == 'destroy' && inputs.confirm == inputs.environment";

/** Also after a failure, a cancel and a lost machine: `always()` is what makes it so. */
const isOwedDestroy = "inputs.action == 'deploy-and-destroy' && needs.run.result != 'skipped'";

export const destroys = `always() && (${isConfirmedDestroy} || ${isOwedDestroy})`;

export const isUnconfirmed = "inputs.action == 'destroy' && inputs.confirm != inputs.environment";

/** As a step's or a job's `if:` says it. */
export function when(expression: string): string {
  return `\${{ ${expression} }}`;
}

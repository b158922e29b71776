// None begins with the cluster's name, or with what the workflow's own policies are called: those it may change.

/** The name of the role that deploys and destroys. */
export function workflowRoleName(cluster: string): string {
  return `AuraWorkflow-${cluster}`;
}

/** The name of the role that removes what has expired, and can do nothing else. */
export function reaperRoleName(cluster: string): string {
  return `${workflowRoleName(cluster)}-reaper`;
}

/** The name of the policy that bounds both, and every role that they make. */
export function workflowBoundaryName(cluster: string): string {
  return `AuraWorkflowBoundary-${cluster}`;
}

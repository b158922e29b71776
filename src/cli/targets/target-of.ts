import type { Target } from "../../lifecycle/target.ts";
import type { Environment } from "../../spec/environment.ts";
import type { Context } from "../context.ts";

// Each is imported when it is wanted: the clients of AWS alone take longer to load than a rehearsal to answer.

/** The target that an environment lives on. */
export async function targetOf(context: Context, environment: Environment): Promise<Target> {
  switch (environment.target) {
    case "aws":
      return (await import("./aws/aws-target.ts")).awsTarget(context, environment);
    case "kubernetes":
      return (await import("./kubernetes-target.ts")).kubernetesTarget(context, environment);
    default:
      return (await import("./rehearsal-target.ts")).rehearsalTarget(context, environment);
  }
}

import { Failure } from "../../kernel/failure.ts";
import type { Environment } from "../../spec/environment.ts";
import { clusterName } from "../../synth/kubernetes/labels.ts";

export interface ControllerOptions {
  /** The controller's role; needed where `cluster.identity` is irsa. */
  readonly roleArn?: string | undefined;
  /** Alpha features, switched on only where they are used. Default: none. */
  readonly featureGates?: { readonly capacityBuffer?: boolean; readonly nodeOverlay?: boolean };
  /** Default `info`. */
  readonly logLevel?: "debug" | "info" | "error";
}

/** The values of Karpenter's chart (1.14). */
export function controllerValues(environment: Environment, options: ControllerOptions): object {
  const { cluster, network, region } = environment;
  const name = clusterName(environment);
  return {
    // each wants a node of its own that Karpenter did not make
    replicas: Math.min(2, cluster.systemNodes.count),
    // that of the system nodes (eks-nodes.ts)
    tolerations: [{ key: "CriticalAddonsOnly", operator: "Exists" }],
    logLevel: options.logLevel ?? "info",
    serviceAccount: { name: "karpenter", annotations: identityOf(environment, options) },
    controller: {
      // what the chart's makers recommend, and leave to whoever installs it
      resources: { requests: { cpu: "1", memory: "1Gi" }, limits: { cpu: "1", memory: "1Gi" } },
      // else it asks the node's metadata, which pods cannot reach
      env: [{ name: "AWS_REGION", value: region }],
    },
    settings: {
      clusterName: name,
      interruptionQueue: name,
      // neither prices nor IAM have an endpoint in a VPC without a way out
      isolatedVPC: network.nat === "none",
      featureGates: { capacityBuffer: false, nodeOverlay: false, ...options.featureGates },
    },
  };
}

/** With Pod Identity the cluster knows by an association, which Terraform makes, whose role a service account has. */
function identityOf({ cluster }: Environment, { roleArn }: ControllerOptions): Record<string, string> {
  if (cluster.identity === "pod-identity") return {};
  if (roleArn === undefined) throw new Failure("BUG", "the ARN of Karpenter's role is not known: terraform made none");
  return { "eks.amazonaws.com/role-arn": roleArn };
}

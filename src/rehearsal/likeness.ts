import type { RehearsalSettings } from "../spec/environment.ts";

export interface Likeness {
  /** What only looks as on AWS, one sentence each. */
  readonly simulated: readonly string[];
  /** What really happens. */
  readonly real: readonly string[];
  /** What is not there at all, and says so when it is asked for. */
  readonly leftOut: readonly string[];
}

/** What of a rehearsed cluster is simulated, and what is not. `engine` names the container engine that answers. */
export function likeness(
  { region, speed, runtime }: Pick<RehearsalSettings, "speed" | "runtime"> & { readonly region: string },
  engine?: string,
): Likeness {
  return {
    simulated: [
      "the AWS account: no VPC, EKS control plane or instance exists; nothing is billed",
      "images: containers run as processes of this machine, or in its container engine, and image pulls are only delays",
      "devices: a GPU node has no GPU unless this machine has one; nvidia-smi says so",
      "network: pods have no addresses of their own, and services do not exist",
      `delays of launch, registration, image pull and termination: a seeded model, passed ${speed} times faster`,
      `prices: on-demand and spot prices of the catalog for ${region}`,
    ],
    real: [
      "the API: objects, validation, patches, watches; the controllers, the scheduler and Karpenter's decisions",
      ...(runtime === "container" ? [] : [processes[runtime]]),
      ...(runtime === "process" ? [] : [containers(engine)]),
    ],
    leftOut: [
      "services and pod networking, ingress, port-forward",
      "probes, webhooks, aggregated APIs; roles are kept, but not enforced",
      "the controllers of StatefulSet, DaemonSet and CronJob; persistent volumes",
    ],
  };
}

const processes = {
  auto: "pods with the annotation aura.dev/rehearsal: process run as processes of this machine",
  process: "all pods run as processes of this machine (--runtime process)",
};

function containers(engine: string | undefined): string {
  return engine === undefined
    ? "no docker or podman answers here: a pod that wants a container is refused, and says so"
    : `other pods run in containers of ${engine}`;
}

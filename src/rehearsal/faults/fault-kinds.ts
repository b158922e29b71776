import {
  duration,
  number,
  optional,
  type Parameter,
  required,
  shift,
  whole,
  withDefault,
  words,
} from "./parameters.ts";

interface FaultKind<P> {
  /** What goes wrong, in one sentence. */
  readonly meaning: string;
  /** Parameters as typed on a command line. */
  readonly example: string;
  readonly parameters: P;
  /**
   * Decided once for each node. A `lasting` one is true of that node until the fault ends: `times` then limits how many
   * nodes it falls on, and does not end it.
   */
  readonly decided?: "once" | "lasting";
}

const some = (about: string) => withDefault(about, words, "*");

const requests = {
  verb: some("Verbs: get, list, watch, create, update, patch, delete, deletecollection"),
  kind: some("Kinds: pods, Pod, jobs.batch, or with their subresource: pods/log"),
  namespace: some("Namespaces"),
  client: some("User agents (kubectl, helm, node-fetch, …) or field managers"),
};

const writes = { ...requests, verb: withDefault("Verbs", words, "update,patch") };
const watches = { kind: requests.kind, namespace: requests.namespace, client: some("User agents") };

const nodes = {
  node: some("Names of nodes, or of their NodeClaims"),
  pool: some("Node pools"),
  type: some("Instance types, such as g5.*"),
};

/** Every fault there is. Validation, command line, help and reference all come from this table. */
export const faultKinds = {
  "api-error": kind({
    meaning: "Requests are answered with an error of the API server",
    example: "--verb get,list --kind pods --code 503 --probability 0.1",
    parameters: {
      code: withDefault("HTTP status", whole(400, 599), 500),
      retryAfter: optional("Seconds in the Retry-After header", whole(0, 3600)),
      ...requests,
    },
  }),
  "api-latency": kind({
    meaning: "Requests are answered late, in real time",
    example: "--latency 200ms --jitter 100ms --verb create",
    parameters: {
      latency: required("How much later", duration),
      jitter: withDefault("At most this much more or less, evenly spread", duration, "0s"),
      ...requests,
    },
  }),
  deny: kind({
    meaning: "Requests are forbidden, in the words of RBAC",
    example: "--verb create --kind pods --namespace default",
    parameters: requests,
  }),
  conflict: kind({
    meaning: "Writes are refused because somebody else was faster (409)",
    example: "--kind jobs.batch --probability 0.5",
    parameters: writes,
  }),
  "watch-drop": kind({
    meaning: "Watches are cut instead of bringing an event",
    example: "--kind pods --probability 0.05",
    parameters: {
      code: optional(
        "Ends the watch with an ERROR event of this status, such as 410, instead of cutting it",
        whole(400, 599),
      ),
      ...watches,
    },
  }),
  "watch-duplicate": kind({
    meaning: "Watches bring an event twice",
    example: "--kind pods,jobs --probability 0.2",
    parameters: watches,
  }),
  "clock-skew": kind({
    meaning: "The API server's clock is off: creation and deletion times, managed fields, the Date header",
    example: "--by=-30s --for 10m",
    parameters: { by: required("How far, ahead or behind", shift) },
    decided: "lasting",
  }),
  capacity: kind({
    meaning: "EC2 has no capacity (InsufficientInstanceCapacity)",
    example: "--type 'g5.*' --zone us-east-1a --capacity-type spot",
    parameters: {
      type: nodes.type,
      zone: some("Availability zones"),
      capacityType: some("spot or on-demand"),
    },
  }),
  "spot-warning": kind({
    meaning: "A spot node gets its interruption warning, and ends two minutes later in the cluster's time",
    example: "--pool gpu --after 5m --times 1",
    parameters: { after: withDefault("How long the node has been ready by then", duration, "0s"), ...nodes },
    decided: "once",
  }),
  "no-register": kind({
    meaning: "Instances run, but their nodes never join the cluster",
    example: "--pool gpu --times 1",
    parameters: nodes,
    decided: "lasting",
  }),
  "no-device-plugin": kind({
    meaning: "GPU nodes never show nvidia.com/gpu",
    example: "--type 'g5.*' --for 10m",
    parameters: nodes,
    decided: "lasting",
  }),
  "slow-pull": kind({
    meaning: "Image pulls take longer, in the cluster's time",
    example: "--image '*/trainer:*' --factor 5",
    parameters: {
      factor: withDefault("How many times as long", number(1, 1000), 1),
      delay: withDefault("How much longer", duration, "0s"),
      image: some("Images"),
      ...nodes,
    },
  }),
  "kubelet-silent": kind({
    meaning: "A node's kubelet stops reporting; what runs on the node runs on",
    example: "--pool gpu --times 1 --for 5m",
    parameters: nodes,
    decided: "lasting",
  }),
  "disk-full": kind({
    meaning: "A node's disk is full: DiskPressure, and pods are evicted",
    example: "--node ip-10-0-1-2.ec2.internal --for 5m",
    parameters: nodes,
    decided: "lasting",
  }),
} as const;

/** What every fault takes beside its own. */
export const commonParameters = {
  probability: withDefault("How likely it strikes where it could, from 0 to 1", number(0, 1), 1),
  times: optional("Ends it after so many strikes (of nodes: how many it falls on)", whole(1, 1e9)),
  for: optional("Ends it after this time of the cluster", duration),
  seed: optional("Of its random decisions (default: drawn from the rehearsal's seed)", whole(0, 2 ** 32 - 1)),
};

export type FaultName = keyof typeof faultKinds;

export const faultNames = Object.keys(faultKinds) as FaultName[];

type Outputs<P> = { readonly [N in keyof P]: P[N] extends Parameter<infer T> ? T : never };

/** A fault's own parameters, read. */
export type FaultValues<N extends FaultName> = Outputs<(typeof faultKinds)[N]["parameters"]>;

export type CommonValues = Outputs<typeof commonParameters>;

function kind<P extends Readonly<Record<string, Parameter<unknown>>>>(one: FaultKind<P>): FaultKind<P> {
  return one;
}

import type { IJobSpec } from "kubernetes-models/batch/v1/JobSpec";
import type { IContainer } from "kubernetes-models/v1/Container";
import type { IPodSpec } from "kubernetes-models/v1/PodSpec";
import * as v from "valibot";

import { annotationsSchema } from "./annotations.ts";
import { mapping, oneOf, pattern, quantity, record, whole } from "./fields.ts";

// What is left `unknown` here is for the API server to check; naming it keeps a slip in a field's name from passing.

const label = pattern(
  /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
  "an RFC 1123 name: up to 63 lower-case letters, digits and hyphens",
);
const text = v.string("text, in quotes if need be");
const texts = v.array(text, "a list of texts");
const textMap = record(v.string(), text, "a mapping of names to texts");
const unchecked = v.optional(v.unknown());
const flag = v.optional(v.boolean("true or false"));
const count = (least: number, expected: string) => v.optional(whole(least, 2 ** 31 - 1, expected));

const metadata = mapping(
  {
    name: label,
    namespace: v.optional(label),
    labels: v.optional(textMap),
    annotations: v.optional(annotationsSchema),
  },
  "a mapping with a name",
);

const templateMetadata = mapping(
  {
    name: unchecked,
    namespace: unchecked,
    creationTimestamp: unchecked,
    labels: v.optional(textMap),
    annotations: v.optional(annotationsSchema),
  },
  "a mapping of labels and annotations",
);

const resourceList = record(
  v.string(),
  quantity("a quantity such as 500m or 2Gi", 0),
  "a mapping of resources to quantities",
);

const environmentVariable = mapping(
  {
    name: v.pipe(v.string("a variable's name"), v.nonEmpty("a variable's name")),
    value: v.optional(text),
    valueFrom: unchecked,
  },
  "a mapping with a name and a value",
);

const container = mapping(
  {
    name: label,
    image: v.pipe(v.string("an image"), v.regex(/^\S+$/, "an image without spaces")),
    command: v.optional(texts),
    args: v.optional(texts),
    env: v.optional(v.array(environmentVariable, "a list of variables")),
    envFrom: unchecked,
    imagePullPolicy: v.optional(oneOf(["Always", "IfNotPresent", "Never"])),
    lifecycle: unchecked,
    livenessProbe: unchecked,
    ports: unchecked,
    readinessProbe: unchecked,
    resizePolicy: unchecked,
    resources: v.optional(
      mapping(
        { requests: v.optional(resourceList), limits: v.optional(resourceList), claims: unchecked },
        "a mapping of requests and limits",
      ),
    ),
    restartPolicy: unchecked,
    securityContext: unchecked,
    startupProbe: unchecked,
    stdin: flag,
    stdinOnce: flag,
    terminationMessagePath: v.optional(text),
    terminationMessagePolicy: v.optional(oneOf(["File", "FallbackToLogsOnError"])),
    tty: flag,
    volumeDevices: unchecked,
    volumeMounts: unchecked,
    workingDir: v.optional(text),
  } satisfies Record<keyof Required<IContainer>, v.GenericSchema>,
  "a mapping with a name and an image",
);

const podSpec = mapping(
  {
    activeDeadlineSeconds: count(1, "a whole number of seconds, 1 or more"),
    affinity: unchecked,
    automountServiceAccountToken: flag,
    containers: v.pipe(v.array(container, "a list of containers"), v.minLength(1, "at least one container")),
    dnsConfig: unchecked,
    dnsPolicy: unchecked,
    enableServiceLinks: flag,
    ephemeralContainers: unchecked,
    hostAliases: unchecked,
    hostIPC: flag,
    hostNetwork: flag,
    hostPID: flag,
    hostUsers: flag,
    hostname: v.optional(text),
    imagePullSecrets: unchecked,
    initContainers: v.optional(v.array(container, "a list of containers")),
    nodeName: v.optional(text),
    nodeSelector: v.optional(textMap),
    os: unchecked,
    overhead: unchecked,
    preemptionPolicy: unchecked,
    priority: unchecked,
    priorityClassName: v.optional(text),
    readinessGates: unchecked,
    resourceClaims: unchecked,
    resources: unchecked,
    restartPolicy: v.picklist(["Never", "OnFailure"], "Never or OnFailure, as a Job's pods need"),
    runtimeClassName: v.optional(text),
    schedulerName: v.optional(text),
    schedulingGates: unchecked,
    securityContext: unchecked,
    serviceAccount: v.optional(text),
    serviceAccountName: v.optional(text),
    setHostnameAsFQDN: flag,
    shareProcessNamespace: flag,
    subdomain: v.optional(text),
    terminationGracePeriodSeconds: count(0, "a whole number of seconds"),
    tolerations: unchecked,
    topologySpreadConstraints: unchecked,
    volumes: unchecked,
  } satisfies Partial<Record<keyof IPodSpec, v.GenericSchema>>,
  "a pod with containers",
);

const jobSpec = mapping(
  {
    activeDeadlineSeconds: count(1, "a whole number of seconds, 1 or more"),
    backoffLimit: count(0, "a whole number, 0 or more"),
    backoffLimitPerIndex: count(0, "a whole number, 0 or more"),
    completionMode: v.optional(oneOf(["Indexed", "NonIndexed"])),
    completions: count(1, "a whole number, 1 or more"),
    managedBy: unchecked,
    manualSelector: flag,
    maxFailedIndexes: count(0, "a whole number, 0 or more"),
    parallelism: count(1, "a whole number, 1 or more"),
    podFailurePolicy: unchecked,
    podReplacementPolicy: v.optional(oneOf(["TerminatingOrFailed", "Failed"])),
    selector: unchecked,
    successPolicy: unchecked,
    suspend: flag,
    template: mapping({ metadata: v.optional(templateMetadata), spec: podSpec }, "a pod template"),
    ttlSecondsAfterFinished: count(0, "a whole number of seconds"),
  } satisfies Record<keyof Required<IJobSpec>, v.GenericSchema>,
  "a mapping with a pod template",
);

/** A batch/v1 Job as far as Aura depends on it; the API server checks the rest. */
export const jobSchema = mapping(
  {
    apiVersion: v.literal("batch/v1", "batch/v1"),
    kind: v.literal("Job", "Job"),
    metadata,
    spec: jobSpec,
  },
  "a Job",
);

export type JobFile = v.InferOutput<typeof jobSchema>;
export type ContainerFile = JobFile["spec"]["template"]["spec"]["containers"][number];

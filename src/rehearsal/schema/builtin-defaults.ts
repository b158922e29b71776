const emptyObject = Object.freeze({});
const probe = { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 };
const files = { defaultMode: 0o644 };

/** What is filled in where a field is absent and nothing else matters, by Go type. Source: defaults.go (1.35). */
export const builtinDefaults: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  PodSpec: {
    ...{ restartPolicy: "Always", terminationGracePeriodSeconds: 30, dnsPolicy: "ClusterFirst" },
    ...{ securityContext: emptyObject, schedulerName: "default-scheduler" },
  },
  Container: { terminationMessagePath: "/dev/termination-log", terminationMessagePolicy: "File" },
  ContainerPort: { protocol: "TCP" },
  Probe: probe,
  HTTPGetAction: { path: "/", scheme: "HTTP" },
  GRPCAction: { service: "" },
  ObjectFieldSelector: { apiVersion: "v1" },
  ConfigMapVolumeSource: files,
  SecretVolumeSource: files,
  DownwardAPIVolumeSource: files,
  ProjectedVolumeSource: files,
  HostPathVolumeSource: { type: "" },
  ServiceAccountTokenProjection: { expirationSeconds: 3600 },
  DeploymentSpec: { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 },
  DeploymentStrategy: { type: "RollingUpdate" },
  ReplicaSetSpec: { replicas: 1 },
  JobSpec: { manualSelector: false, completionMode: "NonIndexed", suspend: false },
  PodFailurePolicyOnPodConditionsPattern: { status: "True" },
  PriorityClass: { preemptionPolicy: "PreemptLowerPriority" },
  Secret: { type: "Opaque" },
  RoleRef: { apiGroup: "rbac.authorization.k8s.io" },
};

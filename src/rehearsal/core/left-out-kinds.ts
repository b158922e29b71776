/** A kind that clients may ask for but the rehearsal does not have. */
interface LeftOut {
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly leftOut: string;
}

const networking = "Jobs need no services; reach what a pod offers through its logs, kubectl exec or files";
const storage = "use emptyDir, ConfigMap or Secret volumes; bring results home by aura.dev/outputs";
const workloads = "use a Job, or a Deployment for what stays";
const extension = "nothing is called that could change or refuse objects: send them as they are to be stored";
const quotas = "nothing is limited: bound capacity by spec.limits of the NodePool";
const devices = "ask for GPUs by the resource nvidia.com/gpu";

/** By API version and what to do instead: `Kind plural shortName`, a star after kinds that have namespaces. */
const table: readonly (readonly [apiVersion: string, instead: string, kinds: readonly string[]])[] = [
  ["v1", networking, ["Service* services svc", "Endpoints* endpoints ep"]],
  ["v1", storage, ["PersistentVolumeClaim* persistentvolumeclaims pvc", "PersistentVolume persistentvolumes pv"]],
  ["v1", workloads, ["ReplicationController* replicationcontrollers rc"]],
  ["v1", quotas, ["LimitRange* limitranges limits", "ResourceQuota* resourcequotas quota"]],
  ["apps/v1", workloads, ["StatefulSet* statefulsets sts", "DaemonSet* daemonsets ds"]],
  ["batch/v1", "create its Job when it is due", ["CronJob* cronjobs cj"]],
  ["autoscaling/v2", "set spec.replicas", ["HorizontalPodAutoscaler* horizontalpodautoscalers hpa"]],
  ["networking.k8s.io/v1", networking, ["Ingress* ingresses ing", "NetworkPolicy* networkpolicies netpol"]],
  ["networking.k8s.io/v1", networking, ["IngressClass ingressclasses"]],
  ["discovery.k8s.io/v1", networking, ["EndpointSlice* endpointslices"]],
  ["storage.k8s.io/v1", storage, ["VolumeAttachment volumeattachments", "StorageClass storageclasses sc"]],
  ["storage.k8s.io/v1", storage, ["CSIDriver csidrivers", "CSINode csinodes"]],
  ["storage.k8s.io/v1", storage, ["CSIStorageCapacity* csistoragecapacities"]],
  ["resource.k8s.io/v1", devices, ["DeviceClass deviceclasses", "ResourceSlice resourceslices"]],
  ["resource.k8s.io/v1", devices, ["ResourceClaim* resourceclaims", "ResourceClaimTemplate* resourceclaimtemplates"]],
  ["admissionregistration.k8s.io/v1", extension, ["MutatingWebhookConfiguration mutatingwebhookconfigurations"]],
  ["admissionregistration.k8s.io/v1", extension, ["ValidatingWebhookConfiguration validatingwebhookconfigurations"]],
  ["apiregistration.k8s.io/v1", extension, ["APIService apiservices"]],
];

/** Kinds that are discoverable and empty, so that clients which list them work; why they are is in ARCHITECTURE.md. */
export const leftOutKinds: readonly LeftOut[] = table.flatMap(([apiVersion, instead, kinds]) =>
  kinds.map((text) => {
    const [name = "", plural = "", ...shortNames] = text.split(" ");
    const kind = name.replace("*", "");
    const leftOut = `${kind} is left out of the rehearsal on purpose; ${instead}`;
    return { apiVersion, kind, plural, shortNames, namespaced: name.endsWith("*"), leftOut };
  }),
);

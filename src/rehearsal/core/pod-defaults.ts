import { arrayOr, isObject, type JsonObject, objectOr } from "./json.ts";

/** Fills in a pod spec, of a pod or of a template, as k8s.io/kubernetes/pkg/apis/core/v1/defaults.go (1.35) does. */
export function defaultPodSpec(spec: JsonObject): void {
  setDefaults(spec, {
    restartPolicy: "Always",
    terminationGracePeriodSeconds: 30,
    dnsPolicy: "ClusterFirst",
    securityContext: {},
    schedulerName: "default-scheduler",
  });
  const account = spec["serviceAccountName"] ?? spec["serviceAccount"];
  if (account !== undefined) Object.assign(spec, { serviceAccountName: account, serviceAccount: account });
  for (const container of containersOf(spec)) defaultContainer(container, spec["hostNetwork"] === true);
  for (const volume of arrayOr(spec["volumes"])) defaultVolume(volume);
}

/** What a pod itself gets beyond a template: requests where it has limits, and how long it stays on a broken node. */
export function defaultPod(spec: JsonObject): void {
  setDefaults(spec, { enableServiceLinks: true });
  for (const { resources } of containersOf(spec)) {
    const { limits, requests } = objectOr(resources);
    if (isObject(resources) && isObject(limits)) resources["requests"] = { ...limits, ...objectOr(requests) };
  }
  const tolerations = [...arrayOr(spec["tolerations"])];
  for (const key of ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"]) {
    const tolerated = tolerations.some(
      (one) => (one["key"] === key || !one["key"]) && (!one["effect"] || one["effect"] === "NoExecute"),
    );
    if (!tolerated) tolerations.push({ key, operator: "Exists", effect: "NoExecute", tolerationSeconds: 300 });
  }
  spec["tolerations"] = tolerations;
}

/** Init containers first, as they run. */
export function containersOf(spec: JsonObject): readonly JsonObject[] {
  return [...arrayOr(spec["initContainers"]), ...arrayOr(spec["containers"])].filter(isObject);
}

/** Guaranteed where every container's cpu and memory limits equal its requests, BestEffort where there are none. */
export function qosClass(spec: JsonObject): "Guaranteed" | "Burstable" | "BestEffort" {
  const all = containersOf(spec).map((container) => objectOr(container["resources"]));
  const pick = (list: unknown) => ["cpu", "memory"].map((name) => objectOr(list)[name]);
  if (all.every(({ requests, limits }) => [...pick(requests), ...pick(limits)].every((value) => value === undefined)))
    return "BestEffort";
  const isFixed = ({ requests, limits }: JsonObject) =>
    pick(limits).every(
      (limit, index) => limit !== undefined && String(limit) === String(pick(requests)[index] ?? limit),
    );
  return all.every(isFixed) ? "Guaranteed" : "Burstable";
}

export function setDefaults(target: JsonObject, defaults: JsonObject): void {
  for (const [key, value] of Object.entries(defaults)) target[key] ??= value;
}

function defaultContainer(container: JsonObject, isOnHost: boolean): void {
  setDefaults(container, {
    resources: {},
    terminationMessagePath: "/dev/termination-log",
    terminationMessagePolicy: "File",
    imagePullPolicy: pullPolicy(String(container["image"] ?? "")),
  });
  for (const port of arrayOr(container["ports"])) {
    setDefaults(port, { protocol: "TCP" });
    if (isOnHost) setDefaults(port, { hostPort: port["containerPort"] });
  }
  for (const { valueFrom } of arrayOr(container["env"])) defaultFieldRef(objectOr(valueFrom)["fieldRef"]);
  for (const name of ["livenessProbe", "readinessProbe", "startupProbe"]) defaultProbe(container[name]);
}

function defaultFieldRef(field: unknown): void {
  if (isObject(field)) setDefaults(field, { apiVersion: "v1" });
}

function defaultProbe(probe: unknown): void {
  if (!isObject(probe)) return;
  setDefaults(probe, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 });
  if (isObject(probe["httpGet"])) setDefaults(probe["httpGet"], { path: "/", scheme: "HTTP" });
  if (isObject(probe["grpc"])) setDefaults(probe["grpc"], { service: "" });
}

/** A tag that may move is pulled each time. */
function pullPolicy(image: string): string {
  const tag = /:([^/:@]+)(@.*)?$/.exec(image)?.[1];
  return image.includes("@") || (tag !== undefined && tag !== "latest") ? "IfNotPresent" : "Always";
}

function defaultVolume(volume: JsonObject): void {
  if (Object.keys(volume).every((key) => key === "name")) volume["emptyDir"] = {};
  for (const source of ["configMap", "secret", "downwardAPI", "projected"]) {
    const value = volume[source];
    if (isObject(value)) setDefaults(value, { defaultMode: 420 });
  }
  if (isObject(volume["hostPath"])) setDefaults(volume["hostPath"], { type: "" });
  const projected = arrayOr(objectOr(volume["projected"])["sources"]);
  for (const { serviceAccountToken } of projected)
    if (isObject(serviceAccountToken)) setDefaults(serviceAccountToken, { expirationSeconds: 3600 });
  for (const source of [volume, ...projected])
    for (const { fieldRef } of arrayOr(objectOr(source["downwardAPI"])["items"])) defaultFieldRef(fieldRef);
}

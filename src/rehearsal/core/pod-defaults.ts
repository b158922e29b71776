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
  for (const container of containersOf(spec)) defaultContainer(container);
  for (const volume of arrayOr(spec["volumes"])) defaultVolume(volume);
}

/** What admission adds to a pod itself: its priority, and how long it stays on a node that is not ready. */
export function admitPod(spec: JsonObject, priority: number, preemptionPolicy: unknown): void {
  setDefaults(spec, { priority, preemptionPolicy, enableServiceLinks: true });
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

function defaultContainer(container: JsonObject): void {
  setDefaults(container, {
    resources: {},
    terminationMessagePath: "/dev/termination-log",
    terminationMessagePolicy: "File",
    imagePullPolicy: pullPolicy(String(container["image"] ?? "")),
  });
  for (const port of arrayOr(container["ports"])) setDefaults(port, { protocol: "TCP" });
  for (const { valueFrom } of arrayOr(container["env"])) {
    const field = objectOr(valueFrom)["fieldRef"];
    if (isObject(field)) setDefaults(field, { apiVersion: "v1" });
  }
  const resources = container["resources"];
  const limits = objectOr(objectOr(resources)["limits"]);
  if (isObject(resources) && Object.keys(limits).length > 0)
    resources["requests"] = { ...limits, ...objectOr(resources["requests"]) };
}

/** A tag that may move is pulled each time. */
function pullPolicy(image: string): string {
  const tag = /:([^/:@]+)(@.*)?$/.exec(image)?.[1];
  return image.includes("@") || (tag !== undefined && tag !== "latest") ? "IfNotPresent" : "Always";
}

function defaultVolume(volume: JsonObject): void {
  for (const source of ["configMap", "secret", "downwardAPI", "projected"]) {
    const value = volume[source];
    if (isObject(value)) setDefaults(value, { defaultMode: 420 });
  }
  if (isObject(volume["hostPath"])) setDefaults(volume["hostPath"], { type: "" });
  if (Object.keys(volume).every((key) => key === "name")) volume["emptyDir"] = {};
}

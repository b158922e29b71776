import { arrayOr, isObject, type JsonObject, objectIn, objectOr } from "../core/json.ts";

/** Fills in what in a pod spec, of a pod or of a template, depends on other fields: the rest are `builtinDefaults`. */
export function defaultPodSpec(spec: JsonObject): void {
  const account = spec["serviceAccountName"] ?? spec["serviceAccount"];
  if (account !== undefined) Object.assign(spec, { serviceAccountName: account, serviceAccount: account });
  for (const container of containersOf(spec)) {
    setDefaults(container, { imagePullPolicy: pullPolicy(String(container["image"] ?? "")) });
    for (const port of spec["hostNetwork"] === true ? arrayOr(container["ports"]) : [])
      setDefaults(port, { hostPort: port["containerPort"] });
  }
  for (const volume of arrayOr(spec["volumes"]))
    if (Object.keys(volume).every((key) => key === "name")) objectIn(volume, "emptyDir");
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
function containersOf(spec: JsonObject): readonly JsonObject[] {
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

/** A tag that may move is pulled each time. */
function pullPolicy(image: string): string {
  const tag = /:([^/:@]+)(@.*)?$/.exec(image)?.[1];
  return image.includes("@") || (tag !== undefined && tag !== "latest") ? "IfNotPresent" : "Always";
}

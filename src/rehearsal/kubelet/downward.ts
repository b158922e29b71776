import { parseQuantity } from "../../kernel/quantity.ts";
import { configFailure, type Placed } from "./runtime.ts";

/** A field of the pod as `fieldRef` names it. Labels and annotations as a whole are lines of `key="value"`. */
export function podField(path: string, { pod, node }: Pick<Placed, "pod" | "node">): string {
  const { metadata } = pod;
  const [, map, key] = /^metadata\.(labels|annotations)(?:\['([^']+)'\])?$/.exec(path) ?? [];
  if (map !== undefined) {
    const values = (map === "labels" ? metadata.labels : metadata.annotations) ?? {};
    return key === undefined ? linesOf(values) : (values[key] ?? "");
  }
  // pods have no network of their own: their address is this machine's
  const address = "127.0.0.1";
  const fields: Record<string, string | undefined> = {
    "metadata.name": metadata.name,
    "metadata.namespace": metadata.namespace,
    "metadata.uid": metadata.uid,
    "spec.nodeName": node.metadata.name,
    "spec.serviceAccountName": pod.spec?.serviceAccountName ?? "default",
    "status.hostIP": address,
    "status.hostIPs": address,
    "status.podIP": address,
    "status.podIPs": address,
  };
  const value = fields[path];
  if (value === undefined) throw configFailure(`fieldRef ${path} is not rehearsed`);
  return value;
}

/** A resource of a container as `resourceFieldRef` names it: a limit that is not set is what the node has. */
export function containerResource(
  { resource, divisor }: { readonly resource: string; readonly divisor?: string | number },
  { container, node }: Pick<Placed, "container" | "node">,
): string {
  const [group, name = ""] = resource.split(/\.(.*)/s, 2);
  const { limits, requests } = container.resources ?? {};
  const own = group === "limits" ? limits?.[name] : (requests?.[name] ?? limits?.[name]);
  const quantity = own ?? (group === "limits" ? node.status?.allocatable?.[name] : "0") ?? "0";
  return String(Math.ceil(parseQuantity(quantity) / (parseQuantity(divisor ?? "1") || 1)));
}

function linesOf(values: Readonly<Record<string, string>>): string {
  const keys = Object.keys(values).sort();
  return keys.map((key) => `${key}=${JSON.stringify(values[key])}`).join("\n");
}

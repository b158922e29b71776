import type { Container, Node, Pod } from "../../cluster/objects.ts";
import { parseQuantity } from "../../kernel/quantity.ts";
import { StartFailure } from "./runtime.ts";
import type { ReadEntries } from "./volumes.ts";

type EnvVar = NonNullable<Container["env"]>[number];
type EnvFrom = NonNullable<Container["envFrom"]>[number];

interface Subject {
  readonly pod: Pod;
  readonly node: Node;
  readonly container: Container;
  readonly entries: ReadEntries;
}

/** A container's environment as its manifest gives it: envFrom, then env in order, `$(NAME)` expanded. */
export function containerEnvironment(subject: Subject): Map<string, string> {
  const environment = new Map<string, string>();
  for (const source of subject.container.envFrom ?? []) addAll(environment, source, subject);
  for (const variable of subject.container.env ?? []) {
    const value = variableValue(variable, environment, subject);
    if (value !== undefined) environment.set(variable.name, value);
  }
  return environment;
}

/** Replaces `$(NAME)` where NAME is known; `$$(NAME)` stays as `$(NAME)`. */
export function expand(text: string, environment: ReadonlyMap<string, string>): string {
  return text.replace(/\$\$|\$\(([^()]*)\)/g, (match, name: string | undefined) =>
    match === "$$" ? "$" : (environment.get(name ?? "") ?? match),
  );
}

function addAll(environment: Map<string, string>, source: EnvFrom, { entries }: Subject): void {
  const kind = source.configMapRef === undefined ? "Secret" : "ConfigMap";
  const reference = source.configMapRef ?? source.secretRef;
  const found = entries(kind, reference?.name ?? "");
  if (found === undefined && reference?.optional !== true) throw missing(`${kind} "${reference?.name}" not found`);
  for (const [name, value] of found ?? []) environment.set(`${source.prefix ?? ""}${name}`, value.toString("utf8"));
}

function variableValue(variable: EnvVar, environment: Map<string, string>, subject: Subject): string | undefined {
  const source = variable.valueFrom;
  if (source === undefined) return expand(variable.value ?? "", environment);
  if (source.fieldRef !== undefined) return fieldOf(source.fieldRef.fieldPath, subject);
  if (source.resourceFieldRef !== undefined) {
    const { resource, divisor } = source.resourceFieldRef;
    return resourceOf(resource, divisor === undefined ? undefined : String(divisor), subject);
  }
  if (source.configMapKeyRef !== undefined) return keyOf("ConfigMap", source.configMapKeyRef, subject);
  if (source.secretKeyRef !== undefined) return keyOf("Secret", source.secretKeyRef, subject);
  throw missing(`env ${variable.name}: valueFrom has no source that is rehearsed`);
}

function fieldOf(path: string, { pod, node }: Subject): string {
  const { metadata } = pod;
  const fields: Record<string, string | undefined> = {
    "metadata.name": metadata.name,
    "metadata.namespace": metadata.namespace,
    "metadata.uid": metadata.uid,
    "spec.nodeName": node.metadata.name,
    "spec.serviceAccountName": pod.spec?.serviceAccountName ?? "default",
    "status.hostIP": "127.0.0.1",
    "status.podIP": "127.0.0.1",
  };
  const subscript = /^metadata\.(labels|annotations)\['([^']+)'\]$/.exec(path);
  if (subscript !== null) {
    return (subscript[1] === "labels" ? metadata.labels : metadata.annotations)?.[subscript[2] ?? ""] ?? "";
  }
  const value = fields[path];
  if (value === undefined) throw missing(`fieldRef ${path} is not rehearsed`);
  return value;
}

/** A limit stands in for itself; without one it is what the node has, as in Kubernetes. */
function resourceOf(resource: string, divisor: string | undefined, { container, node }: Subject): string {
  const [group, name] = resource.split(".", 2) as [string, string | undefined];
  const { limits, requests } = container.resources ?? {};
  const own = group === "limits" ? limits?.[name ?? ""] : (requests?.[name ?? ""] ?? limits?.[name ?? ""]);
  const quantity = own ?? (group === "limits" ? node.status?.allocatable?.[name ?? ""] : "0") ?? "0";
  return String(Math.ceil(parseQuantity(quantity) / (parseQuantity(divisor ?? "1") || 1)));
}

function keyOf(
  kind: "ConfigMap" | "Secret",
  reference: { readonly name?: string; readonly key: string; readonly optional?: boolean },
  { entries }: Subject,
): string | undefined {
  const value = entries(kind, reference.name ?? "")?.get(reference.key);
  if (value === undefined && reference.optional !== true) {
    throw missing(`couldn't find key ${reference.key} in ${kind} "${reference.name}"`);
  }
  return value?.toString("utf8");
}

function missing(message: string): StartFailure {
  return new StartFailure(message, "CreateContainerConfigError");
}

import type { Container, Node, Pod } from "../../cluster/objects.ts";
import { containerResource, podField } from "./downward.ts";
import { configFailure } from "./runtime.ts";
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
  const { name = "", optional } = source.configMapRef ?? source.secretRef ?? {};
  const found = entries(kind, name);
  if (found === undefined && optional !== true) throw configFailure(`${kind.toLowerCase()} "${name}" not found`);
  for (const [key, value] of found ?? []) environment.set(`${source.prefix ?? ""}${key}`, value.toString("utf8"));
}

function variableValue(variable: EnvVar, environment: Map<string, string>, subject: Subject): string | undefined {
  const source = variable.valueFrom;
  if (source === undefined) return expand(variable.value ?? "", environment);
  if (source.fieldRef !== undefined) return podField(source.fieldRef.fieldPath, subject);
  if (source.resourceFieldRef !== undefined) return containerResource(source.resourceFieldRef, subject);
  if (source.configMapKeyRef !== undefined) return keyOf("ConfigMap", source.configMapKeyRef, subject);
  if (source.secretKeyRef !== undefined) return keyOf("Secret", source.secretKeyRef, subject);
  throw configFailure(`env ${variable.name}: valueFrom has no source that is rehearsed`);
}

function keyOf(
  kind: "ConfigMap" | "Secret",
  { name = "", key, optional }: { readonly name?: string; readonly key: string; readonly optional?: boolean },
  { pod, entries }: Subject,
): string | undefined {
  const found = entries(kind, name);
  const value = found?.get(key);
  if (value !== undefined || optional === true) return value?.toString("utf8");
  if (found === undefined) throw configFailure(`${kind.toLowerCase()} "${name}" not found`);
  throw configFailure(`couldn't find key ${key} in ${kind} ${pod.metadata.namespace}/${name}`);
}

import type { Container } from "../../cluster/objects.ts";
import { containerResource, podField } from "./downward.ts";
import { entriesIn, type ReadEntries } from "./entries.ts";
import { configFailure, type Placed } from "./runtime.ts";

type EnvVar = NonNullable<Container["env"]>[number];
type EnvFrom = NonNullable<Container["envFrom"]>[number];

interface Subject extends Placed {
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
  const found = entriesIn(entries, kind, source.configMapRef ?? source.secretRef ?? {});
  for (const [key, value] of found) environment.set(`${source.prefix ?? ""}${key}`, value.toString("utf8"));
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
  ref: { readonly name?: string; readonly key: string; readonly optional?: boolean },
  { pod, entries }: Subject,
): string | undefined {
  const value = entriesIn(entries, kind, ref).get(ref.key);
  if (value !== undefined || ref.optional === true) return value?.toString("utf8");
  throw configFailure(`couldn't find key ${ref.key} in ${kind} ${pod.metadata.namespace}/${ref.name}`);
}

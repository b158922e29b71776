import type { Container, Pod } from "../../cluster/objects.ts";
import { parseQuantity } from "../../kernel/quantity.ts";
import { expand } from "./environment.ts";
import type { PathMapping } from "./pod-paths.ts";

/** A container as docker and podman are told to run it. */
export interface ContainerSpec {
  readonly name: string;
  readonly pod: Pod;
  readonly container: Container;
  /** The data directory, as a label to find containers by. */
  readonly dataDir: string;
  readonly environment: ReadonlyMap<string, string>;
  readonly mappings: readonly PathMapping[];
  /** A file that stands in for nvidia-smi. */
  readonly shim?: string;
  /** Real devices to pass on. */
  readonly gpus: number;
  /** Names that the client itself needs in its environment. */
  readonly reserved: ReadonlySet<string>;
}

/** A name that is the container's alone: uid of the pod, name, restart. */
export function containerName(pod: Pod, container: string, restart: number): string {
  return `aura-${pod.metadata.uid}-${container}-${restart}`;
}

/**
 * The arguments of `docker run` (podman's are the same), attached and removed at the end. Values of variables are not
 * in them, where every user of the machine could read them, but in the client's environment; except the few that would
 * change the client itself.
 */
export function runArguments(spec: ContainerSpec): string[] {
  const { container, pod, environment } = spec;
  const [entrypoint, ...words] = (container.command ?? []).map((word) => expand(word, environment));
  return [
    "run",
    "--rm",
    `--name=${spec.name}`,
    `--hostname=${(pod.metadata.name ?? "pod").slice(0, 63)}`,
    `--label=aura.dev/rehearsal=${spec.dataDir}`,
    `--label=aura.dev/pod=${pod.metadata.namespace}/${pod.metadata.name}`,
    `--label=aura.dev/pod-uid=${pod.metadata.uid}`,
    ...variables(spec),
    ...mounts(spec),
    ...limits(container),
    ...(spec.gpus > 0 ? [`--gpus=${spec.gpus}`] : []),
    ...user(pod, container),
    ...(container.workingDir === undefined ? [] : [`--workdir=${container.workingDir}`]),
    ...(entrypoint === undefined ? [] : [`--entrypoint=${entrypoint}`]),
    container.image ?? "",
    ...words,
    ...(container.args ?? []).map((word) => expand(word, environment)),
  ];
}

/** The variables to be handed over through the client's environment. */
export function passedEnvironment({ environment, reserved }: ContainerSpec): Record<string, string> {
  return Object.fromEntries([...environment].filter(([name]) => !reserved.has(name)));
}

function variables({ environment, reserved }: ContainerSpec): string[] {
  return [...environment].map(([name, value]) => (reserved.has(name) ? `--env=${name}=${value}` : `--env=${name}`));
}

function mounts({ mappings, shim }: ContainerSpec): string[] {
  const mount = (source: string, target: string, readOnly: boolean) =>
    `--mount=${[`type=bind`, `source=${source}`, `target=${target}`, ...(readOnly ? ["readonly"] : [])].map(csvField).join(",")}`;
  return [
    ...mappings.map(({ directory, path, readOnly }) => mount(directory, path, readOnly)),
    ...(shim === undefined ? [] : [mount(shim, "/usr/local/bin/nvidia-smi", true)]),
  ];
}

function limits(container: Container): string[] {
  const { cpu, memory } = container.resources?.limits ?? {};
  const bytes = memory === undefined ? undefined : Math.floor(parseQuantity(memory));
  return [
    ...(cpu === undefined ? [] : [`--cpus=${parseQuantity(cpu)}`]),
    // as much swap as memory means none
    ...(bytes === undefined ? [] : [`--memory=${bytes}`, `--memory-swap=${bytes}`]),
  ];
}

function user(pod: Pod, container: Container): string[] {
  const id = container.securityContext?.runAsUser ?? pod.spec?.securityContext?.runAsUser;
  const group = container.securityContext?.runAsGroup ?? pod.spec?.securityContext?.runAsGroup;
  if (id === undefined) return [];
  return [`--user=${id}${group === undefined ? "" : `:${group}`}`];
}

/** The engines read mounts as comma-separated values. */
function csvField(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

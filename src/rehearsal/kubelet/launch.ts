import { accessSync, constants, mkdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";

import type { Container, Node } from "../../cluster/objects.ts";
import type { ReadEntries } from "./entries.ts";
import { containerEnvironment, expand } from "./environment.ts";
import { gpusOf, type SimulatedGpu, writeGpuShim } from "./gpu-shim.ts";
import type { HostGpus } from "./host-gpus.ts";
import { hostPath, makeMappedDirectories, type PathMapping, pathMappings, podDirectory } from "./pod-paths.ts";
import { type Placed, StartFailure } from "./runtime.ts";

/** What a launch needs to know of this machine and of the cluster. */
export interface LaunchHost {
  readonly dataDir: string;
  /** This machine's environment; only PATH and LANG reach a pod. */
  readonly hostEnv: Readonly<Record<string, string | undefined>>;
  readonly entries: ReadEntries;
  readonly gpuOf: (node: Node) => SimulatedGpu | undefined;
  readonly gpus: HostGpus;
  /** Keeps the clock at real time; call the result to let go. */
  readonly hold: () => () => void;
}

/** A command ready to be run on this machine; `resolve` makes another of the same container. */
export interface Launch {
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly directory: string;
}

const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * Makes a container's folders and works out its command, environment and working directory. Environment values and
 * arguments that are a mapped path, or lie below one, are rewritten to its folder on this machine; text that merely
 * contains such a path (a script in `sh -c`) is not.
 * @param realGpus GPUs of this machine; with any, pods use the real nvidia-smi and see at most the devices they asked for.
 */
export function prepareLaunch(
  host: LaunchHost,
  run: Placed,
  realGpus: number,
): Launch & { readonly resolve: (command: readonly string[]) => string[] } {
  const { pod, container } = run;
  const mappings = pathMappings(host.dataDir, pod, container);
  makeMappedDirectories(mappings);
  const environment = environmentOf(host, run, mappings, realGpus);
  // the only folder a container has when nothing is mounted
  const own = join(podDirectory(host.dataDir, pod), container.name);
  const directory = hostPath(mappings, container.workingDir ?? "") ?? own;
  for (const path of [own, directory]) mkdirSync(path, { recursive: true, mode: 0o700 });
  const argvOf = (words: readonly string[]) => {
    const [command = "", ...rest] = words.map((word) => hostPath(mappings, word) ?? word);
    return [findExecutable(command, environment.get("PATH") ?? "", directory), ...rest];
  };
  const argv = argvOf(commandOf(container).map((word) => expand(word, environment)));
  return { argv, environment: Object.fromEntries(environment), directory, resolve: argvOf };
}

function environmentOf(
  host: LaunchHost,
  run: Placed,
  mappings: readonly PathMapping[],
  realGpus: number,
): Map<string, string> {
  const { pod, node, container } = run;
  const home = podDirectory(host.dataDir, pod);
  const temporary = join(home, "_tmp");
  mkdirSync(temporary, { recursive: true, mode: 0o700 });
  const environment = new Map([
    ["PATH", host.hostEnv["PATH"] ?? defaultPath],
    ["LANG", host.hostEnv["LANG"] ?? "C.UTF-8"],
    ["HOME", home],
    ["TMPDIR", temporary],
    ["HOSTNAME", pod.metadata.name ?? ""],
  ]);
  for (const [name, value] of containerEnvironment({ pod, node, container, entries: host.entries })) {
    environment.set(name, hostPath(mappings, value) ?? value);
  }
  for (const [name, value] of gpuVariables(host, run, realGpus)) {
    environment.set(name, name === "PATH" ? `${value}:${environment.get("PATH")}` : value);
  }
  return environment;
}

/** The real nvidia-smi and devices where there are any, the catalog's otherwise. */
function gpuVariables(host: LaunchHost, { node, container, pod }: Placed, realGpus: number): [string, string][] {
  const count = gpusOf(container);
  const visible = [...Array(Math.min(count, realGpus)).keys()].join(",");
  const devices: [string, string][] = [
    ["CUDA_VISIBLE_DEVICES", visible],
    ["NVIDIA_VISIBLE_DEVICES", visible || "void"],
  ];
  if (realGpus > 0 && count > 0) return devices;
  const folder = join(podDirectory(host.dataDir, pod), "_bin", container.name);
  writeGpuShim(folder, host.gpuOf(node), count);
  return [...(realGpus > 0 ? devices : []), ["PATH", folder]];
}

/** Images without an entrypoint: there the arguments are the command, as in `kubectl run x --image=busybox -- date`. */
const bareImage = /(^|\/)(alpine|amazonlinux|busybox|debian|fedora|ubuntu)([:@]|$)/;

function commandOf({ name, image, command = [], args = [] }: Container): string[] {
  if (command.length > 0 || (args.length > 0 && bareImage.test(image ?? ""))) return [...command, ...args];
  throw new StartFailure(
    `container ${name} has no command, and without a container engine the entrypoint of ${image ?? "its image"} is not known; give it a command`,
  );
}

/** Looked up as a container runtime does, and worded as runc words it. */
function findExecutable(command: string, path: string, directory: string): string {
  if (!command.includes("/")) {
    const files = path.split(":").map((folder) => join(folder || ".", command));
    const found = files.find((file) => problemOf(file) === undefined);
    if (found !== undefined) return found;
    throw new StartFailure(`exec: "${command}": executable file not found in $PATH`);
  }
  const file = resolve(directory, command);
  const problem = problemOf(file);
  if (problem !== undefined) throw new StartFailure(`exec: "${command}": ${problem}`);
  return file;
}

function problemOf(file: string): string | undefined {
  const status = statSync(file, { throwIfNoEntry: false });
  if (status === undefined) return `stat ${file}: no such file or directory`;
  if (!status.isFile()) return "is a directory";
  try {
    accessSync(file, constants.X_OK);
    return undefined;
  } catch {
    return "permission denied";
  }
}

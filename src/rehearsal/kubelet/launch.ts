import { accessSync, constants, mkdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";

import type { Container, Node, Pod } from "../../cluster/objects.ts";
import { containerEnvironment, expand } from "./environment.ts";
import { gpusOf, type SimulatedGpu, writeGpuShim } from "./gpu-shim.ts";
import {
  containerDirectory,
  hostPath,
  makeMappedDirectories,
  type PathMapping,
  pathMappings,
  podDirectory,
} from "./pod-paths.ts";
import { StartFailure } from "./runtime.ts";
import type { ReadEntries } from "./volumes.ts";

/** What a launch needs to know of this machine and of the cluster. */
export interface LaunchHost {
  readonly dataDir: string;
  /** This machine's environment; only PATH and LANG reach a pod. */
  readonly hostEnv: Readonly<Record<string, string | undefined>>;
  readonly entries: ReadEntries;
  readonly gpuOf: (node: Node) => SimulatedGpu | undefined;
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
  run: { readonly pod: Pod; readonly node: Node; readonly container: Container },
  realGpus: number,
): Launch & { readonly resolve: (command: readonly string[]) => string[] } {
  const { pod, container } = run;
  const mappings = pathMappings(host.dataDir, pod, container);
  makeMappedDirectories(mappings);
  const environment = environmentOf(host, run, mappings, realGpus);
  const directory = workingDirectory(host, run, mappings);
  const argvOf = (words: readonly string[]) => {
    const [command = "", ...rest] = words.map((word) => hostPath(mappings, word) ?? word);
    return [findExecutable(command, environment.get("PATH") ?? "", directory), ...rest];
  };
  const argv = argvOf(commandOf(container).map((word) => expand(word, environment)));
  return { argv, environment: Object.fromEntries(environment), directory, resolve: argvOf };
}

function environmentOf(
  host: LaunchHost,
  run: { readonly pod: Pod; readonly node: Node; readonly container: Container },
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
  addGpus(environment, { host, run, home, realGpus });
  return environment;
}

function addGpus(
  environment: Map<string, string>,
  options: {
    readonly host: LaunchHost;
    readonly run: { readonly node: Node; readonly container: Container };
    readonly home: string;
    readonly realGpus: number;
  },
): void {
  const { host, run, home, realGpus } = options;
  const count = gpusOf(run.container);
  if (realGpus > 0) {
    const visible = Array.from({ length: Math.min(count, realGpus) }, (_, index) => index).join(",");
    environment.set("CUDA_VISIBLE_DEVICES", visible);
    environment.set("NVIDIA_VISIBLE_DEVICES", visible === "" ? "void" : visible);
    if (count > 0) return;
  }
  const folder = join(home, "_bin", run.container.name);
  writeGpuShim(folder, host.gpuOf(run.node), count);
  environment.set("PATH", `${folder}:${environment.get("PATH")}`);
}

function workingDirectory(
  host: LaunchHost,
  run: { readonly pod: Pod; readonly container: Container },
  mappings: readonly PathMapping[],
): string {
  const own = containerDirectory(host.dataDir, run.pod, run.container.name);
  const directory = hostPath(mappings, run.container.workingDir ?? "") ?? own;
  for (const path of [own, directory]) mkdirSync(path, { recursive: true, mode: 0o700 });
  return directory;
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

import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";

import type { Container, Pod } from "../../cluster/objects.ts";
import { StartFailure } from "./runtime.ts";

/** Folders of a pod to bring home, comma-separated absolute paths. */
export const outputsAnnotation = "aura.dev/outputs";

type VolumeMount = NonNullable<Container["volumeMounts"]>[number];

/** A folder of the container, and where it is on this machine. */
export interface PathMapping {
  readonly path: string;
  readonly directory: string;
  readonly readOnly: boolean;
  /** Made as an empty file for each run. Default false. */
  readonly isFile?: boolean;
}

/** All of a pod's files: `<dataDir>/pods/<uid>`. Names that begin with `_` are Aura's, the rest are containers'. */
export function podDirectory(dataDir: string, pod: Pod): string {
  return join(dataDir, "pods", pod.metadata.uid ?? "");
}

/** The paths of the pod's outputs as declared, without duplicates and trailing slashes. */
export function declaredOutputs(pod: Pod): string[] {
  const text = pod.metadata.annotations?.[outputsAnnotation] ?? "";
  const paths = text.split(",").map((path) => path.trim());
  return [...new Set(paths.filter((path) => path !== "").map(normalize))];
}

/** Where a container leaves its last words: a file, `terminationMessagePath` to itself. */
export function terminationFile(dataDir: string, pod: Pod, container: string): string {
  return join(podDirectory(dataDir, pod), "_termination", container);
}

/**
 * Which folders stand for the container's mounts and for the pod's outputs. An output at or below a mount is in that
 * mount; another has a folder of its own, shared by the pod's containers. `directory` is an absolute host path.
 */
export function pathMappings(dataDir: string, pod: Pod, container: Container): PathMapping[] {
  const mounts = (container.volumeMounts ?? []).map((mount) => mountMapping(dataDir, pod, mount));
  const outputs = declaredOutputs(pod)
    .filter((path) => hostPath(mounts, path) === undefined)
    .map((path) => ({ path, directory: outputDirectory(dataDir, pod, path), readOnly: false }));
  for (const { path } of outputs) {
    if (path.startsWith("/") && path !== "/") continue;
    throw new StartFailure(`annotation ${outputsAnnotation} names "${path}", which is not an absolute folder`);
  }
  const lastWords = {
    path: normalize(container.terminationMessagePath ?? "/dev/termination-log"),
    directory: terminationFile(dataDir, pod, container.name),
    readOnly: false,
    isFile: true,
  };
  return [...mounts, ...outputs, lastWords];
}

/** The host's path for one equal to or below a mapped path; the longest mapping wins. Undefined for any other text. */
export function hostPath(mappings: readonly PathMapping[], path: string): string | undefined {
  if (!path.startsWith("/")) return undefined;
  const inside = (mapping: PathMapping) => path === mapping.path || path.startsWith(`${mapping.path}/`);
  const [best] = mappings.filter(inside).sort((a, b) => b.path.length - a.path.length);
  if (best === undefined) return undefined;
  const rest = path.slice(best.path.length);
  // a path that climbs out of its mount is not in it
  return rest.split("/").includes("..") ? undefined : best.directory + rest;
}

/** Makes what is mapped and not there yet, for the owner only; a `subPath` may be a file of its volume. */
export function makeMappedDirectories(mappings: readonly PathMapping[]): void {
  for (const { directory, isFile } of mappings) {
    if (isFile) {
      mkdirSync(dirname(directory), { recursive: true, mode: 0o700 });
      writeFileSync(directory, "", { mode: 0o600 });
    } else if (!existsSync(directory)) mkdirSync(directory, { recursive: true, mode: 0o700 });
  }
}

/** `/out/a b` becomes `_outputs/out%2Fa%20b`: readable, and no two paths share a folder. */
function outputDirectory(dataDir: string, pod: Pod, path: string): string {
  return join(podDirectory(dataDir, pod), "_outputs", encodeURIComponent(path.slice(1)));
}

function normalize(path: string): string {
  const normal = posix.normalize(path);
  return normal.length > 1 ? normal.replace(/\/$/, "") : normal;
}

function mountMapping(dataDir: string, pod: Pod, mount: VolumeMount): PathMapping {
  const path = normalize(mount.mountPath);
  const volume = join(podDirectory(dataDir, pod), "_volumes", mount.name);
  const directory = join(volume, mount.subPath ?? "");
  if (mount.subPathExpr !== undefined) throw new StartFailure(`the mount at ${path} has a subPathExpr: use subPath`);
  if (`${directory}/`.startsWith(`${volume}/`)) return { path, directory, readOnly: mount.readOnly === true };
  throw new StartFailure(`the volume mounted at ${path} has a subPath that leaves the volume`);
}

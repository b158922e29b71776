import { mkdirSync } from "node:fs";
import { join, posix } from "node:path";

import type { Container, Pod } from "../../cluster/objects.ts";
import { StartFailure } from "./runtime.ts";

/** Folders of a pod to bring home, comma-separated absolute paths. */
export const outputsAnnotation = "aura.dev/outputs";

/** A folder of the container, and where it is on this machine. */
export interface PathMapping {
  readonly path: string;
  readonly directory: string;
  readonly readOnly: boolean;
}

/** All of a pod's files: `<dataDir>/pods/<uid>`. Names that begin with `_` are Aura's, the rest are containers'. */
export function podDirectory(dataDir: string, pod: Pod): string {
  return join(dataDir, "pods", pod.metadata.uid ?? "");
}

/** The folder a process of this container starts in, and the only one it has when nothing is mounted. */
export function containerDirectory(dataDir: string, pod: Pod, container: string): string {
  return join(podDirectory(dataDir, pod), container);
}

/** The paths of the pod's outputs as declared, without duplicates and trailing slashes. */
export function declaredOutputs(pod: Pod): string[] {
  const text = pod.metadata.annotations?.[outputsAnnotation] ?? "";
  const paths = text.split(",").map((path) => path.trim());
  return [...new Set(paths.filter((path) => path !== "").map(normalize))];
}

/**
 * Which folders stand for the container's mounts and for the pod's outputs. An output at or below a mount is in that
 * mount; another has a folder of its own, shared by the pod's containers. `directory` is an absolute host path.
 */
export function pathMappings(dataDir: string, pod: Pod, container: Container): PathMapping[] {
  const mounts = (container.volumeMounts ?? []).map((mount) => ({
    path: normalize(mount.mountPath),
    directory: join(podDirectory(dataDir, pod), "_volumes", mount.name, mount.subPath ?? ""),
    readOnly: mount.readOnly === true,
  }));
  for (const mount of mounts) checkInside(dataDir, pod, mount);
  const outputs = declaredOutputs(pod)
    .filter((path) => hostPath(mounts, path) === undefined)
    .map((path) => ({ path, directory: outputDirectory(dataDir, pod, path), readOnly: false }));
  for (const { path } of outputs) {
    if (path.startsWith("/") && path !== "/") continue;
    throw new StartFailure(`annotation ${outputsAnnotation} names "${path}", which is not an absolute folder`);
  }
  return [...mounts, ...outputs];
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

/** Makes every mapped folder, for the owner only. */
export function makeMappedDirectories(mappings: readonly PathMapping[]): void {
  for (const { directory } of mappings) mkdirSync(directory, { recursive: true, mode: 0o700 });
}

/** `/out/a b` becomes `_outputs/out%2Fa%20b`: readable, and no two paths share a folder. */
function outputDirectory(dataDir: string, pod: Pod, path: string): string {
  return join(podDirectory(dataDir, pod), "_outputs", encodeURIComponent(path.slice(1)));
}

function normalize(path: string): string {
  const normal = posix.normalize(path);
  return normal.length > 1 ? normal.replace(/\/$/, "") : normal;
}

function checkInside(dataDir: string, pod: Pod, mount: PathMapping): void {
  if (mount.directory.startsWith(join(podDirectory(dataDir, pod), "_volumes", "/"))) return;
  throw new StartFailure(`the volume mounted at ${mount.path} has a subPath that leaves the volume`);
}

import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import type { Container, Node, Pod } from "../../cluster/objects.ts";
import { pathWithin } from "../../kernel/files.ts";
import { containerResource, podField } from "./downward.ts";
import { entriesIn, type ReadEntries } from "./entries.ts";
import { podDirectory } from "./pod-paths.ts";
import { type Placed, StartFailure } from "./runtime.ts";

type Volume = NonNullable<NonNullable<Pod["spec"]>["volumes"]>[number];
type DownwardItem = NonNullable<NonNullable<Volume["downwardAPI"]>["items"]>[number];
/** A file of a volume. Its mode is the volume's unless it has its own. */
interface VolumeFile {
  readonly path: string;
  readonly content: Buffer | string;
  readonly mode?: number | undefined;
}
interface Entries {
  readonly kind: "ConfigMap" | "Secret";
  readonly name?: string | undefined;
  readonly optional?: boolean | undefined;
  readonly items?: readonly { readonly key: string; readonly path: string; readonly mode?: number }[] | undefined;
}
interface Subject extends Pick<Placed, "pod" | "node"> {
  readonly entries: ReadEntries;
}

/**
 * Makes the pod's volumes as folders, with what ConfigMaps, Secrets and the downward API give as files. emptyDir's
 * sizeLimit and medium are not enforced; every kind of volume that is not here is refused.
 */
export function makeVolumes(
  { dataDir, entries }: { readonly dataDir: string; readonly entries: ReadEntries },
  pod: Pod,
  node: Node,
): void {
  for (const volume of pod.spec?.volumes ?? []) {
    const directory = join(podDirectory(dataDir, pod), "_volumes", volume.name);
    try {
      const files = filesOf(volume, { pod, node, entries });
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      for (const file of files) write(directory, { mode: modeOf(volume), ...file });
    } catch (error) {
      if (!(error instanceof StartFailure)) throw error;
      throw new StartFailure(`MountVolume.SetUp failed for volume "${volume.name}" : ${error.message}`, "FailedMount");
    }
  }
}

function filesOf(volume: Volume, subject: Subject): VolumeFile[] {
  const { configMap, secret, downwardAPI, projected, emptyDir } = volume;
  if (configMap !== undefined) return entryFiles({ kind: "ConfigMap", ...configMap }, subject);
  if (secret !== undefined) return entryFiles({ kind: "Secret", ...secret, name: secret.secretName }, subject);
  if (downwardAPI !== undefined) return (downwardAPI.items ?? []).map((item) => downwardFile(item, subject));
  if (emptyDir !== undefined) return [];
  if (projected === undefined) throw leftOut(volume);
  return (projected.sources ?? []).flatMap((source) => {
    if (source.secret !== undefined) return entryFiles({ kind: "Secret", ...source.secret }, subject);
    if (Object.keys(source).some((key) => !["configMap", "downwardAPI"].includes(key))) throw leftOut(source);
    return filesOf({ name: volume.name, ...source } as Volume, subject);
  });
}

function entryFiles(source: Entries, { entries }: Subject): VolumeFile[] {
  const { kind, optional, items } = source;
  const found = entriesIn(entries, kind, source);
  const wanted = items ?? [...found.keys()].map((key) => ({ key, path: key }));
  return wanted.flatMap((item) => {
    const content = found.get(item.key);
    if (content !== undefined) return { ...item, content };
    if (optional === true) return [];
    throw new StartFailure(`references non-existent ${kind === "Secret" ? "secret" : "config"} key: ${item.key}`);
  });
}

function downwardFile({ path, mode, fieldRef, resourceFieldRef }: DownwardItem, { pod, node }: Subject): VolumeFile {
  if (fieldRef !== undefined) return { path, mode, content: podField(fieldRef.fieldPath, { pod, node }) };
  const all: Container[] = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])];
  const container = all.find(({ name }) => name === resourceFieldRef?.containerName);
  if (container === undefined || resourceFieldRef === undefined) {
    throw new StartFailure(`item ${path} names no container: ${resourceFieldRef?.containerName}`);
  }
  return { path, mode, content: containerResource(resourceFieldRef, { container, node }) };
}

function modeOf({ configMap, secret, downwardAPI, projected }: Volume): number {
  return (configMap ?? secret ?? downwardAPI ?? projected)?.defaultMode ?? 0o644;
}

/** Whole at once: a container that restarts finds the files new, its neighbours never half-written. */
function write(directory: string, { path, content, mode }: VolumeFile): void {
  const file = pathWithin(directory, path);
  if (file === undefined) throw new StartFailure(`invalid path ${JSON.stringify(path)}`);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  // the owner is the pod's only user: it can always read
  const readable = (mode ?? 0o644) | 0o400;
  rmSync(`${file}.new`, { force: true });
  writeFileSync(`${file}.new`, content, { mode: readable });
  renameSync(`${file}.new`, file);
}

function leftOut(source: object): StartFailure {
  const kind = Object.keys(source).find((key) => key !== "name") ?? "a volume without a source";
  return new StartFailure(
    `${kind} is left out of the rehearsal; emptyDir, configMap, secret, downwardAPI and projected volumes of these are there`,
  );
}

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Pod } from "../../cluster/objects.ts";
import { pathWithin } from "../../kernel/files.ts";
import { podDirectory } from "./pod-paths.ts";
import { StartFailure } from "./runtime.ts";

/** Reads a ConfigMap's or Secret's entries as bytes; undefined when there is no such object. */
export type ReadEntries = (kind: "ConfigMap" | "Secret", name: string) => ReadonlyMap<string, Buffer> | undefined;

type Volume = NonNullable<NonNullable<Pod["spec"]>["volumes"]>[number];
interface Source {
  readonly kind: "ConfigMap" | "Secret";
  readonly name: string;
  readonly optional: boolean;
  readonly items: readonly { readonly key: string; readonly path: string }[] | undefined;
}

/** Makes the pod's volumes as folders: empty ones, and ConfigMaps and Secrets as files. Refuses every other kind. */
export function makeVolumes(dataDir: string, pod: Pod, entries: ReadEntries): void {
  for (const volume of pod.spec?.volumes ?? []) {
    const directory = join(podDirectory(dataDir, pod), "_volumes", volume.name);
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const source = sourceOf(volume);
    if (source !== undefined) writeEntries(directory, volume.name, source, entries);
    else if (volume.emptyDir === undefined) throw unsupported(volume);
  }
}

function sourceOf({ configMap, secret }: Volume): Source | undefined {
  if (configMap !== undefined) {
    return {
      kind: "ConfigMap",
      name: configMap.name ?? "",
      optional: configMap.optional === true,
      items: configMap.items,
    };
  }
  if (secret !== undefined) {
    return { kind: "Secret", name: secret.secretName ?? "", optional: secret.optional === true, items: secret.items };
  }
  return undefined;
}

function writeEntries(directory: string, volume: string, source: Source, read: ReadEntries): void {
  const entries = read(source.kind, source.name);
  if (entries === undefined) {
    if (source.optional) return;
    throw new StartFailure(`volume ${volume}: ${source.kind} "${source.name}" not found`, "CreateContainerConfigError");
  }
  for (const { key, path } of source.items ?? [...entries.keys()].map((name) => ({ key: name, path: name }))) {
    const content = entries.get(key);
    const file = pathWithin(directory, path);
    if (content === undefined || file === undefined) {
      throw new StartFailure(`volume ${volume}: ${source.kind} "${source.name}" has no usable key ${key}`);
    }
    mkdirSync(join(file, ".."), { recursive: true, mode: 0o700 });
    writeFileSync(file, content, { mode: 0o600 });
  }
}

function unsupported(volume: Volume): StartFailure {
  const kind = Object.keys(volume).find((key) => key !== "name") ?? "no source";
  return new StartFailure(
    `volume ${volume.name} (${kind}) is not rehearsed; emptyDir, configMap and secret are`,
    "CreateContainerConfigError",
  );
}

import type { Pod } from "../../cluster/objects.ts";
import type { Core } from "../core/core.ts";
import { configFailure } from "./runtime.ts";

/** Reads a ConfigMap's or Secret's entries as bytes; undefined when there is no such object. */
export type ReadEntries = (kind: "ConfigMap" | "Secret", name: string) => ReadonlyMap<string, Buffer> | undefined;

type Entries = Pod & { readonly data?: Record<string, string>; readonly binaryData?: Record<string, string> };

/** ConfigMaps and Secrets of the pod's namespace. */
export function entriesOf(core: Core, { metadata: { namespace = "default" } }: Pod): ReadEntries {
  return (kind, name) => {
    const object = core.find<Entries>({ apiVersion: "v1", kind, metadata: { name, namespace } });
    if (object === undefined) return undefined;
    const decode = (from: Record<string, string> = {}, encoding: BufferEncoding) =>
      Object.entries(from).map(([key, value]) => [key, Buffer.from(value, encoding)] as const);
    return new Map([
      ...decode(object.data, kind === "Secret" ? "base64" : "utf8"),
      ...decode(object.binaryData, "base64"),
    ]);
  };
}

/** What an object holds that a pod refers to: nothing where it is optional and not there. */
export function entriesIn(
  entries: ReadEntries,
  kind: "ConfigMap" | "Secret",
  { name = "", optional }: { readonly name?: string | undefined; readonly optional?: boolean | undefined },
): ReadonlyMap<string, Buffer> {
  const found = entries(kind, name);
  if (found === undefined && optional !== true) throw configFailure(`${kind.toLowerCase()} "${name}" not found`);
  return found ?? new Map();
}

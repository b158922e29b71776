import type { Pod } from "../../cluster/objects.ts";
import type { Core } from "../core/core.ts";
import type { ReadEntries } from "./volumes.ts";

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

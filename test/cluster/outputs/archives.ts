import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";

import type { Pod } from "../../../src/cluster/objects.ts";

export interface Entry {
  readonly path: string;
  readonly text?: string;
  readonly flag?: string;
  readonly target?: string;
  /** What the header says, whatever there is. */
  readonly bytes?: number | string;
}

/** A tar.gz as nobody but an attacker would make it. */
export function archive(entries: readonly Entry[]): Buffer {
  const blocks = entries.flatMap((entry) => {
    const content = Buffer.from(entry.text ?? "");
    return [header(entry, content.length), content, Buffer.alloc((512 - (content.length % 512)) % 512)];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

function header({ path, flag = "0", target = "", bytes }: Entry, length: number): Buffer {
  const block = Buffer.alloc(512);
  block.write(path, 0, 100);
  block.write("0000644\0", 100);
  const size = bytes ?? length;
  block.write(typeof size === "number" ? `${size.toString(8).padStart(11, "0")}\0` : size, 124);
  block.write("        ", 148);
  block.write(flag, 156, "latin1");
  block.write(target, 157, 100);
  block.write("ustar\0", 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}

/** The log that the container beside a job writes about one archive. */
export function framed(
  bytes: Buffer,
  { path = 1, sum }: { readonly path?: number; readonly sum?: string } = {},
): string {
  const sha256 = sum ?? createHash("sha256").update(bytes).digest("hex");
  const lines = bytes.toString("base64").match(/.{1,8192}/g) ?? [];
  return [`aura-outputs begin ${path} ${bytes.length} ${sha256}`, ...lines, `aura-outputs end ${path}`, ""].join("\n");
}

/** A pod that declares these outputs and whose container beside the job has ended. */
export function podWith(outputs: string, state: object = { terminated: { exitCode: 0 } }): Pod {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "pod-1", namespace: "default", uid: "u", annotations: { "aura.dev/outputs": outputs } },
    spec: { containers: [{ name: "main" }], initContainers: [{ name: "aura-outputs", restartPolicy: "Always" }] },
    status: {
      initContainerStatuses: [{ name: "aura-outputs", image: "", imageID: "", ready: false, restartCount: 0, state }],
    },
  };
}

/** An API that knows one log, which comes in pieces of this many characters; or answers with an error. */
export function apiWith(log: string | Error, size = 1000) {
  return {
    async *logs() {
      if (log instanceof Error) throw log;
      for (let at = 0; at < log.length; at += size) yield log.slice(at, at + size);
    },
  };
}

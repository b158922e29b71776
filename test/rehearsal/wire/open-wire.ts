import { mkdtemp, rm } from "node:fs/promises";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { systemClock, warpClock } from "../../../src/kernel/clocks.ts";
import { seededRandom } from "../../../src/kernel/random.ts";
import { createCore } from "../../../src/rehearsal/core/create-core.ts";
import type { LogSource } from "../../../src/rehearsal/kubelet/log-source.ts";
import type { ExtraHandler } from "../../../src/rehearsal/wire/call.ts";
import { writeKubeconfig } from "../../../src/rehearsal/wire/kubeconfig.ts";
import type { Limits } from "../../../src/rehearsal/wire/limits.ts";
import { startWire } from "../../../src/rehearsal/wire/server.ts";

export const token = "test-token";

/** Says what was asked for, then (when followed) one line more. */
const echoLogs: LogSource = {
  async *read({ container, tailLines, follow }) {
    yield `log of ${container}${tailLines === undefined ? "" : `, last ${tailLines}`}\n`;
    if (follow) yield "and on\n";
  },
};

interface OpenOptions {
  readonly historyLimit?: number;
  readonly extra?: ExtraHandler;
  readonly logs?: LogSource;
  readonly limits?: Partial<Limits>;
}

/** A wire over an empty core, with its kubeconfig; closed and removed by `close`. */
export async function openWire(options: OpenOptions = {}) {
  const clock = warpClock(systemClock(), 60);
  const { historyLimit, extra, limits, logs = echoLogs } = options;
  const core = createCore({ clock, random: seededRandom(7), ...(historyLimit !== undefined && { historyLimit }) });
  const errors: unknown[] = [];
  const log: string[] = [];
  const wire = await startWire({
    core,
    clock,
    token,
    logs,
    log: (message) => log.push(message),
    onError: (error) => errors.push(error),
    ...(extra && { extra }),
    ...(limits && { limits }),
  });
  const directory = await mkdtemp(join(tmpdir(), "aura-wire-"));
  const kubeconfig = join(directory, "kubeconfig");
  await writeKubeconfig(kubeconfig, { ...wire, token });
  const close = async () => {
    await wire.close();
    await rm(directory, { recursive: true });
  };
  return { core, clock, wire, kubeconfig, errors, log, close };
}

export interface RawAnswer {
  readonly status: number;
  readonly text: string;
  readonly contentType: string | undefined;
  readonly warning: string | undefined;
}

/** One request as it is given, with the token unless other headers say otherwise. The path is sent as it stands. */
export function raw(
  wire: { readonly port: number; readonly certificatePem: string },
  options: { method?: string; path: string; headers?: Record<string, string>; body?: string },
): Promise<RawAnswer> {
  const { method = "GET", path, headers = {}, body } = options;
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        ...{
          host: "127.0.0.1",
          port: wire.port,
          ca: wire.certificatePem,
          method,
          path,
          agent: false,
          servername: "localhost",
        },
        headers: {
          authorization: `Bearer ${token}`,
          ...(body !== undefined && { "content-length": String(Buffer.byteLength(body)) }),
          ...headers,
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            text: Buffer.concat(chunks).toString(),
            contentType: response.headers["content-type"],
            warning: response.headers.warning,
          }),
        );
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { ApiError, type ClusterApi } from "../../../src/cluster/api.ts";
import type { Pod } from "../../../src/cluster/objects.ts";

export interface PodFacts {
  readonly name: string;
  readonly node?: string;
  readonly gpus?: number;
  readonly labels?: Record<string, string>;
  readonly phase?: "Running" | "Pending" | "Succeeded";
  readonly port?: { readonly name: string; readonly containerPort: number };
}

export function podOf({ name, node, gpus, labels = {}, phase = "Running", port }: PodFacts): Pod {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: labels["ns"] ?? "default", uid: `uid-${name}`, labels },
    spec: {
      ...(node !== undefined && { nodeName: node }),
      containers: [
        {
          name: "main",
          image: "i",
          ...(gpus !== undefined && { resources: { limits: { "nvidia.com/gpu": gpus } } }),
          ...(port && { ports: [port] }),
        },
      ],
    },
    status: { phase },
  };
}

/** Texts by path (without query; a list of pods by the value that its label selector names). */
export type Pages = Record<string, string | number | undefined>;

/** An API server that answers these pages; a number is an HTTP status. `paths` are what it was asked. */
export function fakeCluster(pages: Pages) {
  const paths: string[] = [];
  const text: ClusterApi["text"] = async (path, { signal } = {}) => {
    paths.push(path);
    const page = pages[decodeURIComponent(path).replaceAll("+", " ")] ?? pages[path.split("?")[0] ?? ""] ?? 404;
    if (page === "silent") {
      return new Promise((_, reject) => {
        signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
      });
    }
    if (typeof page === "number") throw new ApiError(page, "", `status ${page}`);
    return page;
  };
  return { paths, api: { text } as ClusterApi };
}

export function listOf(...pods: readonly PodFacts[]): string {
  return JSON.stringify({ kind: "PodList", apiVersion: "v1", metadata: {}, items: pods.map(podOf) });
}

/** The same pages over HTTP on loopback, for the real client; `kubeconfig` is its text. */
export async function servePages(pages: Pages): Promise<{ kubeconfig: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const url = decodeURIComponent(request.url ?? "").replaceAll("+", " ");
    const page = pages[url] ?? pages[url.split("?")[0] ?? ""] ?? 404;
    response.statusCode = typeof page === "number" ? page : 200;
    response.end(typeof page === "number" ? "no" : page);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const kubeconfig = JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "c", cluster: { server: `http://127.0.0.1:${port}`, "insecure-skip-tls-verify": true } }],
    users: [{ name: "u", user: {} }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
    "current-context": "x",
  });
  return {
    kubeconfig,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

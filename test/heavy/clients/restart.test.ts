import { PassThrough } from "node:stream";
import { setTimeout } from "node:timers/promises";
import {
  CoreV1Api,
  Exec,
  KubeConfig,
  KubernetesObjectApi,
  Log,
  makeInformer,
  type V1ConfigMap,
  Watch,
} from "@kubernetes/client-node";

import { expect, test } from "vitest";

import { onCluster, startLine } from "./cluster.ts";

await onCluster("client-node through a kill", (cluster) => {
  const configOf = () => {
    const config = new KubeConfig();
    config.loadFromFile(cluster.kubeconfig);
    return config;
  };
  const configMap = (name: string): V1ConfigMap & { metadata: { name: string; namespace: string } } => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace: "default" },
    data: { a: "1" },
  });

  const killAndStart = async () => {
    await cluster.kill();
    const started = await cluster.sh(startLine);
    expect(started.code, started.text).toBe(0);
  };

  /** A pod that says one word and stays; done when the word is in its log. */
  const runPod = async (name: string, word: string) => {
    const run = `kubectl run ${name} --image=busybox --restart=Never -- sh -c 'echo ${word}; sleep 600'`;
    const up = await cluster.sh(`${run} && until kubectl logs ${name} 2>&1 | grep -x ${word}; do sleep 0.1; done`);
    expect(up.code, up.text).toBe(0);
  };

  test("an informer goes on after kill -9", async () => {
    const config = configOf();
    const core = config.makeApiClient(CoreV1Api);
    const objects = KubernetesObjectApi.makeApiClient(config);
    const path = "/api/v1/namespaces/default/configmaps";
    const informer = makeInformer<V1ConfigMap>(config, path, () =>
      core.listNamespacedConfigMap({ namespace: "default" }),
    );
    const seen: string[] = [];
    informer.on("add", ({ metadata }) => void seen.push(`add ${metadata?.name}`));
    informer.on("delete", ({ metadata }) => void seen.push(`delete ${metadata?.name}`));
    informer.on("error", () => void setTimeout(300).then(() => informer.start()));
    await informer.start();
    await objects.create(configMap("before"));
    await until(() => seen.includes("add before"));

    await killAndStart();
    // what was acknowledged before the kill is there, under the same address and token
    expect((await objects.read(configMap("before"))).metadata?.name).toBe("before");
    await objects.create(configMap("after"));
    await objects.delete(configMap("before"));
    await until(() => seen.includes("add after") && seen.includes("delete before"));
    await informer.stop();
    expect(seen.filter((each) => each === "add after")).toHaveLength(1);
  });

  test("a pod outlives the kill in name", async () => {
    await runPod("stays", "first");
    await killAndStart();
    const found = await cluster.sh("kubectl get pod stays -o wide && kubectl logs stays && kubectl get nodes");
    expect(found.code, found.text).toBe(0);
    expect(found.text).toMatch("first");
  });

  test("log, exec and watch work after it", async () => {
    const config = configOf();
    await runPod("talks", "said");
    const log = new PassThrough();
    await new Log(config).log("default", "talks", "talks", log, { tailLines: 1 });
    expect(await textOf(log)).toBe("said\n");

    const out = new PassThrough();
    const status = await new Promise<{ status?: string }>((resolve, reject) => {
      new Exec(config)
        .exec("default", "talks", "talks", ["sh", "-c", "echo done"], out, null, null, false, resolve)
        .catch(reject);
    });
    expect(status.status).toBe("Success");
    out.end();
    expect(await textOf(out)).toBe("done\n");

    const events: string[] = [];
    const query = { fieldSelector: "metadata.name=talks" };
    const watch = await new Watch(config).watch(
      "/api/v1/namespaces/default/pods",
      query,
      (type: string) => void events.push(type),
      () => {},
    );
    await until(() => events.includes("ADDED"));
    watch.abort();
  });
});

async function until(so: () => boolean): Promise<void> {
  for (let looks = 0; !so(); looks += 1) {
    if (looks > 400) throw new Error("it did not come about within 20 seconds");
    await setTimeout(50);
  }
}

async function textOf(stream: PassThrough): Promise<string> {
  let text = "";
  for await (const chunk of stream) text += chunk;
  return text;
}

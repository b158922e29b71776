import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { openHelm } from "../../../src/aws/helm/helm.ts";
import { karpenterReleases } from "../../../src/aws/karpenter/charts.ts";
import { waitForKarpenter } from "../../../src/aws/karpenter/wait-for-karpenter.ts";
import { waitForPools } from "../../../src/aws/karpenter/wait-for-pools.ts";
import { catalogNames } from "../../../src/cli/catalog-names.ts";
import { type KarpenterStepOptions, karpenterStep } from "../../../src/cli/targets/karpenter-step.ts";
import type { ObjectApi } from "../../../src/cluster/api.ts";
import { connectCluster } from "../../../src/cluster/connect.ts";
import type { EC2NodeClass } from "../../../src/cluster/objects.ts";
import { loadEnvironment } from "../../../src/spec/load.ts";
import { synthesizeObjects } from "../../../src/synth/kubernetes/objects.ts";
import { onCluster } from "../clients/cluster.ts";
import { charts, deadKubeconfig, helmPath, helmPlace, type Place } from "./helm-cluster.ts";

const environment = loadEnvironment({
  path: "/x/aura.yaml",
  text: JSON.stringify({
    name: "e1",
    aws: {
      charts: {
        karpenterCrd: join(charts, "karpenter-crd"),
        karpenter: join(charts, "karpenter"),
        devicePlugin: join(charts, "nvidia-device-plugin"),
      },
    },
  }),
  variables: {},
  known: catalogNames(),
});
const roleArn = "arn:aws:iam::123456789012:role/aura-e1-karpenter";
const { signal } = new AbortController();

await onCluster("Karpenter", (cluster) => {
  let place: Place;
  let api: ObjectApi;
  let running: string[] = [];
  let isStubborn = false;
  const warnings: string[] = [];
  const step = (changes: Partial<KarpenterStepOptions> = {}) =>
    karpenterStep({
      ...place,
      environment,
      roleArn: async () => roleArn,
      connect: async () => api,
      instances: {
        list: async () => running,
        terminate: async () => {
          if (!isStubborn) running = [];
        },
      },
      warn: (message) => warnings.push(message),
      readyTimeoutMs: 60_000,
      drainTimeoutMs: 240_000,
      ...changes,
    });
  beforeAll(async () => {
    place = await helmPlace(await helmPath(), cluster.kubeconfig);
    api = await connectCluster(cluster.kubeconfig);
  });
  afterAll(() => place.remove());

  const install = async (changes: object) => {
    const [, release] = karpenterReleases(environment, { roleArn });
    if (release === undefined) throw new Error("no release of karpenter");
    await (await openHelm(place)).upgradeInstall({ ...release, values: { ...release.values, ...changes } }, signal);
  };
  const unready = async (changes: object): Promise<string> => {
    // on the one system node there is room for one only, and an old one that serves would do
    await (await openHelm(place)).uninstall({ name: "karpenter", namespace: "kube-system" }, signal);
    await install({ ...changes, replicas: 1 });
    const error = await waitForKarpenter({ ...place, api, signal, timeoutMs: 8000 }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "NOT_READY" });
    return (error as { details: { problems: string[] } }).details.problems.join("\n");
  };

  test("the step is absent, made, present", async () => {
    expect(await step().observe(signal)).toBe("absent");
    await step().ensure(signal);
    expect(await step().observe(signal)).toBe("present");
    const { text } = await cluster.sh(
      "kubectl get deploy,sa,crd,cm -n kube-system -o name; kubectl get sa karpenter -n kube-system -o yaml",
    );
    for (const name of ["deployment.apps/karpenter", "wishes.standin", "configmap/nvidia-device-plugin", roleArn])
      expect(text).toContain(name);
  });

  test("made again it stays as it is", async () => {
    const revisions = () => cluster.sh("helm list -n kube-system -o json").then(({ text }) => JSON.parse(text));
    const before = await revisions();
    expect(before.map(({ name }: { name: string }) => name).sort()).toEqual([
      "karpenter",
      "karpenter-crd",
      "nvidia-device-plugin",
    ]);
    expect(await step().observe(signal)).toBe("present");
    expect(await revisions()).toEqual(before);
  });

  test("another role is another values' hash", async () => {
    const other = step({ roleArn: async () => `${roleArn}-2` });
    expect(await other.observe(signal)).toBe("partial");
    await other.ensure(signal);
    expect(await other.observe(signal)).toBe("present");
  });

  test("pools of the environment become ready", async () => {
    for (const object of synthesizeObjects(environment)) await api.apply(object, { fieldManager: "aura", force: true });
    await waitForPools({ ...place, api, signal, timeoutMs: 20_000 }, synthesizeObjects(environment));
  });

  test("a pool that is missing is named", async () => {
    const objects = synthesizeObjects({
      ...environment,
      pools: environment.pools.map((pool) => ({ ...pool, name: "x" })),
    });
    await expect(waitForPools({ ...place, api, signal, timeoutMs: 500 }, objects)).rejects.toMatchObject({
      code: "NOT_READY",
      details: { problems: expect.arrayContaining(["NodePool x is not there"]) },
    });
  });

  test("a class that is not ready says why", async () => {
    const conditions = [
      { type: "SubnetsReady", status: "False", reason: "SubnetsNotFound", message: "SubnetSelector did not match" },
      { type: "Ready", status: "False", reason: "UnhealthyDependents", message: "" },
    ].map((condition) => ({ ...condition, lastTransitionTime: "2026-11-25T04:00:00Z" }));
    const [gpu] = synthesizeObjects(environment).filter(
      ({ metadata, kind }) => metadata.name === "gpu" && kind !== "NodePool",
    );
    const ref = { apiVersion: "karpenter.k8s.aws/v1", kind: "EC2NodeClass", metadata: { name: "gpu" } };
    await api.patch<EC2NodeClass>(ref, { status: { conditions } }, { subresource: "status" });
    const missing = { apiVersion: "karpenter.sh/v1", kind: "NodePool", metadata: { name: "missing" } };
    const error = await waitForPools({ ...place, api, signal, timeoutMs: 500 }, [...(gpu ? [gpu] : []), missing]).catch(
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ code: "NOT_READY" });
    expect((error as { details: { problems: string[] } }).details.problems.join("\n")).toContain(
      "EC2NodeClass gpu: no subnet carries its tag karpenter.sh/discovery",
    );
  });

  test("a crash says what the log means", async () => {
    const script =
      'echo \'{"level":"ERROR","message":"panic","error":"AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity"}\'; sleep 0.2; exit 1';
    const problems = await unready({ script });
    expect(problems).toContain("its role does not trust the service account kube-system/karpenter");
    expect(problems).toContain("its log: panic: AccessDenied");
  });

  test("too small a system node is named", async () => {
    const controller = { resources: { requests: { cpu: "64", memory: "1Gi" }, limits: { memory: "1Gi" } } };
    expect(await unready({ controller })).toMatch(/has no node: the system nodes are too small or too full/);
  });

  test("drained nodes take their claims along", async () => {
    await step().ensure(signal);
    const made = await cluster.sh(
      `kubectl create -f - <<'Y'
apiVersion: batch/v1
kind: Job
metadata: { name: work, namespace: default }
spec: { template: { spec: { restartPolicy: Never, containers: [{ name: w, image: busybox, command: [sh, -c, exec sleep 3600], resources: { requests: { cpu: 1 } } }] } } }
Y
kubectl wait --for=jsonpath='{.status.active}'=1 job/work --timeout=30s && for i in $(seq 60); do kubectl get nodeclaims -o name | grep -q . && break; sleep 0.5; done; kubectl get nodeclaims -o name`,
      90_000,
    );
    expect(made.text).toContain("nodeclaim.karpenter.sh/");
    await step().undo(signal);
    const { text } = await cluster.sh("kubectl get nodepools,nodeclaims,ec2nodeclasses,deploy -n kube-system -o name");
    expect(text.trim()).toBe("");
    expect(await step().observe(signal)).toBe("absent");
    expect(warnings.filter((line) => line.includes("finalizers"))).toEqual([]);
  });

  test("undone again it is still gone", async () => {
    await step().undo(signal);
    expect(await step().observe(signal)).toBe("absent");
  });

  const stuck = async () => {
    const [object] = synthesizeObjects(environment);
    if (object === undefined) throw new Error("no node class");
    const finalizers = ["karpenter.k8s.aws/termination"];
    await api.create({ ...object, metadata: { ...object.metadata, finalizers } });
  };
  const classes = () => cluster.sh("kubectl get ec2nodeclasses -o name").then(({ text }) => text.trim());

  test("nothing is let go while an instance stays", async () => {
    await stuck();
    running = ["i-0123456789abcdef0"];
    isStubborn = true;
    await expect(step().undo(signal)).rejects.toMatchObject({ code: "LEFTOVERS" });
    expect(await classes()).toContain("cpu");
    isStubborn = false;
  });

  test("a finalizer that never clears is taken off", async () => {
    warnings.length = 0;
    await step().undo(signal);
    expect(running).toEqual([]);
    expect(await classes()).toBe("");
    expect(warnings).toEqual([
      "Karpenter left 1 instance running: i-0123456789abcdef0; terminating",
      expect.stringContaining("did not let go of EC2NodeClass cpu: no instance is left"),
    ]);
  });

  test("without a cluster only instances count", async () => {
    const gone = step({ connect: async () => undefined });
    expect(await gone.observe(signal)).toBe("absent");
    running = ["i-1"];
    expect(await gone.observe(signal)).toBe("partial");
    await gone.undo(signal);
    expect(running).toEqual([]);
  });

  test("a cluster that dies meanwhile stops nothing", async () => {
    running = ["i-2"];
    const dead = await connectCluster(await deadKubeconfig(cluster.kubeconfig));
    await step({ connect: async () => dead }).undo(signal);
    expect(running).toEqual([]);
  });
});

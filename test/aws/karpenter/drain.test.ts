import { beforeEach, describe, expect, it } from "vitest";

import { releaseBuffers } from "../../../src/aws/karpenter/buffers.ts";
import { type DrainOptions, drainNodes } from "../../../src/aws/karpenter/drain.ts";
import { stripFinalizers } from "../../../src/aws/karpenter/node-objects.ts";
import { waitForCrds } from "../../../src/aws/karpenter/wait-for-karpenter.ts";
import type { ClusterWait } from "../../../src/aws/karpenter/wait-options.ts";
import { ApiError, type KindRef, type ObjectApi, type WatchEvent } from "../../../src/cluster/api.ts";
import type { AnyObject, KubeObject } from "../../../src/cluster/objects.ts";
import { seededRandom } from "../../../src/kernel/random.ts";
import { inProcessApi } from "../../../src/rehearsal/core/api-client.ts";
import type { Core } from "../../../src/rehearsal/core/core.ts";
import { createCore } from "../../../src/rehearsal/core/create-core.ts";
import { nodeClasses } from "../../../src/synth/kubernetes/node-classes.ts";
import { nodePools } from "../../../src/synth/kubernetes/node-pools.ts";
import { instantClock } from "../helm/fake-helm.ts";
import { environmentOf } from "./environments.ts";

const environment = environmentOf();
const { signal } = new AbortController();
const claimKind = { apiVersion: "karpenter.sh/v1", kind: "NodeClaim" };
const classKind = { apiVersion: "karpenter.k8s.aws/v1", kind: "EC2NodeClass" };
const bufferKind = { apiVersion: "autoscaling.x-k8s.io/v1beta1", kind: "CapacityBuffer" };

let core: Core;
let api: ObjectApi;
let wait: ClusterWait;
let running: string[];
let warnings: string[];
let drain: DrainOptions;

beforeEach(() => {
  const clock = instantClock();
  core = createCore({ clock, random: seededRandom(1) });
  api = inProcessApi(core);
  wait = { api, clock, signal };
  running = [];
  warnings = [];
  drain = {
    instances: {
      list: async () => running,
      terminate: async (ids) => {
        running = running.filter((id) => !ids.includes(id));
      },
    },
    warn: (message) => warnings.push(message),
  };
});

/** What an environment has in its cluster, held by Karpenter's finalizers. */
async function fill(): Promise<void> {
  for (const object of [...nodeClasses(environment), ...nodePools(environment)])
    await api.create(held(object, object.kind === "NodePool" ? [] : ["karpenter.k8s.aws/termination"]));
  const spec = { ...nodePools(environment)[0]?.spec.template.spec };
  await api.create(held({ ...claimKind, metadata: { name: "cpu-1" }, spec }, ["karpenter.sh/termination"]));
}

function held(object: KubeObject & { spec?: unknown }, finalizers: string[]): AnyObject {
  return { ...object, metadata: { ...object.metadata, finalizers } };
}

/** Karpenter's Deployment, as it is when a replica serves. */
async function startController(): Promise<void> {
  const labels = { app: "k" };
  const containers = [{ name: "controller", image: "x" }];
  const template = { metadata: { labels }, spec: { containers } };
  const ref = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "karpenter", namespace: "kube-system" } };
  await api.create<AnyObject>({ ...ref, spec: { selector: { matchLabels: labels }, template } });
  await api.patch(ref, { status: { replicas: 1, readyReplicas: 1, availableReplicas: 1 } }, { subresource: "status" });
}

const dropCrd = (name: string) =>
  api.delete({ apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition", metadata: { name } });
const left = async (kind: KindRef) => (await api.list(kind)).items.map(({ metadata }) => metadata.name);

describe("draining", () => {
  it("is done at once in an empty cluster", async () => {
    await drainNodes(wait, drain);
    expect(warnings).toEqual([]);
  });

  it("lets Karpenter end what it made", async () => {
    await fill();
    await startController();
    // Karpenter, as far as this goes: it lets go of what is deleted
    const letGo = ({ object: { apiVersion, kind, metadata } }: WatchEvent<KubeObject>) => {
      if (metadata.deletionTimestamp === undefined || metadata.finalizers === undefined) return;
      const ref = { apiVersion, kind, metadata: { name: metadata.name ?? "" } };
      setImmediate(() => core.patch(ref, { metadata: { finalizers: null } }, { fieldManager: "karpenter" }));
    };
    const stops = [claimKind, classKind].map((kind) => core.subscribe(kind, letGo));
    await drainNodes(wait, drain);
    for (const stop of stops) stop();
    expect([await left(claimKind), await left(classKind), warnings]).toEqual([[], [], []]);
  });

  it("does not wait for a controller that is gone", async () => {
    await fill();
    running = ["i-1"];
    const before = wait.clock.now();
    await drainNodes(wait, drain);
    expect(wait.clock.now() - before).toBeLessThan(5000);
    expect([await left(claimKind), await left(classKind)]).toEqual([[], []]);
    expect(warnings).toEqual([
      "Karpenter left 1 instance running: i-1; terminating",
      expect.stringContaining("did not let go of NodeClaim cpu-1, EC2NodeClass cpu, EC2NodeClass gpu"),
    ]);
  });

  it("waits so long and no longer", async () => {
    await fill();
    await startController();
    const before = wait.clock.now();
    await drainNodes({ ...wait, timeoutMs: 60_000 }, drain);
    const tookMs = wait.clock.now() - before;
    expect(tookMs).toBeGreaterThanOrEqual(60_000);
    expect(tookMs).toBeLessThan(70_000);
    expect(await left(claimKind)).toEqual([]);
  });

  it("keeps finalizers while an instance stays", async () => {
    await fill();
    running = ["i-1", "i-2"];
    const instances = { ...drain.instances, terminate: async () => {} };
    await expect(drainNodes(wait, { ...drain, instances })).rejects.toMatchObject({
      code: "LEFTOVERS",
      message: "2 instances of the cluster did not end: i-1, i-2",
    });
    expect(await left(claimKind)).toEqual(["cpu-1"]);
    expect(await left(classKind)).toEqual(["cpu", "gpu"]);
  });
});

describe("finalizers", () => {
  it("of others stay, and of the living", async () => {
    const mine = "karpenter.sh/termination";
    const metadata = (name: string) => ({ name, finalizers: [mine, "example.com/x"] });
    for (const name of ["dying", "living"])
      await api.create({ apiVersion: "v1", kind: "Node", metadata: metadata(name) });
    await api.delete({ apiVersion: "v1", kind: "Node", metadata: { name: "dying" } });
    expect(await stripFinalizers(api)).toEqual(["Node dying"]);
    const kept = (await api.list({ apiVersion: "v1", kind: "Node" })).items.map((node) => node.metadata.finalizers);
    expect(kept).toEqual([["example.com/x"], [mine, "example.com/x"]]);
  });
});

describe("capacity buffers", () => {
  const buffer = (name: string, spec: object) =>
    api.create<AnyObject>({ ...bufferKind, metadata: { name, namespace: "default", labels: { of: name } }, spec });

  it("go to zero, then go", async () => {
    await buffer("a", { podTemplateRef: { name: "t" }, replicas: 3 });
    await buffer("b", { scalableRef: { apiGroup: "apps", kind: "Deployment", name: "d" }, percentage: 50 });
    const patched: unknown[] = [];
    const watched: ObjectApi = {
      ...api,
      patch: async (ref, patch, options) => {
        patched.push([ref.metadata.name, patch]);
        return api.patch(ref, patch, options);
      },
      delete: async (ref) => {
        patched.push(["delete", ref.metadata.name]);
        return api.delete(ref);
      },
    };
    await releaseBuffers({ ...wait, api: watched });
    const none = { spec: { replicas: 0, percentage: null } };
    expect(patched).toEqual([
      ["a", none],
      ["b", none],
      ["delete", "a"],
      ["delete", "b"],
    ]);
    expect(await left(bufferKind)).toEqual([]);
  });

  it("are waited for until they are let go", async () => {
    await buffer("a", { podTemplateRef: { name: "t" }, replicas: 3 });
    const ref = { ...bufferKind, metadata: { name: "a", namespace: "default" } };
    await api.patch(ref, { status: { replicas: 3 } }, { subresource: "status" });
    const before = wait.clock.now();
    await releaseBuffers(wait);
    expect(wait.clock.now() - before).toBeGreaterThanOrEqual(45_000);
    expect(await left(bufferKind)).toEqual([]);
  });

  it("of others stay", async () => {
    for (const name of ["a", "b"]) await buffer(name, { podTemplateRef: { name: "t" }, replicas: 1 });
    await releaseBuffers(wait, "of=a");
    expect(await left(bufferKind)).toEqual(["b"]);
  });

  it("may be unknown to the cluster", async () => {
    await dropCrd("capacitybuffers.autoscaling.x-k8s.io");
    await releaseBuffers(wait);
  });
});

describe("CRDs", () => {
  it("that are there are established", async () => {
    await waitForCrds(wait);
  });

  it("that are not are named", async () => {
    await dropCrd("nodepools.karpenter.sh");
    await expect(waitForCrds(wait)).rejects.toMatchObject({
      code: "NOT_READY",
      details: { problems: ["CRD nodepools.karpenter.sh is not established"] },
    });
  });

  it("pass on what the API refuses", async () => {
    const list = async () => {
      throw new ApiError(403, "Forbidden", "no");
    };
    await expect(waitForCrds({ ...wait, api: { ...api, list } })).rejects.toMatchObject({ status: 403 });
  });
});

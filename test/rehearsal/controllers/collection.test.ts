import { beforeEach, describe, expect, it } from "vitest";

import type { KindRef } from "../../../src/cluster/api.ts";
import { conditionOf } from "../../../src/cluster/objects.ts";
import { type ManualClock, manualClock } from "../../../src/kernel/clocks.ts";
import { seededRandom } from "../../../src/kernel/random.ts";
import type { Core } from "../../../src/rehearsal/core/core.ts";
import { createCore } from "../../../src/rehearsal/core/create-core.ts";
import { startGarbageCollector } from "../../../src/rehearsal/core/gc.ts";
import { nodePool } from "./cluster.ts";

const mapKind = { apiVersion: "v1", kind: "ConfigMap" };
let core: Core;
let clock: ManualClock;

beforeEach(() => {
  clock = manualClock();
  core = createCore({ clock, random: seededRandom(1) });
});

function put(name: string, more: object = {}, namespace = "default") {
  return core.create({ ...mapKind, metadata: { name, namespace, ...more } });
}

function owned(by: { apiVersion: string; kind: string; metadata: { name?: string; uid?: string } }, more: object = {}) {
  const { apiVersion, kind, metadata } = by;
  return { ownerReferences: [{ apiVersion, kind, name: metadata.name ?? "", uid: metadata.uid ?? "", ...more }] };
}

const names = (kind: KindRef = mapKind) => core.list(kind).items.map(({ metadata }) => metadata.name);
const ref = (name: string) => ({ ...mapKind, metadata: { name, namespace: "default" } });

describe("the garbage collector", () => {
  it("takes up what an earlier server left", () => {
    const owner = put("owner");
    put("child", owned(owner));
    put("grandchild", owned(core.read(ref("child"))));
    core.delete(ref("owner"));
    expect(names()).toEqual(["child", "grandchild"]);
    startGarbageCollector(core);
    expect(names()).toEqual([]);
  });

  it("ends the emptying of a namespace begun before", () => {
    core.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: "n" } });
    put("a", {}, "n");
    core.delete({ apiVersion: "v1", kind: "Namespace", metadata: { name: "n" } });
    startGarbageCollector(core);
    expect(names({ apiVersion: "v1", kind: "Namespace" })).not.toContain("n");
  });

  it("deletes what names an owner elsewhere", () => {
    startGarbageCollector(core);
    core.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: "n" } });
    const owner = put("owner");
    put("child", owned(owner), "n");
    expect(core.list({ ...mapKind, namespace: "n" }).items).toEqual([]);
  });

  it("keeps a cluster's object with a namespaced owner", () => {
    startGarbageCollector(core);
    const owner = put("owner");
    const pool = nodePool("p");
    core.create({ ...pool, metadata: { ...pool.metadata, ...owned(owner) } });
    core.delete(ref("owner"));
    expect(names(pool)).toEqual(["p"]);
  });

  it("deletes what is given an owner that never was", () => {
    startGarbageCollector(core);
    put("child");
    core.patch(ref("child"), { metadata: owned({ ...mapKind, metadata: { name: "ghost", uid: "u" } }) });
    expect(names()).toEqual([]);
  });

  it("waits for blocking dependents only, in the foreground", () => {
    startGarbageCollector(core);
    const owner = put("owner");
    put("blocking", { ...owned(owner, { blockOwnerDeletion: true }), finalizers: ["test/wait"] });
    put("other", { ...owned(owner), finalizers: ["test/wait"] });
    core.delete(ref("owner"), { propagationPolicy: "Foreground" });
    expect(names()).toEqual(["blocking", "other", "owner"]);
    core.patch(ref("blocking"), { metadata: { finalizers: [] } });
    expect(names()).toEqual(["other"]);
  });

  it("frees dependents of an orphaning owner", () => {
    startGarbageCollector(core);
    put("child", owned(put("owner")));
    core.delete(ref("owner"), { propagationPolicy: "Orphan" });
    expect([names(), core.read(ref("child")).metadata.ownerReferences]).toEqual([["child"], undefined]);
  });

  it("says what keeps a namespace", () => {
    startGarbageCollector(core);
    const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "n" } };
    core.create(namespace);
    put("a", { finalizers: ["test/wait"] }, "n");
    put("b", {}, "n");
    core.delete(namespace);
    const status = core.read(namespace) as { status?: unknown };
    expect(conditionOf(status, "NamespaceContentRemaining")?.message).toBe(
      "Some resources are remaining: configmaps. has 1 resource instances",
    );
    expect(conditionOf(status, "NamespaceFinalizersRemaining")?.message).toBe(
      "Some content in the namespace has finalizers remaining: test/wait in 1 resource instances",
    );
    core.patch({ ...mapKind, metadata: { name: "a", namespace: "n" } }, { metadata: { finalizers: [] } });
    expect(core.find(namespace)).toBeUndefined();
  });
});

import fc from "fast-check";
import { expect, test } from "vitest";

import type { KubeObject, OwnerReference, Pod } from "../../../src/cluster/objects.ts";
import { startGarbageCollector } from "../../../src/rehearsal/core/gc.ts";
import { configMap, job, openCore, pod, refOf, refusal } from "./objects.ts";

const ownerOf = ({ apiVersion, kind, metadata }: KubeObject, more: Partial<OwnerReference> = {}): OwnerReference => ({
  ...{ apiVersion, kind, name: metadata.name ?? "", uid: metadata.uid ?? "" },
  ...more,
});

/** A cluster with a collector; a job, its pod, and a config map that the pod owns. */
function openFamily(blockOwnerDeletion = false) {
  const { core } = openCore();
  const stop = startGarbageCollector(core);
  const owner = core.create(job("owner"));
  const child = core.create(pod("child", {}, { ownerReferences: [ownerOf(owner, { blockOwnerDeletion })] }));
  const grandchild = core.create(configMap("grandchild", {}, { ownerReferences: [ownerOf(child)] }));
  const remaining = () =>
    [owner, child, grandchild].filter((object) => core.find(refOf(object))).map(({ metadata }) => metadata.name);
  return { core, stop, owner, child, grandchild, remaining };
}

test("waits for finalizers", () => {
  const { core } = openCore();
  const created = core.create(configMap("a", {}, { finalizers: ["test/hold"] }));
  const events: string[] = [];
  core.subscribe(created, ({ type }) => events.push(type));
  const marked = core.delete(refOf(created));
  expect(marked.metadata.deletionTimestamp).toBe("2026-01-01T00:00:00Z");
  expect(core.delete(refOf(created))).toBe(marked);
  expect(
    refusal(() => core.patch(refOf(created), { metadata: { finalizers: ["test/hold", "test/new"] } }))?.message,
  ).toContain(
    'no new finalizers can be added if the object is being deleted, found new finalizers []string{"test/new"}',
  );
  core.patch(refOf(created), { metadata: { finalizers: [] } });
  expect([events, core.find(refOf(created))]).toEqual([["MODIFIED", "DELETED"], undefined]);
});

test.each<[string, object, object, { gracePeriodSeconds?: number }, number | undefined]>([
  ["one without a node", {}, {}, {}, undefined],
  ["one on a node", { nodeName: "n" }, {}, {}, 30],
  ["one with its own grace", { nodeName: "n", terminationGracePeriodSeconds: 5 }, {}, {}, 5],
  ["one asked to hurry", { nodeName: "n" }, {}, { gracePeriodSeconds: 2 }, 2],
  ["one that is forced", { nodeName: "n" }, {}, { gracePeriodSeconds: 0 }, undefined],
  ["one that has ended", { nodeName: "n" }, { phase: "Succeeded" }, {}, undefined],
])("deletes a pod: %s", (_, spec, status, options, grace) => {
  const { core } = openCore();
  const ref = refOf(core.create(pod("p", spec)));
  core.patch(ref, { status }, { subresource: "status" });
  core.delete(ref, options);
  expect(core.find<Pod>(ref)?.metadata.deletionGracePeriodSeconds).toBe(grace);
});

test("shortens a grace period, but never lengthens it", () => {
  const { core, clock } = openCore();
  const ref = refOf(core.create(pod("p", { nodeName: "n" })));
  core.delete(ref, { gracePeriodSeconds: 20 });
  core.delete(ref, { gracePeriodSeconds: 60 });
  expect(core.read(ref).metadata.deletionGracePeriodSeconds).toBe(20);
  core.delete(ref, { gracePeriodSeconds: 10 });
  const { deletionGracePeriodSeconds, deletionTimestamp } = core.read(ref).metadata;
  expect([deletionGracePeriodSeconds, Date.parse(deletionTimestamp ?? "")]).toEqual([10, clock.now() + 10_000]);
  core.delete(ref, { gracePeriodSeconds: 0 });
  expect(core.find(ref)).toBeUndefined();
});

test("binds a pod once", () => {
  const { core } = openCore();
  const ref = refOf(core.create(pod("p")));
  const bound = core.patch<Pod>(ref, { spec: { nodeName: "n1" } }, { subresource: "binding" });
  expect([bound.spec?.nodeName, bound.status?.conditions?.[0]?.type, bound.metadata.generation]).toEqual([
    "n1",
    "PodScheduled",
    1,
  ]);
  const again = () => core.patch(ref, { spec: { nodeName: "n2" } }, { subresource: "binding" });
  expect(refusal(again)?.message).toBe(
    'Operation cannot be fulfilled on pods/binding "p": pod p is already assigned to node "n1"',
  );
});

test("takes dependents along in the background", () => {
  const { core, owner, remaining } = openFamily();
  core.delete(refOf(owner));
  expect(remaining()).toEqual([]);
});

test("sets dependents free when asked to orphan", () => {
  const { core, owner, child, remaining } = openFamily();
  core.delete(refOf(owner), { propagationPolicy: "Orphan" });
  expect([remaining(), core.read(refOf(child)).metadata.ownerReferences]).toEqual([["child", "grandchild"], undefined]);
});

test("waits for blocking dependents in the foreground", () => {
  const { core, owner, child, remaining } = openFamily(true);
  core.patch(refOf(child), { metadata: { finalizers: ["test/hold"] } });
  core.delete(refOf(owner), { propagationPolicy: "Foreground" });
  expect(core.read(refOf(owner)).metadata.finalizers).toEqual(["foregroundDeletion"]);
  expect(core.read(refOf(child)).metadata.deletionTimestamp).toBeDefined();
  core.patch(refOf(child), { metadata: { finalizers: null } });
  expect(remaining()).toEqual([]);
});

test("keeps a dependent that has another owner", () => {
  const { core, owner, child } = openFamily();
  const other = core.create(configMap("other"));
  core.patch(refOf(child), { metadata: { ownerReferences: [ownerOf(owner), ownerOf(other)] } });
  core.delete(refOf(owner));
  expect(core.read(refOf(child)).metadata.ownerReferences).toEqual([ownerOf(other)]);
});

test("collects what is created for an owner that is gone", () => {
  const { core, owner } = openFamily();
  core.delete(refOf(owner));
  core.create(configMap("late", {}, { ownerReferences: [ownerOf(owner)] }));
  expect(core.find(refOf(configMap("late")))).toBeUndefined();
});

test("empties a namespace before it goes", () => {
  const { core } = openCore();
  startGarbageCollector(core);
  const namespace = core.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: "ns" } });
  const held = core.create(configMap("held", {}, { namespace: "ns", finalizers: ["test/hold"] }));
  core.create(configMap("plain", {}, { namespace: "ns" }));
  core.delete(refOf(namespace));
  expect(
    core.list({ apiVersion: "v1", kind: "ConfigMap", namespace: "ns" }).items.map(({ metadata }) => metadata.name),
  ).toEqual(["held"]);
  expect(core.read(refOf(namespace))).toMatchObject({ status: { phase: "Terminating" } });
  expect(refusal(() => core.create(configMap("new", {}, { namespace: "ns" })))).toEqual({
    status: 403,
    message:
      'configmaps "new" is forbidden: unable to create new content in namespace ns because it is being terminated',
  });
  core.patch(refOf(held), { metadata: { finalizers: null } });
  expect(core.find(refOf(namespace))).toBeUndefined();
});

test("leaves no dependent of a deleted owner", () => {
  const edges = fc.array(fc.tuple(fc.nat(7), fc.nat(7)), { maxLength: 12 });
  const policies = fc.constantFrom("Background", "Foreground", "Orphan");
  fc.assert(
    fc.property(edges, fc.array(fc.tuple(fc.nat(7), policies), { maxLength: 5 }), (pairs, deletions) => {
      const { core } = openCore();
      startGarbageCollector(core);
      const objects: KubeObject[] = [];
      for (let index = 0; index < 8; index += 1) {
        // Owners come before their dependents, so there is no cycle
        const owners = pairs
          .filter(([from, to]) => to === index && from < index)
          .flatMap(([from]) => objects[from] ?? []);
        const ownerReferences = [...new Set(owners)].map((owner) => ownerOf(owner, { blockOwnerDeletion: true }));
        objects.push(core.create(configMap(`o${index}`, {}, { ownerReferences })));
      }
      for (const [index, propagationPolicy] of deletions) {
        const ref = refOf(configMap(`o${index}`));
        if (core.find(ref)) core.delete(ref, { propagationPolicy });
      }
      const left = core.list(configMap("")).items;
      const uids = new Set(left.map(({ metadata }) => metadata.uid));
      for (const { metadata } of left) {
        expect(metadata.deletionTimestamp).toBeUndefined();
        for (const { uid } of metadata.ownerReferences ?? []) expect(uids).toContain(uid);
      }
    }),
    { seed: 8, numRuns: 200 },
  );
});

import fc from "fast-check";
import { expect, test } from "vitest";

import type { WatchEvent } from "../../../src/cluster/api.ts";
import type { ConfigMap } from "../../../src/cluster/objects.ts";
import { configMap, openCore, refOf, refusal } from "./objects.ts";

const query = { apiVersion: "v1", kind: "ConfigMap" };

type Step = {
  readonly op: "create" | "patch" | "label" | "finalize" | "unfinalize" | "delete";
  readonly name: string;
  readonly value: string;
};

const step: fc.Arbitrary<Step> = fc.record({
  op: fc.constantFrom("create", "patch", "label", "finalize", "unfinalize", "delete"),
  name: fc.constantFrom("a", "b", "c"),
  value: fc.constantFrom("1", "2"),
});

function perform({ core }: ReturnType<typeof openCore>, { op, name, value }: Step): void {
  const ref = refOf(configMap(name));
  const actions = {
    create: () => core.create(configMap(name, { k: value })),
    patch: () => core.patch(ref, { data: { k: value } }),
    label: () => core.patch(ref, { metadata: { labels: { set: value } } }),
    finalize: () => core.patch(ref, { metadata: { finalizers: ["test/hold"] } }),
    unfinalize: () => core.patch(ref, { metadata: { finalizers: null } }),
    delete: () => core.delete(ref),
  };
  refusal(actions[op]);
}

/** What a client knows that has applied every event to what it listed. */
function replay(objects: readonly ConfigMap[], events: readonly WatchEvent<ConfigMap>[]): Map<string, ConfigMap> {
  const known = new Map(objects.map((object) => [object.metadata.name ?? "", object]));
  for (const { type, object } of events) {
    const name = object.metadata.name ?? "";
    expect(known.has(name)).toBe(type !== "ADDED");
    if (type === "DELETED") known.delete(name);
    else known.set(name, object);
  }
  return known;
}

test("replays a list and its watch to the final state", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.nat(40), fc.boolean(), (steps, split, selected) => {
      const opened = openCore();
      const { core } = opened;
      const selection = selected ? { ...query, labelSelector: "set=1" } : query;
      for (const one of steps.slice(0, split)) perform(opened, one);
      const { items, resourceVersion } = core.list<ConfigMap>(selection);
      const live: WatchEvent<ConfigMap>[] = [];
      core.watch<ConfigMap>(selection, resourceVersion, (event) => live.push(event));
      for (const one of steps.slice(split)) perform(opened, one);
      const late: WatchEvent<ConfigMap>[] = [];
      core.watch<ConfigMap>(selection, resourceVersion, (event) => late.push(event));
      expect(late).toEqual(live);
      const final = new Map(
        core.list<ConfigMap>(selection).items.map((object) => [object.metadata.name ?? "", object]),
      );
      expect(replay(items, live)).toEqual(final);
    }),
    { seed: 3, numRuns: 300 },
  );
});

test("gives out strictly growing versions", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const opened = openCore();
      const versions: number[] = [];
      opened.core.subscribe<ConfigMap>(query, ({ object }) => versions.push(Number(object.metadata.resourceVersion)));
      for (const one of steps) perform(opened, one);
      expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
    }),
    { seed: 4, numRuns: 100 },
  );
});

test("writes nothing when nothing changes", () => {
  const { core } = openCore();
  const created = core.create(configMap("a", { k: "v" }));
  const version = core.resourceVersion();
  const ref = refOf(created);
  expect(core.patch(ref, { data: { k: "v" } })).toBe(created);
  expect(core.replace(structuredClone(created))).toBe(created);
  core.apply(configMap("applied", { k: "v" }), { fieldManager: "m" });
  const applied = core.resourceVersion();
  core.apply(configMap("applied", { k: "v" }), { fieldManager: "m" });
  expect([Number(applied) - Number(version), core.resourceVersion()]).toEqual([1, applied]);
});

test("freezes what it hands out", () => {
  const { core } = openCore();
  const created = core.create(configMap("a", { k: "v" }));
  expect(() => Object.assign(created.data ?? {}, { k: "w" })).toThrow(TypeError);
  expect(core.patch<ConfigMap>(refOf(created), { data: { x: "y" } }).data).toEqual({ k: "v", x: "y" });
});

test("delivers writes of listeners in order", () => {
  const { core } = openCore();
  const heard: string[] = [];
  core.subscribe<ConfigMap>(query, ({ object }) => {
    if (object.metadata.name === "a") core.create(configMap("b"));
  });
  core.subscribe<ConfigMap>(query, ({ object }) => heard.push(object.metadata.name ?? ""));
  core.create(configMap("a"));
  expect(heard).toEqual(["a", "b"]);
});

test("keeps a listener deaf to writes before it", () => {
  const { core } = openCore();
  const heard: string[] = [];
  core.subscribe<ConfigMap>(query, ({ object }) => {
    if (object.metadata.name !== "a") return;
    core.subscribe<ConfigMap>(query, (event) => heard.push(event.object.metadata.name ?? ""));
    core.create(configMap("b"));
  });
  core.create(configMap("a"));
  expect(heard).toEqual(["b"]);
});

test("refuses watches older than its history", () => {
  const { core } = openCore(3);
  const first = core.create(configMap("a")).metadata.resourceVersion ?? "";
  for (const name of ["b", "c", "d"]) core.create(configMap(name));
  expect(refusal(() => core.watch(query, String(Number(first) - 1), () => {}))).toMatchObject({ status: 410 });
  const heard: string[] = [];
  core.watch<ConfigMap>(query, first, ({ object }) => heard.push(object.metadata.name ?? ""));
  expect(heard).toEqual(["b", "c", "d"]);
});

test("lists in the order of namespace and name", () => {
  const { core } = openCore();
  core.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: "default-b" } });
  for (const [namespace, name] of [
    ["default", "b"],
    ["default-b", "a"],
    ["default", "a"],
    ["kube-system", "z"],
  ] as const) {
    core.create(configMap(name, {}, { namespace }));
  }
  const names = (namespace?: string) =>
    core
      .list({ ...query, ...(namespace && { namespace }) })
      .items.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
  expect(names("default")).toEqual(["default/a", "default/b"]);
  expect(names()).toEqual(["default-b/a", "default/a", "default/b", "kube-system/z"]);
});

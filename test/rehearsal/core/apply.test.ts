import fc from "fast-check";
import { expect, test } from "vitest";

import { ApiError } from "../../../src/cluster/api.ts";
import type { ConfigMap, Pod } from "../../../src/cluster/objects.ts";
import { configMap, loose, openCore, pod, refOf, refusal } from "./objects.ts";

const owned = (object: { metadata: { managedFields?: { manager: string; operation: string; fieldsV1?: object }[] } }) =>
  Object.fromEntries(
    (object.metadata.managedFields ?? []).map(({ manager, operation, fieldsV1 }) => [
      `${manager} ${operation}`,
      fieldsV1,
    ]),
  );

test("creates what is absent and records its owner", () => {
  const { core } = openCore();
  const applied = core.apply(configMap("a", { k: "v" }, { labels: { l: "1" } }), { fieldManager: "m" });
  expect(owned(applied)).toEqual({
    "m Apply": { "f:metadata": { "f:labels": { "f:l": {} } }, "f:data": { "f:k": {} } },
  });
});

test("shares a field applied with the same value", () => {
  const { core } = openCore();
  core.apply(configMap("a", { k: "v" }), { fieldManager: "one" });
  core.apply(configMap("a", { k: "v" }), { fieldManager: "two" });
  const released = core.apply<ConfigMap>(configMap("a", {}), { fieldManager: "one" });
  expect(released.data).toEqual({ k: "v" });
});

test("removes fields that are no longer applied", () => {
  const { core } = openCore();
  core.apply(configMap("a", { k: "v", l: "w" }), { fieldManager: "m" });
  expect(core.apply<ConfigMap>(configMap("a", { l: "w" }), { fieldManager: "m" }).data).toEqual({ l: "w" });
});

test.each([
  [
    "another apply",
    (core: ReturnType<typeof openCore>["core"]) => core.apply(configMap("a", { k: "1" }), { fieldManager: "other" }),
    '"other"',
  ],
  [
    "an update",
    (core: ReturnType<typeof openCore>["core"]) => core.create(configMap("a", { k: "1" }), { fieldManager: "other" }),
    '"other" using v1',
  ],
])("conflicts with %s, until it forces", (_, write, manager) => {
  const { core } = openCore();
  write(core);
  const apply = (force: boolean) => core.apply<ConfigMap>(configMap("a", { k: "2" }), { fieldManager: "me", force });
  expect(refusal(() => apply(false))).toEqual({
    status: 409,
    message: `Apply failed with 1 conflict: conflict with ${manager}: .data.k`,
  });
  const forced = apply(true);
  expect([forced.data, Object.keys(owned(forced))]).toEqual([{ k: "2" }, ["me Apply"]]);
});

test("lists several conflicts by manager", () => {
  const { core } = openCore();
  core.apply(configMap("a", { k: "1", l: "1" }), { fieldManager: "other" });
  let error: unknown;
  try {
    core.apply(configMap("a", { k: "2", l: "2" }), { fieldManager: "me" });
  } catch (thrown) {
    error = thrown;
  }
  expect(error instanceof ApiError && error.details?.causes?.map(({ field }) => field)).toEqual([".data.k", ".data.l"]);
  expect(error).toHaveProperty(
    "message",
    'Apply failed with 2 conflicts: conflicts with "other":\n- .data.k\n- .data.l',
  );
});

test("takes ownership by updating", () => {
  const { core } = openCore();
  core.apply(configMap("a", { k: "1", l: "1" }), { fieldManager: "one" });
  const updated = core.patch(refOf(configMap("a")), { data: { k: "2" } }, { fieldManager: "editor" });
  expect(owned(updated)).toEqual({
    "one Apply": { "f:data": { "f:l": {} } },
    "editor Update": { "f:data": { "f:k": {} } },
  });
});

test("merges containers by name, and names them in conflicts", () => {
  const { core } = openCore();
  core.create(pod("p"), { fieldManager: "creator" });
  const applied = (image: string) => loose({ ...pod("p"), spec: { containers: [{ name: "c", image }] } });
  expect(refusal(() => core.apply(applied("busybox:2"), { fieldManager: "me" }))?.message).toBe(
    'Apply failed with 1 conflict: conflict with "creator" using v1: .spec.containers[name="c"].image',
  );
  const forced = core.apply<Pod>(applied("busybox:2") as Pod, { fieldManager: "me", force: true });
  expect(forced.spec?.containers?.[0]).toMatchObject({
    name: "c",
    image: "busybox:2",
    imagePullPolicy: "IfNotPresent",
  });
});

test("keeps status out of what is applied", () => {
  const { core } = openCore();
  core.create(pod("p"));
  const applied = core.apply<Pod>({ ...pod("p"), status: { phase: "Failed" } }, { fieldManager: "me", force: true });
  expect([applied.status?.phase, JSON.stringify(owned(applied)["me Apply"]).includes("status")]).toEqual([
    "Pending",
    false,
  ]);
  const status = core.apply<Pod>(loose({ ...refOf(pod("p")), status: { phase: "Running" } }) as never, {
    fieldManager: "kubelet",
    subresource: "status",
    force: true,
  });
  expect(status.status?.phase).toBe("Running");
});

test.each<[string, () => unknown, number]>([
  ["no field manager", () => openCore().core.apply(configMap("a"), { fieldManager: "" }), 422],
  [
    "managed fields",
    () =>
      openCore().core.apply(configMap("a", {}, { managedFields: [{ manager: "x", operation: "Apply" }] }), {
        fieldManager: "m",
      }),
    400,
  ],
])("refuses to apply with %s", (_, apply, status) => {
  expect(refusal(apply)?.status).toBe(status);
});

test("ends with exactly what the managers apply", () => {
  const data = fc.dictionary(fc.constantFrom("a", "b", "c"), fc.constantFrom("1", "2"));
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom("one", "two"), data), { minLength: 1, maxLength: 12 }), (applies) => {
      const { core } = openCore();
      const latest = new Map<string, Record<string, string>>();
      const order: string[] = [];
      for (const [manager, applied] of applies) {
        core.apply(configMap("a", applied), { fieldManager: manager, force: true });
        latest.set(manager, applied);
        order.push(manager);
      }
      // Forcing takes fields over: what the last to apply said holds, the other's fields stay where they do not differ
      const last = order.at(-1) ?? "";
      const result = core.read<ConfigMap>(refOf(configMap("a"))).data ?? {};
      expect(result).toMatchObject(latest.get(last) ?? {});
      const all = Object.assign({}, ...latest.values());
      for (const key of Object.keys(result)) expect(all).toHaveProperty(key);
    }),
    { seed: 6, numRuns: 200 },
  );
});

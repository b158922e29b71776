import fc from "fast-check";
import { expect, test } from "vitest";

import type { AnyObject, KubeObject } from "../../../src/cluster/objects.ts";
import type { Core, PatchType } from "../../../src/rehearsal/core/core.ts";
import { openCore, refOf } from "../../rehearsal/core/objects.ts";
import { cases, expectCleanPrototypes, json, mutated, placesOf, replaced, tried } from "./cases.ts";
import { originals, widgetCrd } from "./originals.ts";

function filledCore(): Core {
  const { core } = openCore(100);
  core.create(widgetCrd);
  for (const object of originals) if (object.kind !== "CustomResourceDefinition") core.create(object as KubeObject);
  return core;
}

const core = filledCore();
const stored = originals.map((object) => core.read<AnyObject>(refOf(object)));
const texts = () => originals.map((object) => JSON.stringify(core.find(refOf(object))));

/** Nothing that is dry changes anything. */
function leavesAsItWas(action: () => void): void {
  const before = texts();
  action();
  expect(texts()).toEqual(before);
  expectCleanPrototypes();
}

test("creation takes or refuses any object", () => {
  cases("create", mutated(originals), 6000, (object) => {
    const options = { dryRun: true, fieldValidation: "Warn" } as const;
    const named = { ...object, metadata: { ...object.metadata, name: "new" } };
    tried(() => core.create(named as KubeObject, options));
  });
  expectCleanPrototypes();
});

test("what was taken is taken again", () => {
  const dry = { dryRun: true } as const;
  cases("replace", mutated(stored), 6000, (object) => {
    const done = tried(() => core.replace(object as KubeObject, dry));
    if ("value" in done) expect(ofClients(core.replace(done.value, dry))).toEqual(ofClients(done.value));
  });
});

/** Without what the server writes itself. */
function ofClients({ metadata: { managedFields: _, ...metadata }, ...object }: KubeObject): object {
  return { ...object, metadata };
}

test("replacing an object by itself changes nothing", () => {
  for (const object of stored) expect(core.replace(object as KubeObject)).toBe(core.find(refOf(object)));
});

const patchFor = (type: PatchType) =>
  fc.nat().chain((index) => {
    const object = stored[index % stored.length] as AnyObject;
    const places = placesOf(object);
    const place = fc.constantFrom(...places);
    const pointer = fc.oneof(
      place.map((steps) => steps.map((step) => `/${step.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("")),
      fc.constantFrom(
        "",
        "/",
        "/__proto__/x",
        "/constructor/prototype/x",
        "/metadata/labels/-",
        "/spec/-",
        "x",
        "/spec/01",
      ),
    );
    const value = fc.oneof(
      json,
      place.map((steps) => steps.reduce<unknown>((v, s) => (v as Record<string, unknown>)[s], object)),
    );
    const operation = fc.record(
      {
        op: fc.constantFrom("add", "remove", "replace", "move", "copy", "test", "frob"),
        path: pointer,
        from: pointer,
        value,
      },
      { requiredKeys: ["op"] },
    );
    const merge = fc.array(fc.tuple(place, value), { minLength: 1, maxLength: 3 }).map((changes) =>
      changes.reduce<unknown>(
        (patch, [steps, by]) =>
          replaced(
            patch ?? {},
            steps.filter((s) => !/^\d+$/.test(s)),
            by,
          ),
        {},
      ),
    );
    const strategic = fc
      .tuple(merge, json)
      .map(([patch, any]) =>
        replaced(
          patch,
          [
            "spec",
            ["$patch", "$retainKeys", "$setElementOrder/containers", "$deleteFromPrimitiveList/args"][index % 4] ?? "",
          ],
          any,
        ),
      );
    const patch: fc.Arbitrary<unknown> =
      type === "json"
        ? fc.oneof({ weight: 9, arbitrary: fc.array(operation, { maxLength: 4 }) }, json)
        : fc.oneof(merge, strategic, json);
    return fc.tuple(fc.constant(object), patch);
  });

test.each<PatchType>(["json", "merge", "strategic"])("any %s patch is taken or refused", (type) => {
  cases(`${type} patch`, patchFor(type), 6000, ([object, patch]) => {
    const given = JSON.stringify(patch);
    for (const subresource of [undefined, "status", "scale"] as const) {
      const options = { type, dryRun: true, ...(subresource && { subresource }) };
      tried(() => core.patch(refOf(object), patch, options));
    }
    expect(JSON.stringify(patch)).toBe(given);
  });
  leavesAsItWas(() => {});
});

test("no patch changes what is stored but through the store", () => {
  const changing = filledCore();
  cases(
    "lasting patch",
    fc.tuple(fc.constantFrom<PatchType>("json", "merge", "strategic"), patchFor("merge")),
    3000,
    ([type, [object, patch]]) => {
      const before = changing.find(refOf(object));
      const [text, version] = [JSON.stringify(before), changing.resourceVersion()];
      tried(() => changing.patch(refOf(object), patch, { type }));
      expect(JSON.stringify(before)).toBe(text);
      const after = changing.find(refOf(object));
      if (changing.resourceVersion() === version) expect(after).toBe(before);
      // what was taken is taken again, and changes nothing
      if (after !== undefined && before !== undefined && after !== before) {
        const again = tried(() => changing.replace(after));
        if ("value" in again) expect(changing.find(refOf(object))).toBe(after);
        else throw again.refused;
      }
    },
  );
  expectCleanPrototypes();
});

test("any object is applied or refused, and applied twice is applied once", () => {
  const applying = filledCore();
  const managers = fc.constantFrom("one", "two");
  cases("apply", fc.tuple(mutated(originals), managers, fc.boolean()), 8000, ([object, fieldManager, force]) => {
    const done = tried(() => appliedOrRefused(applying, object as KubeObject, fieldManager, force));
    // an object that nobody owns anything of gets an owner with the next apply, as from the real server
    if (!("value" in done) || done.value?.metadata.managedFields === undefined) return;
    const version = applying.resourceVersion();
    const again = appliedOrRefused(applying, object as KubeObject, fieldManager, force);
    expect([again, applying.resourceVersion()]).toEqual([done.value, version]);
  });
  expectCleanPrototypes();
});

/** Undefined for what does not fit its schema, which is a 500 as from the real server. */
function appliedOrRefused(to: Core, object: KubeObject, fieldManager: string, force: boolean): KubeObject | undefined {
  try {
    return to.apply(object, { fieldManager, force });
  } catch (error) {
    if (/^failed to create typed patch object/.test((error as Error).message)) return undefined;
    throw error;
  }
}

const entry = fc.record(
  {
    manager: fc.constantFrom<unknown>("a", "b", 5, ""),
    operation: fc.constantFrom<unknown>("Apply", "Update", "x", null),
    apiVersion: fc.constantFrom<unknown>("v1", "fuzz.example.com/v1", ""),
    time: fc.constantFrom<unknown>("2020-01-01T00:00:00Z", "x", 5),
    fieldsType: fc.constantFrom<unknown>("FieldsV1", "V2"),
    fieldsV1: fc.oneof(
      json,
      fc.dictionary(
        fc.constantFrom("f:data", "f:metadata", "f:spec", "f:a", ".", "k:{", 'k:{"name":"c"}', "k:5", "v:1", "v:", "x"),
        json,
        { maxKeys: 4 },
      ),
    ),
  },
  { requiredKeys: ["operation", "fieldsV1"] },
);

test("managed fields that a client makes up do no harm", () => {
  const managed = filledCore();
  cases(
    "managedFields",
    fc.tuple(fc.nat(), fc.oneof(fc.array(entry, { maxLength: 3 }), json)),
    4000,
    ([index, managedFields]) => {
      const object = originals[index % originals.length] as AnyObject;
      const now = managed.find<AnyObject>(refOf(object)) ?? object;
      tried(() => managed.replace({ ...now, metadata: { ...now.metadata, managedFields } } as KubeObject));
      tried(() => managed.apply(object as KubeObject, { fieldManager: "applier" }));
      tried(() => managed.patch(refOf(object), { metadata: { labels: { n: `${index}` } } }));
    },
  );
});

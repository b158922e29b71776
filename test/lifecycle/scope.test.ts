import { expect, test } from "vitest";

import type { Node } from "../../src/cluster/objects.ts";
import { everything, scopeOf } from "../../src/lifecycle/scope.ts";

const ofRun = { labelSelector: "aura.dev/run=mine-1" };

test("a rehearsed cluster is all the environment's", () => {
  expect(scopeOf({ name: "rehearsal", scope: "cluster" }, "mine", "mine-1")).toBe(everything);
});

test("a cluster on AWS has pods of its own", () => {
  const scope = scopeOf({ name: "aws", scope: "cluster" }, "mine", "mine-1");
  expect(scope).toMatchObject({ jobs: {}, pods: ofRun, nodeClaims: {}, pools: {}, allEvents: false });
  expect(scope.isShared).toBeUndefined();
});

test("in others' cluster the labels decide", () => {
  const scope = scopeOf({ name: "kubernetes", scope: "run" }, "mine", "mine-1");
  expect(scope).toMatchObject({
    jobs: ofRun,
    pods: ofRun,
    nodeClaims: { labelSelector: "aura.dev/environment=mine,aura.dev/run=mine-1" },
    pools: { labelSelector: "app.kubernetes.io/managed-by=aura,aura.dev/environment=mine,aura.dev/run=mine-1" },
  });
  const node = (labels: object) => ({ metadata: { labels } }) as unknown as Node;
  expect(scope.isShared?.(node({ "aura.dev/environment": "mine", "aura.dev/run": "mine-1" }))).toBe(false);
  expect(scope.isShared?.(node({ "aura.dev/environment": "mine", "aura.dev/run": "theirs-1" }))).toBe(true);
  expect(scope.isShared?.(node({}))).toBe(true);
});

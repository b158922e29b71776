import { describe, expect, it } from "vitest";

import { expiryOf, recognize, type Traits } from "../../../src/aws/sweep/recognize.ts";
import type { Tags } from "../../../src/aws/sweep/scope.ts";
import { scope } from "./fake-aws.ts";

const aura = { "aura:environment": "dev", "managed-by": "aura" };
const owned = { "kubernetes.io/cluster/aura-dev": "owned" };
const karpenter = { "eks:eks-cluster-name": "aura-dev", ...owned, "karpenter.sh/nodepool": "gpu" };

const verdicts: [what: string, whose: string, tags: Tags, more?: Partial<Traits>][] = [
  ["Terraform's default tags", "ours", aura],
  ["Karpenter's tags", "ours", karpenter],
  [
    "the CNI's tags",
    "ours",
    { "cluster.k8s.amazonaws.com/name": "aura-dev", "node.k8s.amazonaws.com/instance_id": "i-1" },
  ],
  ["a controller's balancer", "ours", { "elbv2.k8s.aws/cluster": "aura-dev", "service.k8s.aws/stack": "default/web" }],
  ["a node of a node group", "ours", { "eks:cluster-name": "aura-dev", "eks:nodegroup-name": "system" }],
  ["a driver's volume", "ours", { "aura:environment": "dev", "ebs.csi.aws.com/cluster": "true" }],
  ["two names of the cluster", "ours", { ...owned, "karpenter.sh/discovery": "aura-dev" }],
  ["a tag and a name", "ours", { "aura:environment": "dev" }, { signs: ["is called aura-dev"] }],
  ["a name and a place", "ours", {}, { signs: ["is called eks-cluster-sg-aura-dev-1", "lies in vpc-1"] }],
  ["an account that is the same", "ours", aura, { owner: "123456789012" }],

  ["one tag of the environment", "unsure", { "aura:environment": "dev" }],
  ["one tag of the cluster", "unsure", { "eks:eks-cluster-name": "aura-dev" }],
  ["one owner's tag", "unsure", owned],
  ["a name without tags", "unsure", {}, { signs: ["is called aura-dev"] }],
  ["a place without tags", "unsure", {}, { signs: ["lies in the environment's vpc-1"] }],
  ["another environment on it as well", "unsure", { ...karpenter, "aura:environment": "prod" }],
  ["another cluster on it as well", "unsure", { ...aura, "eks:eks-cluster-name": "aura-prod" }],
  ["another owner on it as well", "unsure", { ...aura, "kubernetes.io/cluster/aura-prod": "owned" }],
  [
    "another region on it",
    "unsure",
    { ...aura, "aura:region": "eu-west-1" },
    { signs: ["is called aura-dev-karpenter"] },
  ],
  ["another's label on it as well", "unsure", { ...karpenter, "aura.dev/environment": "prod" }],

  ["no tags at all", "foreign", {}],
  ["tags that name nobody", "foreign", { "managed-by": "aura", "karpenter.sh/nodepool": "gpu" }],
  ["another environment", "foreign", { "aura:environment": "dev-2", "managed-by": "aura" }],
  ["another cluster", "foreign", { "eks:eks-cluster-name": "aura-dev-2", "karpenter.sh/nodepool": "gpu" }],
  ["a key without the right value", "foreign", { "kubernetes.io/cluster/aura-dev": "shared", "managed-by": "aura" }],
  ["another account", "foreign", aura, { owner: "999999999999" }],
  ["a value in other letters", "foreign", { "aura:environment": "Dev", "managed-by": "aura" }],
];

describe("whose a thing is", () => {
  it.each(verdicts)("judges %s as %s", (_, whose, tags, more = {}) => {
    expect(recognize(scope, { tags, ...more }).whose).toBe(whose);
  });

  it("takes a shared subnet for no contradiction", () => {
    const tags = { ...aura, "kubernetes.io/cluster/aura-prod": "shared" };
    expect(recognize(scope, { tags }).whose).toBe("ours");
  });

  it("tells the tags that speak for it", () => {
    expect(recognize(scope, { tags: karpenter }).evidence).toEqual([
      "eks:eks-cluster-name=aura-dev",
      "kubernetes.io/cluster/aura-dev=owned",
      "karpenter.sh/nodepool=gpu",
    ]);
  });

  it("spares another run where a run is named", () => {
    const tags = { ...aura, "aura:run": "r-1" };
    expect(recognize({ ...scope, run: "r-1" }, { tags }).whose).toBe("ours");
    expect(recognize({ ...scope, run: "r-2" }, { tags })).toMatchObject({ whose: "unsure", doubt: "but aura:run=r-1" });
    expect(recognize({ ...scope, run: "r-2" }, { tags: aura }).whose).toBe("ours");
  });

  it("takes nothing by the name of a stranger's cluster", () => {
    const strange = { isClusterStrange: true };
    const node = { "eks:cluster-name": "aura-dev", "eks:nodegroup-name": "ng-1", ...owned };
    for (const tags of [node, karpenter]) expect(recognize(scope, { tags }, strange).whose).toBe("unsure");
    const group = { tags: owned, signs: ["is called eks-cluster-sg-aura-dev-1234567890"] };
    expect(recognize(scope, group, strange).doubt).toContain("the cluster aura-dev");
    expect(recognize(scope, { tags: { ...karpenter, ...aura } }, strange).whose).toBe("ours");
  });

  it("spares what has not expired where that counts", () => {
    const now = Date.UTC(2026, 10, 25);
    const verdict = (at: string) =>
      recognize(scope, { tags: { ...aura, "aura:expires-at": at } }, { unexpiredAt: now }).whose;
    expect(["2026-11-24T00:00:00Z", "2026-11-26T00:00:00Z", "never", "soon"].map(verdict)).toEqual([
      "ours",
      "unsure",
      "unsure",
      "unsure",
    ]);
    expect(recognize(scope, { tags: aura }, { unexpiredAt: now }).whose).toBe("ours");
    expect(expiryOf({})).toBeLessThan(0);
  });
});

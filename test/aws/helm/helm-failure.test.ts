import { describe, expect, it } from "vitest";

import { helmFailure, lastLines } from "../../../src/aws/helm/helm-failure.ts";

const owned =
  'invalid ownership metadata; label validation error: missing key "app.kubernetes.io/managed-by": must be set to "Helm"';

describe("helm's failure", () => {
  it.each([
    [
      "kubernetes cluster unreachable: Get x: dial tcp 10.0.0.1:443: connect: connection refused",
      "CLUSTER_UNREACHABLE",
      "the cluster does not answer",
    ],
    [
      "Kubernetes cluster unreachable: Get x: getting credentials: exec: executable aura not found",
      "CHART_FAILED",
      "does not accept the credentials",
    ],
    [
      "kubernetes cluster unreachable: the server has asked for the client to provide credentials",
      "CHART_FAILED",
      "does not accept the credentials",
    ],
    [
      `CustomResourceDefinition "nodepools.karpenter.sh" in namespace "" exists and cannot be imported into the current release: ${owned}`,
      "CHART_FAILED",
      "its CRDs are in the cluster already",
    ],
    [
      `ConfigMap "x" in namespace "kube-system" exists and cannot be imported into the current release: ${owned}`,
      "CHART_FAILED",
      "something of its is in the cluster already",
    ],
    [
      'UPGRADE FAILED: cannot patch "karpenter" with kind Deployment: spec.selector: Invalid value: {}: field is immutable',
      "CHART_FAILED",
      "cannot change while the object exists",
    ],
    [
      "UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress",
      "CHART_FAILED",
      "another helm is at work",
    ],
    [
      'clusterroles.rbac.authorization.k8s.io is forbidden: User "x" cannot create resource "clusterroles"',
      "CHART_FAILED",
      "may not do this in the cluster",
    ],
    [
      'Apply failed with 1 conflict: conflict with "kubectl-edit" using apps/v1: .spec.replicas',
      "CHART_FAILED",
      "others have changed fields",
    ],
    [
      "execution error at (karpenter/templates/deployment.yaml:1:1): Chart cannot be installed",
      "CHART_FAILED",
      "does not take the values",
    ],
    ['admission webhook "deny.example.com" denied the request', "CHART_FAILED", "a webhook of the cluster refuses"],
  ])("%s is put plainly", (line, code, words) => {
    const failure = helmFailure("install karpenter", `level=WARN msg=x\nError: ${line}\n`);
    expect(failure.code).toBe(code);
    expect(failure.message).toMatch(/^cannot install karpenter: /);
    expect(failure.message).toContain(words);
    expect(failure.details.fix).toBeTruthy();
    expect(failure.details.problems?.at(-1)).toBe(line);
  });

  it("that nobody knows is shown as it is", () => {
    const { message, details } = helmFailure("install karpenter", "Error: out of cheese\n");
    expect([message, details.problems]).toEqual(["cannot install karpenter", ["out of cheese"]]);
    expect(helmFailure("x", "").details.problems).toEqual(["helm said nothing"]);
  });

  it("shows the last lines only", () => {
    expect(lastLines(Array.from({ length: 20 }, (_, index) => `line ${index}`).join("\n"))).toHaveLength(6);
  });
});

import { describe, expect, it } from "vitest";

import {
  type ControllerView,
  deploymentProblems,
  isAvailable,
} from "../../../src/aws/karpenter/deployment-problems.ts";
import { causeOf, lastWords } from "../../../src/aws/karpenter/log-causes.ts";
import { type Conditioned, isReady, readinessProblems } from "../../../src/aws/karpenter/pool-problems.ts";
import type { ContainerStatus, Deployment, Pod } from "../../../src/cluster/objects.ts";

const deployment = (status: object, replicas = 2): Deployment =>
  ({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "karpenter", generation: 3 },
    spec: { replicas },
    status,
  }) as Deployment;
const pod = (status: object): Pod =>
  ({ apiVersion: "v1", kind: "Pod", metadata: { name: "k-1", namespace: "kube-system" }, status }) as Pod;
const view = (changes: Partial<ControllerView>): ControllerView => ({
  deployment: deployment({}),
  pods: [],
  events: [],
  logs: new Map(),
  ...changes,
});
const container = (status: Partial<ContainerStatus>) =>
  pod({
    conditions: [{ type: "Ready", status: "False" }],
    containerStatuses: [{ name: "controller", image: "img", imageID: "", ready: false, restartCount: 0, ...status }],
  });

describe("Karpenter is available", () => {
  const seen = { observedGeneration: 3, replicas: 2, updatedReplicas: 2 };
  it.each([
    [true, { ...seen, availableReplicas: 2 }],
    [true, { ...seen, availableReplicas: 1 }],
    [false, { ...seen, availableReplicas: 0 }],
    [false, { ...seen, availableReplicas: 2, observedGeneration: 2 }],
    [false, { ...seen, availableReplicas: 2, updatedReplicas: 1 }],
    [false, { ...seen, availableReplicas: 1, replicas: 3 }],
    [false, {}],
  ])("is %s for %o", (expected, status) => {
    expect(isAvailable(deployment(status))).toBe(expected);
  });
});

describe("the reason why Karpenter does not work", () => {
  const unplaced = (message: string) =>
    view({
      pods: [pod({ conditions: [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message }] })],
    });
  const log = (line: string, status: Partial<ContainerStatus> = {}) =>
    view({
      pods: [
        container({
          state: { waiting: { reason: "CrashLoopBackOff" } },
          lastState: { terminated: { exitCode: 1, reason: "Error" } },
          ...status,
        }),
      ],
      logs: new Map([["k-1", [line]]]),
    });

  it.each<[string, ControllerView, string]>([
    ["no Deployment", view({ deployment: undefined }), "there is no Deployment karpenter in kube-system"],
    ["no pods", view({}), "it has no pods yet"],
    [
      "a quota",
      view({
        deployment: deployment({ conditions: [{ type: "ReplicaFailure", status: "True", message: "exceeded quota" }] }),
      }),
      "its pods cannot be made: exceeded quota",
    ],
    [
      "too few nodes",
      unplaced("0/1 nodes are available: 1 node(s) didn't match pod anti-affinity rules."),
      "fewer system nodes than replicas",
    ],
    ["no nodes", unplaced("no nodes available to schedule pods"), "no system node has joined the cluster"],
    ["small nodes", unplaced("0/2 nodes are available: 2 Insufficient memory."), "too small or too full"],
    [
      "a taint",
      unplaced("0/2 nodes are available: 2 node(s) had untolerated taint {a: b}."),
      "whose taints it tolerates",
    ],
    [
      "no image",
      view({ pods: [container({ state: { waiting: { reason: "ImagePullBackOff", message: "403 Forbidden" } } })] }),
      "cannot pull img: 403 Forbidden; where network.nat is none",
    ],
    [
      "no configuration",
      view({
        pods: [container({ state: { waiting: { reason: "CreateContainerConfigError", message: "no secret" } } })],
      }),
      "cannot start: no secret",
    ],
    [
      "no memory",
      view({ pods: [container({ lastState: { terminated: { exitCode: 137, reason: "OOMKilled" } } })] }),
      "was killed for using more memory than its limit",
    ],
    [
      "no address",
      view({
        pods: [container({ state: { waiting: { reason: "ContainerCreating" } } })],
        events: [
          {
            ...{ apiVersion: "v1", kind: "Event", metadata: {}, reason: "FailedCreatePodSandBox" },
            message: "failed to assign an IP address to container",
            involvedObject: { name: "k-1" },
          },
        ],
      }),
      "does not come up: failed to assign an IP address",
    ],
    [
      "a crash",
      log("AccessDenied: not authorized to perform: sts:AssumeRoleWithWebIdentity"),
      "does not trust the service account",
    ],
    ["a crash nobody knows", log("out of cheese"), "its log: out of cheese"],
    [
      "not ready",
      log('{"message":"checking sqs","error":"api error NonExistentQueue"}', { state: { running: {} }, lastState: {} }),
      "runs but is not ready: there is no interruption queue",
    ],
  ])("is told for %s", (_, seen, words) => {
    expect(deploymentProblems(seen).join("\n")).toContain(words);
  });

  it("is nothing while a pod starts", () => {
    expect(
      deploymentProblems(view({ pods: [container({ state: { waiting: { reason: "ContainerCreating" } } })] })),
    ).toEqual([]);
  });
});

describe("a log", () => {
  it.each([
    ["InvalidIdentityToken: No OpenIDConnect provider found in your account", "no OIDC provider of this cluster"],
    ["failed to refresh cached credentials, no EC2 IMDS role found", "gets no AWS credentials"],
    [
      "api error UnauthorizedOperation: You are not authorized to perform this operation",
      "may not do all that it needs",
    ],
    ["ResourceNotFoundException: No cluster found for name: x", "EKS knows no cluster"],
    ['no matches for kind "NodePool" in version "karpenter.sh/v1"', "the chart karpenter-crd is not installed"],
    ["dial tcp: lookup sts.us-east-1.amazonaws.com: no such host", "reaches neither AWS nor the cluster"],
  ])("%s means something", (line, words) => {
    expect(causeOf(["started", line])).toContain(words);
  });

  it("that says nothing known means nothing", () => {
    expect(causeOf(["started", "all is well"])).toBeUndefined();
  });

  it("is shown by message and error", () => {
    expect(lastWords(["a", "", '{"level":"ERROR","message":"m","error":"e"}', '{"x":1}', "{broken"])).toEqual([
      "m: e",
      '{"x":1}',
      "{broken",
    ]);
  });
});

describe("a pool's readiness", () => {
  const object = (conditions: object[], generation = 1): Conditioned =>
    ({
      apiVersion: "x",
      kind: "EC2NodeClass",
      metadata: { name: "gpu", generation },
      status: { conditions },
    }) as Conditioned;
  const failing = (type: string, reason: string, message = "") => [
    { type, status: "False", reason, message },
    { type: "Ready", status: "False", reason: "UnhealthyDependents", message: `${type}=False` },
  ];

  it.each([
    [failing("SubnetsReady", "SubnetsNotFound"), "no subnet carries its tag karpenter.sh/discovery"],
    [failing("SecurityGroupsReady", "SecurityGroupsNotFound"), "no security group carries its tag"],
    [failing("AMIsReady", "AMINotFound"), "no image is found by its alias"],
    [failing("InstanceProfileReady", "X", "role not found"), "cannot be made: their role does not exist"],
    [failing("ValidationSucceeded", "CreateFleetAuthCheckFailed"), "may not call ec2:CreateFleet"],
    [failing("ValidationSucceeded", "RunInstancesAuthCheckFailed", "vCPU"), "may not call ec2:RunInstances"],
    [failing("NodeClassReady", "NodeClassNotFound"), "its EC2NodeClass does not exist"],
    [failing("Novelty", "NewReason", "something new"), "Novelty is not met: something new"],
    [[{ type: "Ready", status: "Unknown", reason: "Awaiting", message: "later" }], "Ready is not met: later"],
    [[], "Karpenter has not looked at it yet"],
  ])("that fails says why: %o", (conditions, words) => {
    const problems = readinessProblems(object(conditions));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^EC2NodeClass gpu: /);
    expect(problems[0]).toContain(words);
  });

  it("leaves out checks that wait for others", () => {
    const waiting = { type: "ValidationSucceeded", status: "False", reason: "DependenciesNotReady" };
    const problems = readinessProblems(object([waiting, ...failing("AMIsReady", "AMINotFound")]));
    expect(problems).toEqual([expect.stringContaining("no image is found")]);
  });

  it("counts for the present generation only", () => {
    const ready = (observedGeneration?: number) => [
      { type: "Ready", status: "True", ...(observedGeneration && { observedGeneration }) },
    ];
    expect(isReady(object(ready(1), 2))).toBe(false);
    expect(isReady(object(ready(2), 2))).toBe(true);
    expect(isReady(object(ready(), 2))).toBe(true);
    expect(readinessProblems(object(ready(2), 2))).toEqual([]);
  });
});

import { describe, expect, it } from "vitest";

import type { Environment } from "../../src/spec/environment.ts";
import { loadEnvironment } from "../../src/spec/load.ts";
import type { Overrides } from "../../src/spec/settings.ts";
import { known } from "./known.ts";

interface Layers {
  readonly variables?: Record<string, string>;
  readonly overrides?: Overrides;
}

function load(text: string, { variables = {}, overrides = {} }: Layers = {}): Environment {
  return loadEnvironment({ path: "/home/me/aura.yaml", text, variables, known, overrides });
}

describe("an environment", () => {
  it("needs nothing but a name", () => {
    expect(load("name: dev")).toEqual({
      name: "dev",
      region: "us-east-1",
      zones: ["us-east-1a", "us-east-1b", "us-east-1c"],
      pools: [
        {
          name: "cpu",
          families: ["m7i", "m7a", "m6i", "m6a", "c7i", "c7a", "c6i", "c6a"],
          capacityTypes: ["spot", "on-demand"],
          architectures: ["amd64"],
          gpu: false,
          limits: { cpu: 64, memoryMib: 256 * 1024 },
          holdMs: 30_000,
          expireAfterMs: 720 * 3600_000,
        },
        {
          name: "gpu",
          families: ["g4dn", "g5", "g6"],
          capacityTypes: ["spot", "on-demand"],
          architectures: ["amd64"],
          gpu: true,
          limits: { gpus: 4 },
          holdMs: 60_000,
          expireAfterMs: 720 * 3600_000,
        },
      ],
      network: { cidr: "10.64.0.0/16", nat: "single", intraSubnets: false, endpoints: [], flowLogs: false },
      cluster: {
        version: "1.36",
        publicEndpoint: true,
        privateEndpoint: true,
        accessCidrs: [],
        adminPrincipals: [],
        kms: false,
        logRetentionDays: 7,
        systemNodes: { instanceTypes: ["t3.large"], count: 2 },
        identity: "irsa",
      },
      owner: "unknown",
      tags: {},
      ttlMs: 4 * 3600_000,
      timeoutMs: 30 * 60_000,
      jobFiles: [],
      target: "rehearsal",
      aws: { accounts: [], state: "s3", charts: {} },
      kubernetes: {},
      rehearsal: { speed: 60, runtime: "auto", seed: 1, shortages: [] },
      directory: "/home/me",
    });
  });

  it("takes every field the file gives", () => {
    const environment = load(`
version: 1
name: team-a
region: eu-west-1
zones: [eu-west-1b, eu-west-1c]
pools:
  arm: { families: [m7g, c7g], capacityTypes: [on-demand], limits: { cpu: 500m, memory: 2G }, hold: 0s, expireAfter: 1h30m }
ttl: 2d
budget: 0.5
timeout: 90s
jobs: [a.yml, deep/b.yml]
network: { cidr: 100.64.0.0/20, nat: per-az, intraSubnets: true, endpoints: [ecr.api], flowLogs: true }
cluster:
  version: "1.35"
  publicEndpoint: false
  privateEndpoint: true
  accessCidrs: [203.0.113.0/24]
  adminPrincipals: ["arn:aws:iam::123456789012:role/ml"]
  kms: true
  logRetentionDays: 30
  systemNodes: { instanceTypes: [m7i.large], count: 3 }
  identity: pod-identity
github:
  repository: acme/models
  ownerId: 12
  repositoryId: 345
  environment: prod
  providerArn: arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com
  createProvider: true
owner: ml-platform
tags: { cost-center: "1234" }
target: aws
aws: { accounts: ["123456789012"], profile: ml, state: local, bucket: our-state, engine: terraform, charts: { karpenter: ./karpenter } }
kubernetes: { kubeconfig: ../kubeconfig, context: ml-prod, nodeClass: default }
rehearsal: { speed: 1.5, runtime: process, seed: 7, shortages: ["* p5.48xlarge", "spot *  eu-west-1b"], interruptSpotAfter: 20s }
`);
    expect(environment).toEqual({
      name: "team-a",
      region: "eu-west-1",
      zones: ["eu-west-1b", "eu-west-1c"],
      pools: [
        {
          name: "arm",
          families: ["m7g", "c7g"],
          capacityTypes: ["on-demand"],
          architectures: ["arm64"],
          gpu: false,
          limits: { cpu: 0.5, memoryMib: 1907 },
          holdMs: 0,
          expireAfterMs: 90 * 60_000,
        },
      ],
      network: {
        cidr: "100.64.0.0/20",
        nat: "per-az",
        intraSubnets: true,
        endpoints: ["ecr.api"],
        flowLogs: true,
      },
      cluster: {
        version: "1.35",
        publicEndpoint: false,
        privateEndpoint: true,
        accessCidrs: ["203.0.113.0/24"],
        adminPrincipals: ["arn:aws:iam::123456789012:role/ml"],
        kms: true,
        logRetentionDays: 30,
        systemNodes: { instanceTypes: ["m7i.large"], count: 3 },
        identity: "pod-identity",
      },
      github: {
        repository: "acme/models",
        ownerId: 12,
        repositoryId: 345,
        environment: "prod",
        providerArn: "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com",
        createProvider: true,
      },
      owner: "ml-platform",
      target: "aws",
      aws: {
        accounts: ["123456789012"],
        profile: "ml",
        state: "local",
        bucket: "our-state",
        engine: "terraform",
        charts: { karpenter: "./karpenter" },
      },
      kubernetes: { kubeconfig: "../kubeconfig", context: "ml-prod", nodeClass: "default" },
      tags: { "cost-center": "1234" },
      ttlMs: 48 * 3600_000,
      budgetUsd: 0.5,
      timeoutMs: 90_000,
      jobFiles: ["a.yml", "deep/b.yml"],
      rehearsal: {
        speed: 1.5,
        runtime: "process",
        seed: 7,
        shortages: [
          { capacityType: "*", instanceType: "p5.48xlarge", zone: "*" },
          { capacityType: "spot", instanceType: "*", zone: "eu-west-1b" },
        ],
        interruptSpotAfterMs: 20_000,
      },
      directory: "/home/me",
    });
  });

  it("has the pools the file names only", () => {
    expect(load("name: dev\npools: { gpu: {} }").pools.map((pool) => pool.name)).toEqual(["gpu"]);
  });

  it("keeps the pools in the file's order", () => {
    const text = "name: dev\npools: { gpu: {}, spare: { families: [m7i] }, cpu: {} }";
    expect(load(text).pools.map((pool) => pool.name)).toEqual(["gpu", "spare", "cpu"]);
  });

  it("derives GPUs and architectures from families", () => {
    const [pool] = load("name: dev\npools: { mixed: { families: [g5g, g5] } }").pools;
    expect(pool).toMatchObject({ gpu: true, architectures: ["amd64", "arm64"], limits: { gpus: 4 }, holdMs: 60_000 });
  });

  it("limits nothing when limits are empty", () => {
    expect(load("name: dev\npools: { cpu: { limits: {} } }").pools[0]?.limits).toEqual({});
  });

  it("reads words that YAML 1.1 misreads", () => {
    expect(load("name: no").name).toBe("no");
    expect(load("name: on").name).toBe("on");
  });
});

describe("precedence", () => {
  const file = "name: dev\nrehearsal: { speed: 10 }";
  const cases: [string, string, Layers, number][] = [
    ["default", "name: dev", {}, 60],
    ["file over default", file, {}, 10],
    ["variable over file", file, { variables: { AURA_SPEED: "20" } }, 20],
    ["option over variable", file, { variables: { AURA_SPEED: "20" }, overrides: { speed: "30" } }, 30],
    ["option over file", file, { overrides: { speed: 40 } }, 40],
    ["empty variable counts as unset", file, { variables: { AURA_SPEED: " " } }, 10],
  ];
  it.each(cases)("%s", (_, text, layers, speed) => expect(load(text, layers).rehearsal.speed).toBe(speed));

  it("a right option hides a wrong variable", () => {
    expect(load(file, { variables: { AURA_SPEED: "fast" }, overrides: { speed: 40 } }).rehearsal.speed).toBe(40);
  });

  it("every setting can come from a variable", () => {
    const variables = {
      AURA_NAME: "ci",
      AURA_REGION: "us-west-2",
      AURA_TTL: "1h",
      AURA_BUDGET: "2.5",
      AURA_TIMEOUT: "5m",
      AURA_JOBS: "a.yml, b.yml",
      AURA_SPEED: "1",
      AURA_RUNTIME: "container",
      AURA_SEED: "3",
      AURA_SHORTAGES: "spot g5.* us-west-2a, * *",
      AURA_INTERRUPT_SPOT_AFTER: "9s",
    };
    expect(load("name: dev", { variables })).toMatchObject({
      name: "ci",
      region: "us-west-2",
      zones: ["us-west-2a", "us-west-2b", "us-west-2c"],
      ttlMs: 3600_000,
      budgetUsd: 2.5,
      timeoutMs: 300_000,
      jobFiles: ["a.yml", "b.yml"],
      rehearsal: {
        speed: 1,
        runtime: "container",
        seed: 3,
        shortages: [
          { capacityType: "spot", instanceType: "g5.*", zone: "us-west-2a" },
          { capacityType: "*", instanceType: "*", zone: "*" },
        ],
        interruptSpotAfterMs: 9000,
      },
    });
  });

  it("every setting can come from an option", () => {
    const overrides = {
      name: "x1",
      region: "eu-west-1",
      ttl: "2h",
      budget: 1,
      timeout: "1m",
      jobs: ["j.yml"],
      seed: 0,
    };
    const rehearsed = { speed: 2, runtime: "process", shortages: ["* g5.*"], interruptSpotAfter: "5s" };
    expect(load("name: dev", { overrides: { ...overrides, ...rehearsed } })).toMatchObject({
      name: "x1",
      region: "eu-west-1",
      ttlMs: 7200_000,
      budgetUsd: 1,
      timeoutMs: 60_000,
      jobFiles: ["j.yml"],
      rehearsal: {
        speed: 2,
        runtime: "process",
        seed: 0,
        shortages: [{ instanceType: "g5.*" }],
        interruptSpotAfterMs: 5000,
      },
    });
  });
});

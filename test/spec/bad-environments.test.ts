import { describe, expect, it } from "vitest";

import { loadEnvironment } from "../../src/spec/load.ts";
import { known } from "./known.ts";
import { failureOf, problemsOf } from "./problems-of.ts";

const load = (text: string, variables: Record<string, string> = {}, overrides = {}) =>
  loadEnvironment({ path: "/home/me/aura.yaml", text, variables, known, overrides });

const name = "a name of 2 to 32 lower-case letters, digits and hyphens, a letter first";

/** What a one-line slip in the file is answered with. Line 1 is `name: dev` where the name is not the point. */
const cases: [string, string][] = [
  ["", `name  expected ${name}, got nothing  (aura.yaml:1)`],
  ["name:", `name  expected ${name}, got nothing  (aura.yaml:1)`],
  ["name: Dev", `name  expected ${name}, got "Dev"  (aura.yaml:1)`],
  ["name: d", `name  expected ${name}, got "d"  (aura.yaml:1)`],
  ["name: dev-", `name  expected ${name}, got "dev-"  (aura.yaml:1)`],
  ["name: 7", `name  expected ${name}, got 7  (aura.yaml:1)`],
  ["name: [dev]", `name  expected ${name}, got a list  (aura.yaml:1)`],
  [
    "name: abcdefghijklmnopqrstuvwxyzabcdefg",
    `name  expected ${name}, got "abcdefghijklmnopqrstuvwxyzabcdefg"  (aura.yaml:1)`,
  ],
  ["- dev", "expected a mapping that starts with a name, got a list  (aura.yaml:1)"],
  ["dev", 'expected a mapping that starts with a name, got "dev"  (aura.yaml:1)'],
  ["name: dev\nversion: 2", "version  expected the number 1, got 2  (aura.yaml:2)"],
  [
    "name: dev\nregoin: us-east-1",
    `regoin  expected a known field, got "regoin"; did you mean "region"?  (aura.yaml:2)`,
  ],
  ["name: dev\nzzzzzzz: 1", `zzzzzzz  expected a known field, got "zzzzzzz"  (aura.yaml:2)`],
  ["name: dev\nconstructor: 1", 'expected another key, got "constructor"  (aura.yaml:2)'],
  [
    "name: dev\npools: { gpu: {}, __proto__: { families: [g5] } }",
    'expected another key, got "__proto__"  (aura.yaml:2)',
  ],
  [
    "name: dev\nregion: us-esat-1",
    'region  expected an AWS region, got "us-esat-1"; did you mean "us-east-1"?  (aura.yaml:2)',
  ],
  ["name: dev\nregion: 3", "region  expected an AWS region, got 3  (aura.yaml:2)"],
  ["name: dev\nzones: us-east-1a", 'zones  expected a list of availability zones, got "us-east-1a"  (aura.yaml:2)'],
  [
    "name: dev\nzones: []",
    "zones  expected two or three availability zones: EKS needs two, got an empty list  (aura.yaml:2)",
  ],
  [
    "name: dev\nzones: [us-east-1]",
    'zones[0]  expected an availability zone such as us-east-1a, got "us-east-1"  (aura.yaml:2)',
  ],
  [
    "name: dev\nzones: [us-east-1a]",
    "zones  expected two or three availability zones: EKS needs two, got a list  (aura.yaml:2)",
  ],
  [
    "name: dev\nzones: [us-west-2a, us-east-1b]",
    'zones[0]  expected a zone of us-east-1, got "us-west-2a"  (aura.yaml:2)',
  ],
  [
    "name: dev\nnetwork: { cidr: 10.64.0.0/24 }",
    'network.cidr  expected an IPv4 range from /16 to /22, such as 10.64.0.0/16, got "10.64.0.0/24"  (aura.yaml:2)',
  ],
  [
    "name: dev\nnetwork: { cidr: 10.64.1.0/16 }",
    'network.cidr  expected the first address of the range, got "10.64.1.0/16"; did you mean "10.64.0.0/16"?  (aura.yaml:2)',
  ],
  [
    "name: dev\nnetwork: { cidr: 172.17.0.0/16 }",
    'network.cidr  expected a range that does not overlap 172.17.0.0/16, which AWS services use, got "172.17.0.0/16"  (aura.yaml:2)',
  ],
  [
    "name: dev\nnetwork: { cidr: 8.8.0.0/16 }",
    'network.cidr  expected a private range, within 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10, got "8.8.0.0/16"  (aura.yaml:2)',
  ],
  ["name: dev\nnetwork: { nat: many }", 'network.nat  expected one of none, single, per-az, got "many"  (aura.yaml:2)'],
  [
    "name: dev\nnetwork: { nat: none, endpoints: [ec2, ecr.api, ecr.dkr, eks, sqs, ssm] }",
    "network.endpoints  expected endpoints for ec2, ecr.api, ecr.dkr, eks, eks-auth, sqs, ssm, sts where nat is none, got none for eks-auth, sts  (aura.yaml:2)",
  ],
  [
    "name: dev\ncluster: { version: '1.34' }",
    'cluster.version  expected a version in standard support, in quotes: "1.35" or "1.36", got "1.34"; did you mean "1.35"?  (aura.yaml:2)',
  ],
  [
    "name: dev\ncluster: { version: 1.36 }",
    'cluster.version  expected a version in standard support, in quotes: "1.35" or "1.36", got 1.36  (aura.yaml:2)',
  ],
  [
    "name: dev\ncluster: { publicEndpoint: false, privateEndpoint: false }",
    "cluster.privateEndpoint  expected one endpoint at least, got both switched off  (aura.yaml:2)",
  ],
  [
    "name: dev\ncluster: { accessCidrs: [203.0.113.7] }",
    'cluster.accessCidrs[0]  expected an IPv4 range such as 203.0.113.7/32, not the whole internet, got "203.0.113.7"  (aura.yaml:2)',
  ],
  [
    "name: dev\ncluster: { accessCidrs: [0.0.0.0/0] }",
    'cluster.accessCidrs[0]  expected an IPv4 range such as 203.0.113.7/32, not the whole internet, got "0.0.0.0/0"  (aura.yaml:2)',
  ],
  [
    "name: dev\ncluster: { systemNodes: { instanceTypes: [g5.xlarge] } }",
    'cluster.systemNodes.instanceTypes[0]  expected an instance type of a known x86 family without GPUs, got "g5.xlarge", which has GPUs  (aura.yaml:2)',
  ],
  [
    "name: dev\ncluster: { logRetentionDays: 8 }",
    "cluster.logRetentionDays  expected one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653, got 8  (aura.yaml:2)",
  ],
  [
    "name: dev-reaper\ngithub: { repository: o/r, ownerId: 1, repositoryId: 2, providerArn: 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com' }",
    'name  expected a name that does not end in -reaper, as the reaper\'s roles do, got "dev-reaper"  (aura.yaml:1)',
  ],
  [
    "name: dev\ntags: { 'aws:team': ml }",
    'tags["aws:team"]  expected a tag\'s key of up to 128 characters that does not begin with aws: or aura:, got "aws:team"  (aura.yaml:2)',
  ],
  [
    "name: dev\ntags: { 'karpenter.sh/discovery': mine }",
    'tags["karpenter.sh/discovery"]  expected a key that Aura, EKS and Karpenter leave free, got "karpenter.sh/discovery"  (aura.yaml:2)',
  ],
  [
    "name: dev\ntags: { Owner: me }",
    'tags.Owner  expected a key that Aura, EKS and Karpenter leave free, got "Owner"  (aura.yaml:2)',
  ],
  [
    "name: dev\ntags: { team: a, Team: b }",
    'tags.Team  expected a key that differs from "team" by more than case, as IAM wants, got "Team"  (aura.yaml:2)',
  ],
  [
    "name: dev\nnetwork: { nat: none, endpoints: [ec2, ecr.api, ecr.dkr, eks, eks-auth, sqs, ssm, sts] }\ncluster: { privateEndpoint: false }",
    "cluster.privateEndpoint  expected true where nat is none: nodes need the API, got false  (aura.yaml:3)",
  ],
  [
    "name: dev\nnetwork: { endpoints: [ecr.api, s3] }",
    'network.endpoints[1]  expected a service other than s3, which has a gateway endpoint free of charge, got "s3"  (aura.yaml:2)',
  ],
  [
    "name: dev\nzones: [us-east-1a, us-east-1a]",
    'zones[1]  expected each entry once, got "us-east-1a" again  (aura.yaml:2)',
  ],
  ["name: dev\npools:", "pools  expected a mapping of pool names to pools, got nothing  (aura.yaml:2)"],
  ["name: dev\npools: [cpu, gpu]", "pools  expected a mapping of pool names to pools, got a list  (aura.yaml:2)"],
  ["name: dev\npools: {}", "pools  expected at least one pool, got an empty mapping  (aura.yaml:2)"],
  [
    "name: dev\npools: { GPU: { families: [g5] } }",
    'pools.GPU  expected a pool name of 1 to 30 lower-case letters, digits and hyphens, got "GPU"  (aura.yaml:2)',
  ],
  [
    "name: dev\npools: { gpu: }",
    "pools.gpu  expected a mapping such as { families: [m7i] }, got nothing  (aura.yaml:2)",
  ],
  [
    "name: dev\npools: { big: {} }",
    "pools.big.families  expected a list of instance families, got nothing  (aura.yaml:2)",
  ],
  [
    "name: dev\npools: { gpu: { families: g5 } }",
    'pools.gpu.families  expected a list of instance families, got "g5"  (aura.yaml:2)',
  ],
  [
    "name: dev\npools: { gpu: { families: [] } }",
    "pools.gpu.families  expected at least one instance family, got an empty list  (aura.yaml:2)",
  ],
  [
    "name: dev\npools: { gpu: { families: [g4dn, g55] } }",
    'pools.gpu.families[1]  expected an instance family, got "g55"; did you mean "g5"?  (aura.yaml:2)',
  ],
  [
    "name: dev\npools: { gpu: { families: [g5, g5] } }",
    'pools.gpu.families[1]  expected each entry once, got "g5" again  (aura.yaml:2)',
  ],
  [
    "name: dev\npools: { gpu: { families: [g5, m7i] } }",
    'pools.gpu.families[1]  expected a family with GPUs like g5 (GPUs need a pool of their own), got "m7i"  (aura.yaml:2)',
  ],
  [
    "name: dev\npools: { cpu: { families: [m7i, p5] } }",
    'pools.cpu.families[1]  expected a family without GPUs like m7i (GPUs need a pool of their own), got "p5"  (aura.yaml:2)',
  ],
  [
    "name: dev\npools: { cpu: { families: [m7g], architectures: [amd64] } }",
    'pools.cpu.families[0]  expected a family of amd64, got "m7g", which is arm64  (aura.yaml:2)',
  ],
  [
    "name: dev\npools: { cpu: { architectures: [x86] } }",
    'pools.cpu.architectures[0]  expected one of amd64, arm64, got "x86"  (aura.yaml:2)',
  ],
  [
    "name: dev\npools: { cpu: { capacityTypes: [ondemand] } }",
    'pools.cpu.capacityTypes[0]  expected one of spot, on-demand, got "ondemand"; did you mean "on-demand"?  (aura.yaml:2)',
  ],
  [
    "name: dev\npools: { cpu: { capacityTypes: [] } }",
    "pools.cpu.capacityTypes  expected spot, on-demand or both, got an empty list  (aura.yaml:2)",
  ],
  [
    "name: dev\npools: { cpu: { limits: { cpu: -1 } } }",
    "pools.cpu.limits.cpu  expected a number of CPUs, at least 1m, got -1  (aura.yaml:2)",
  ],
  [
    "name: dev\npools: { cpu: { limits: { cpu: many } } }",
    'pools.cpu.limits.cpu  expected a number of CPUs, at least 1m, got "many"  (aura.yaml:2)',
  ],
  [
    "name: dev\npools: { cpu: { limits: { memory: 64 } } }",
    "pools.cpu.limits.memory  expected an amount of memory such as 256Gi, at least 1Mi, got 64  (aura.yaml:2)",
  ],
  [
    "name: dev\npools: { cpu: { limits: { memory: 4GB } } }",
    'pools.cpu.limits.memory  expected an amount of memory such as 256Gi, at least 1Mi, got "4GB"  (aura.yaml:2)',
  ],
  [
    "name: dev\npools: { gpu: { limits: { gpus: 1.5 } } }",
    "pools.gpu.limits.gpus  expected a whole number of GPUs, 1 or more, got 1.5  (aura.yaml:2)",
  ],
  [
    "name: dev\npools: { gpu: { limits: { gpu: 1 } } }",
    'pools.gpu.limits.gpu  expected one of the fields cpu, memory, gpus, got "gpu"; did you mean "gpus"?  (aura.yaml:2)',
  ],
  [
    "name: dev\npools: { cpu: { limits: { gpus: 1 } } }",
    "pools.cpu.limits.gpus  expected no limit on GPUs in a pool without GPUs, got 1  (aura.yaml:2)",
  ],
  [
    "name: dev\npools: { cpu: { limits: [] } }",
    "pools.cpu.limits  expected a mapping of cpu, memory and gpus, got an empty list  (aura.yaml:2)",
  ],
  [
    "name: dev\npools: { cpu: { hold: 500ms } }",
    'pools.cpu.hold  expected a duration in whole seconds, such as 30s, got "500ms"  (aura.yaml:2)',
  ],
  [
    "name: dev\npools: { cpu: { hold: 30 } }",
    "pools.cpu.hold  expected a duration in whole seconds, such as 30s, got 30  (aura.yaml:2)",
  ],
  [
    "name: dev\npools: { cpu: { expireAfter: 1m } }",
    'pools.cpu.expireAfter  expected a duration of at least 5m, such as 720h, got "1m"  (aura.yaml:2)',
  ],
  ["name: dev\nttl: 4", "ttl  expected a duration of at least 1m, such as 4h, got 4  (aura.yaml:2)"],
  ["name: dev\nttl: 10s", 'ttl  expected a duration of at least 1m, such as 4h, got "10s"  (aura.yaml:2)'],
  ["name: dev\nbudget: 0", "budget  expected an amount of US dollars above 0, up to 1000000, got 0  (aura.yaml:2)"],
  ["name: dev\nbudget: $5", 'budget  expected an amount of US dollars above 0, up to 1000000, got "$5"  (aura.yaml:2)'],
  [
    "name: dev\nbudget: .inf",
    "budget  expected an amount of US dollars above 0, up to 1000000, got Infinity  (aura.yaml:2)",
  ],
  [
    "name: dev\ntimeout: 30 min",
    'timeout  expected a duration of at least 1s, such as 30m, got "30 min"  (aura.yaml:2)',
  ],
  ["name: dev\ntimeout: 5h", 'timeout  expected at most the ttl of 4h, got "5h"  (aura.yaml:2)'],
  ["name: dev\njobs: a.yml", 'jobs  expected a list of job manifests, got "a.yml"  (aura.yaml:2)'],
  ["name: dev\njobs: ['']", 'jobs[0]  expected the path of a job manifest, got ""  (aura.yaml:2)'],
  ["name: dev\njobs: [a.yml, a.yml]", 'jobs[1]  expected each entry once, got "a.yml" again  (aura.yaml:2)'],
  ["name: dev\nrehearsal: 60", "rehearsal  expected a mapping such as { speed: 60 }, got 60  (aura.yaml:2)"],
  [
    "name: dev\nrehearsal: { speed: 0.5 }",
    "rehearsal.speed  expected a number from 1 to 10000, got 0.5  (aura.yaml:2)",
  ],
  [
    "name: dev\nrehearsal: { runtime: docker }",
    'rehearsal.runtime  expected one of auto, process, container, got "docker"  (aura.yaml:2)',
  ],
  [
    "name: dev\nrehearsal: { seed: 1.5 }",
    "rehearsal.seed  expected a whole number from 0 to 4294967295, got 1.5  (aura.yaml:2)",
  ],
  [
    "name: dev\nrehearsal: { shortages: [g5] }",
    'rehearsal.shortages[0]  expected a shortage such as "spot g4dn.* us-east-1a", got "g5"  (aura.yaml:2)',
  ],
  [
    "name: dev\nrehearsal: { shortages: ['spot g9.*'] }",
    'rehearsal.shortages[0]  expected an instance type of a known family, got "g9.*"; did you mean "g5.*"?  (aura.yaml:2)',
  ],
  [
    "name: dev\nrehearsal: { shortages: ['spot g5.* us-east-1z'] }",
    'rehearsal.shortages[0]  expected one of the zones us-east-1a, us-east-1b, us-east-1c, got "us-east-1z"  (aura.yaml:2)',
  ],
  [
    "name: dev\nrehearsal: { interruptSpotAfter: 0s }",
    'rehearsal.interruptSpotAfter  expected a duration of at least 1s, such as 20s, got "0s"  (aura.yaml:2)',
  ],
  ["name: dev\npools:\n\tcpu: {}", "expected spaces for indentation, got a tab  (aura.yaml:3)"],
  ["name: dev\nttl: 1h\nname: prod", 'expected each key once, got "name" again  (aura.yaml:3)'],
  ["name: dev\nttl: 'x", "expected valid YAML, got missing closing 'quote  (aura.yaml:2)"],
  ["name: dev\n? [a]\n: b", "expected valid YAML, got with stringKeys, all keys must be strings  (aura.yaml:2)"],
  ["name: !!js/function x", "expected valid YAML, got unresolved tag: tag:yaml.org,2002:js/function  (aura.yaml:1)"],
  [
    "name: *other",
    "expected valid YAML, got unresolved alias (the anchor must be set before the alias): other  (aura.yaml)",
  ],
  ["name: dev\n---\nname: prod", "expected one YAML document, got 2 of them  (aura.yaml:3)"],
];

describe("a bad aura.yaml", () => {
  it.each(cases)("%j", (text, problem) => expect(problemsOf(() => load(text))).toEqual([problem]));

  it("defuses a bomb of aliases", () => {
    const level = (name: string, of: string) => `${name}: &${name} [${Array(10).fill(of).join(", ")}]\n`;
    const bomb = level("a", "x") + level("b", "*a") + level("c", "*b") + level("d", "*c") + level("e", "*d");
    expect(problemsOf(() => load(bomb))).toEqual([
      "expected valid YAML, got excessive alias count indicates a resource exhaustion attack  (aura.yaml)",
    ]);
  });

  it("refuses a file beyond any measure", () => {
    expect(problemsOf(() => load(`name: dev #${"x".repeat(1_000_000)}`))).toEqual([
      "expected at most 1000000 characters, got 1000011 characters  (aura.yaml)",
    ]);
  });

  it("survives nesting without end", () => {
    expect(problemsOf(() => load("[".repeat(20_000)))[0]).toMatch(/^expected valid YAML, got /);
  });

  it("reports all problems at once, by line", () => {
    const text =
      "name: Dev\nttl: soon\nhello: 1\nconstructor: 1\npools:\n  gpu:\n    families:\n      - g5\n      - g55\n    hold: 1\n";
    const failure = failureOf(() => load(text, { AURA_SPEED: "fast" }));
    expect(failure.code).toBe("SPEC_INVALID");
    expect(failure.message).toBe("invalid environment in aura.yaml: 7 problems");
    expect(failure.details.where).toBe("/home/me/aura.yaml");
    expect(failure.details.fix).toContain("aura.schema.json");
    expect(failure.details.problems?.map((problem) => problem.match(/\((.*)\)$/)?.[1])).toEqual([
      "aura.yaml:1",
      "aura.yaml:2",
      "aura.yaml:3",
      "aura.yaml:4",
      "aura.yaml:9",
      "aura.yaml:10",
      "environment variable AURA_SPEED",
    ]);
  });

  it("checks one pool while another is broken", () => {
    const text = "name: dev\npools:\n  cpu: { hold: 3 }\n  gpu: { families: [g5, m7i] }\n";
    expect(problemsOf(() => load(text))).toHaveLength(2);
  });

  it("finds lines behind aliases", () => {
    const text = "name: dev\npools:\n  gpu: &gpu\n    families: [g5]\n    hold: 3\n  more: *gpu\n";
    expect(problemsOf(() => load(text))).toEqual([
      "pools.gpu.hold  expected a duration in whole seconds, such as 30s, got 3  (aura.yaml:5)",
      "pools.more.hold  expected a duration in whole seconds, such as 30s, got 3  (aura.yaml:5)",
    ]);
  });
});

describe("a bad setting from outside", () => {
  const cases: [Record<string, string>, Record<string, unknown>, string][] = [
    [
      { AURA_SPEED: "fast" },
      {},
      'rehearsal.speed  expected a number from 1 to 10000, got "fast"  (environment variable AURA_SPEED)',
    ],
    [
      { AURA_BUDGET: "-1" },
      {},
      "budget  expected an amount of US dollars above 0, up to 1000000, got -1  (environment variable AURA_BUDGET)",
    ],
    [
      { AURA_RUNTIME: "proces" },
      {},
      'rehearsal.runtime  expected one of auto, process, container, got "proces"; did you mean "process"?  (environment variable AURA_RUNTIME)',
    ],
    [
      { AURA_SHORTAGES: "* *, g5" },
      {},
      'rehearsal.shortages[1]  expected a shortage such as "spot g4dn.* us-east-1a", got "g5"  (environment variable AURA_SHORTAGES)',
    ],
    [
      { AURA_TIMEOUT: "5h" },
      {},
      'timeout  expected at most the ttl of 4h, got "5h"  (environment variable AURA_TIMEOUT)',
    ],
    [{}, { seed: "one" }, 'rehearsal.seed  expected a whole number from 0 to 4294967295, got "one"  (option --seed)'],
    [
      { AURA_SPEED: "5" },
      { speed: "0" },
      "rehearsal.speed  expected a number from 1 to 10000, got 0  (option --speed)",
    ],
    [{}, { ttl: "1s" }, 'ttl  expected a duration of at least 1m, such as 4h, got "1s"  (option --ttl)'],
  ];
  it.each(cases)("%j %j", (variables, overrides, problem) => {
    expect(problemsOf(() => load("name: dev", variables, overrides))).toEqual([problem]);
  });
});

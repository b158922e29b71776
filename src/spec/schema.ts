import * as v from "valibot";

import { targetNames } from "../kernel/vocabulary.ts";
import { clusterSchema, githubSchema, networkSchema, tagsSchema, tagValue } from "./aws-schema.ts";
import { defaultFamilies, defaults } from "./defaults.ts";
import { duration, mapping, oneOf, pattern, quantity, record, whole } from "./fields.ts";
import type { Known } from "./known.ts";
import { awsSchema, kubernetesSchema } from "./target-schema.ts";

/** The form of `aura.yaml`: types, ranges, names. What concerns several fields at once is in consistency.ts. */
export function environmentSchema(known: Known) {
  return mapping(
    {
      version: v.pipe(v.optional(v.literal(1, "the number 1"), 1), v.description("Version of this file's form.")),
      name: v.pipe(
        pattern(
          /^[a-z][a-z0-9-]{0,30}[a-z0-9]$/,
          "a name of 2 to 32 lower-case letters, digits and hyphens, a letter first",
        ),
        v.description(
          "Name of the environment. It becomes part of the names of everything made for it on AWS: aura-NAME.",
        ),
        v.examples(["dev"]),
      ),
      region: v.pipe(
        v.optional(v.pipe(v.string("an AWS region"), v.values(known.regions, "an AWS region")), defaults.region),
        v.description("AWS region to work in."),
      ),
      zones: v.pipe(
        v.optional(
          v.pipe(
            v.array(
              pattern(/^[a-z]{2}(-[a-z]+)+-[0-9][a-z]$/, "an availability zone such as us-east-1a"),
              "a list of availability zones",
            ),
            v.minLength(2, "two or three availability zones: EKS needs two"),
            v.maxLength(3, "two or three availability zones"),
          ),
        ),
        v.description("Two or three availability zones to work in. Default: the region's first three."),
        v.examples([["us-east-1a", "us-east-1b"]]),
      ),
      pools: v.pipe(
        v.optional(poolsSchema(known), { cpu: {}, gpu: {} }),
        v.description(
          "Sorts of nodes that may be launched, by name; each becomes a Karpenter NodePool. Where a job fits in several, the first is taken.",
        ),
      ),
      gpu: v.pipe(
        v.optional(v.boolean("true or false"), true),
        v.description("Whether pools with GPUs, and the jobs listed here that ask for GPUs, are part of it."),
      ),
      ttl: v.pipe(
        v.optional(duration("a duration of at least 1m, such as 4h", 60_000), defaults.ttl),
        v.description("The environment destroys itself when it gets this old."),
        v.examples(["4h", "2d"]),
      ),
      budget: v.pipe(
        v.optional(
          v.pipe(v.number(budgetExpected), v.gtValue(0, budgetExpected), v.maxValue(1_000_000, budgetExpected)),
        ),
        v.description("The most one run may cost, in US dollars. Default: no limit."),
        v.examples([5]),
      ),
      timeout: v.pipe(
        v.optional(duration("a duration of at least 1s, such as 30m", 1000), defaults.timeout),
        v.description("How long a run waits for its jobs, waiting for nodes included. Not longer than the ttl."),
        v.examples(["30m"]),
      ),
      jobs: v.pipe(
        v.optional(v.array(v.pipe(v.string(jobExpected), v.nonEmpty(jobExpected)), "a list of job manifests"), []),
        v.description("Job manifests (batch/v1) to run, as paths relative to this file."),
        v.examples([["Karpenter/app-job.yml"]]),
      ),
      network: v.pipe(v.optional(networkSchema(), {}), v.description("The VPC.")),
      cluster: v.pipe(v.optional(clusterSchema(known), {}), v.description("The EKS cluster.")),
      github: v.pipe(
        v.optional(githubSchema()),
        v.description("A GitHub workflow that may deploy, without stored secrets. Default: none."),
      ),
      owner: v.pipe(
        v.optional(pattern(tagValue, "a name of up to 256 characters that AWS takes as a tag"), defaults.owner),
        v.description("Who answers for the environment: a team or a person. A tag on everything made."),
        v.examples(["ml-platform"]),
      ),
      tags: v.pipe(
        v.optional(tagsSchema(), {}),
        v.description("Further tags on everything made, for cost reports."),
        v.examples([{ "cost-center": "1234" }]),
      ),
      target: v.pipe(
        v.optional(oneOf(targetNames), defaults.target),
        v.description(
          "Where the environment lives: embedded on this machine (rehearsal), in an AWS account (aws), in a cluster that is there already (kubernetes).",
        ),
      ),
      aws: v.pipe(v.optional(awsSchema(), {}), v.description("The AWS account, with target aws.")),
      kubernetes: v.pipe(
        v.optional(kubernetesSchema(), {}),
        v.description("The cluster that is there already, with target kubernetes."),
      ),
      rehearsal: v.pipe(
        v.optional(rehearsalSchema(), {}),
        v.description("How the environment is rehearsed on this machine. Nothing here concerns AWS."),
      ),
    },
    "a mapping that starts with a name",
  );
}

const budgetExpected = "an amount of US dollars above 0, up to 1000000";
const jobExpected = "the path of a job manifest";

/** The file as it is after the checks and with its static defaults, before it is resolved. */
export type EnvironmentFile = v.InferOutput<ReturnType<typeof environmentSchema>>;
export type PoolFile = EnvironmentFile["pools"][string];

function poolsSchema(known: Known) {
  const name = pattern(
    /^[a-z]([a-z0-9-]{0,28}[a-z0-9])?$/,
    "a pool name of 1 to 30 lower-case letters, digits and hyphens",
  );
  return v.pipe(
    record(name, poolSchema(known), "a mapping of pool names to pools"),
    v.minEntries(1, "at least one pool"),
    v.maxEntries(20, "at most 20 pools"),
  );
}

function poolSchema(known: Known) {
  const familyNames = known.families.map((family) => family.name);
  const named = Object.keys(defaultFamilies).join(" and ");
  return mapping(
    {
      families: v.pipe(
        v.optional(
          v.pipe(
            v.array(
              v.pipe(v.string("an instance family"), v.values(familyNames, "an instance family")),
              "a list of instance families",
            ),
            v.minLength(1, "at least one instance family"),
          ),
        ),
        v.description(
          `EC2 instance families to choose from, either all with NVIDIA GPUs or all without. Pools called ${named} have a default.`,
        ),
        v.examples([["g4dn", "g5", "g6"]]),
      ),
      capacityTypes: v.pipe(
        v.optional(
          v.pipe(
            v.array(oneOf(["spot", "on-demand"]), "a list of spot and on-demand"),
            v.minLength(1, "spot, on-demand or both"),
          ),
          defaults.capacityTypes,
        ),
        v.description("How instances may be bought. With both, spot comes first and on-demand when there is none."),
      ),
      architectures: v.pipe(
        v.optional(
          v.pipe(
            v.array(oneOf(["amd64", "arm64"]), "a list of amd64 and arm64"),
            v.minLength(1, "amd64, arm64 or both"),
          ),
        ),
        v.description("Processor architectures. Default: those of the families."),
      ),
      limits: v.pipe(
        v.optional(limitsSchema()),
        v.description(
          "The most that may run at once; a resource left out is not limited. Default: 64 CPUs and 256Gi, or 4 GPUs where the pool has GPUs.",
        ),
      ),
      hold: v.pipe(
        v.optional(duration("a duration in whole seconds, such as 30s", 0)),
        v.description(
          "How long a node may be empty before it is released (Karpenter's consolidateAfter). Default: 30s, or 60s where the pool has GPUs.",
        ),
        v.examples(["30s", "5m"]),
      ),
      expireAfter: v.pipe(
        v.optional(duration("a duration of at least 5m, such as 720h", 300_000), defaults.expireAfter),
        v.description("The greatest age of a node (Karpenter's expireAfter)."),
      ),
    },
    "a mapping such as { families: [m7i] }",
  );
}

function limitsSchema() {
  return mapping(
    {
      cpu: v.pipe(
        v.optional(quantity("a number of CPUs, at least 1m", 0.001)),
        v.description("vCPUs."),
        v.examples([64]),
      ),
      memory: v.pipe(
        v.optional(quantity("an amount of memory such as 256Gi, at least 1Mi", 2 ** 20)),
        v.description("Memory, as a Kubernetes quantity."),
        v.examples(["256Gi"]),
      ),
      gpus: v.pipe(
        v.optional(whole(1, 10_000, "a whole number of GPUs, 1 or more")),
        v.description("NVIDIA GPUs (nvidia.com/gpu)."),
        v.examples([4]),
      ),
    },
    "a mapping of cpu, memory and gpus",
  );
}

function rehearsalSchema() {
  const { speed, runtime, seed } = defaults.rehearsal;
  return mapping(
    {
      speed: v.pipe(
        v.optional(
          v.pipe(v.number(speedExpected), v.minValue(1, speedExpected), v.maxValue(10_000, speedExpected)),
          speed,
        ),
        v.description("How many times faster than real time simulated delays pass. Jobs' own work is never sped up."),
      ),
      runtime: v.pipe(
        v.optional(oneOf(["auto", "process", "container"]), runtime),
        v.description(
          "How containers run: as processes of this machine, in Docker or podman, or as each pod's annotations say (auto).",
        ),
      ),
      seed: v.pipe(
        v.optional(whole(0, 2 ** 32 - 1, "a whole number from 0 to 4294967295"), seed),
        v.description("Seed of everything random: the same seed gives the same delays."),
      ),
      shortages: v.pipe(
        v.optional(v.array(pattern(shortagePattern, shortageExpected), "a list of shortages"), []),
        v.description(
          "Capacity that AWS is to have none of: capacity type, instance type and zone; `*` stands for all, a zone left out too.",
        ),
        v.examples([["spot g4dn.* us-east-1a", "* p5.48xlarge"]]),
      ),
      interruptSpotAfter: v.pipe(
        v.optional(duration("a duration of at least 1s, such as 20s", 1000)),
        v.description("Take the node of the first pod on spot capacity away this long after the pod started."),
        v.examples(["20s"]),
      ),
    },
    "a mapping such as { speed: 60 }",
  );
}

const speedExpected = "a number from 1 to 10000";
const shortageExpected = 'a shortage such as "spot g4dn.* us-east-1a"';
const shortagePattern = /^(spot|on-demand|\*) +(\*|[a-z][a-z0-9-]*\.(\*|[a-z0-9-]+))( +(\*|[a-z0-9-]+))?$/;

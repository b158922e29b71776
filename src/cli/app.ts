import { buildApplication, buildChoiceParser, buildCommand, buildRouteMap } from "@stricli/core";

import { awaitedNames } from "../kernel/vocabulary.ts";
import { adviseFlags } from "./advise/flags.ts";
import type { Context } from "./context.ts";
import { faultRoutes } from "./fault-routes.ts";
import {
  breakLockFlag,
  clusterFlags,
  detachFlag,
  fileFlag,
  initFlags,
  jobFlag,
  logFlags,
  outputFlag,
  pipelineFlags,
  placeFlags,
  releaseFlag,
  reportFlag,
  settingFlags,
  sweepFlags,
  sweepTargetFlag,
  targetFlag,
  upFlags,
  yesFlag,
} from "./flags.ts";
import { simulateFlags } from "./simulate/flags.ts";

// Implementations are imported when their command runs, so that --help and typos answer at once.

const init = buildCommand({
  loader: async () => (await import("./commands/init.ts")).init,
  parameters: { flags: { ...initFlags, ...outputFlag }, aliases: { o: "output", y: "yes" } },
  docs: {
    brief: "Write all that a repository needs to deploy by a GitHub workflow, and say what remains to do",
    fullDescription: `Writes aura.yaml, the workflows, the Terraform modules and Karpenter manifests they use, two jobs to begin with and
env.example, into the top folder of a git repository; then says which three commands remain. What no option says it asks,
on a terminal. Files that are there and differ are named, and stay unless somebody agrees or --force is given.

With --github-role it is only the roles that the workflows take on: Terraform to apply, or with --print what IAM takes.
Exit 2 when options are wrong or missing, or files in the way; 3 when the answer was no.`,
  },
});

const cycle = buildCommand({
  loader: async () => (await import("./commands/cycle.ts")).cycle,
  parameters: {
    flags: {
      ...fileFlag,
      ...jobFlag,
      ...reportFlag,
      ...settingFlags,
      keep: { kind: "boolean", default: false, withNegated: false, brief: "Leave the environment running at the end" },
      onInterrupt: {
        kind: "enum",
        values: ["ask", "destroy", "keep"],
        default: "ask",
        brief: "What Ctrl-C does: destroy everything, or keep it running",
      },
      ...detachFlag,
      ...yesFlag,
      ...outputFlag,
    },
    aliases: { f: "file", o: "output", j: "job", y: "yes" },
  },
  docs: { brief: "Deploy, run the jobs, collect, destroy: the whole life in one command" },
});

const up = buildCommand({
  loader: async () => (await import("./commands/up.ts")).up,
  parameters: {
    flags: { ...fileFlag, ...reportFlag, ...settingFlags, ...upFlags, ...detachFlag, ...yesFlag, ...outputFlag },
    aliases: { f: "file", o: "output", y: "yes" },
  },
  docs: {
    brief: "Deploy the environment and leave it running",
    fullDescription: `Deploys the environment and leaves it running. What is there already stays: called again, it goes on where it was.
With --until it stops after a step, with --plan it makes nothing.`,
  },
});

const run = buildCommand({
  loader: async () => (await import("./commands/run.ts")).run,
  parameters: {
    flags: {
      ...fileFlag,
      ...jobFlag,
      ...settingFlags,
      detach: {
        kind: "boolean",
        default: false,
        withNegated: false,
        brief: "Return when the jobs are submitted; aura collect brings home what has ended",
      },
      ...outputFlag,
    },
    aliases: { f: "file", o: "output", j: "job" },
  },
  docs: { brief: "Run jobs in the deployed environment and wait for them" },
});

const logs = buildCommand({
  loader: async () => (await import("./commands/logs.ts")).logs,
  parameters: {
    flags: { ...fileFlag, ...targetFlag, ...logFlags, ...outputFlag },
    // as tail, kubectl and docker have it; a file that is taken for a job is told of
    aliases: { f: "follow", o: "output" },
    positional: {
      kind: "tuple",
      parameters: [{ parse: String, optional: true, brief: "The job; default: all of the run", placeholder: "job" }],
    },
  },
  docs: { brief: "Show what the jobs' containers print, from the cluster or from the report" },
});

const collect = buildCommand({
  loader: async () => (await import("./commands/collect.ts")).collect,
  parameters: {
    flags: { ...fileFlag, ...targetFlag, ...releaseFlag, ...outputFlag },
    aliases: { f: "file", o: "output" },
  },
  docs: { brief: "Bring logs and outputs home and write the report" },
});

const wait = buildCommand({
  loader: async () => (await import("./commands/wait.ts")).wait,
  parameters: {
    flags: { ...fileFlag, ...settingFlags, ...outputFlag },
    aliases: { f: "file", o: "output" },
    positional: {
      kind: "tuple",
      parameters: [
        {
          parse: buildChoiceParser(awaitedNames),
          optional: true,
          brief: "jobs (default) or karpenter",
          placeholder: "what",
        },
      ],
    },
  },
  docs: { brief: "Wait for the jobs that were submitted, or for Karpenter to work" },
});

const outputs = buildCommand({
  loader: async () => (await import("./commands/outputs.ts")).outputs,
  parameters: {
    flags: {
      ...fileFlag,
      ...targetFlag,
      output: {
        kind: "enum",
        values: ["text", "json", "github"],
        default: "text",
        brief: "How to print it; github adds it to the file that GITHUB_OUTPUT names",
      },
    },
    aliases: { f: "file", o: "output" },
  },
  docs: { brief: "Show the deployed cluster's name, address, region and roles" },
});

const kubeconfig = buildCommand({
  loader: async () => (await import("./commands/kubeconfig.ts")).kubeconfig,
  parameters: { flags: { ...fileFlag, ...targetFlag, ...outputFlag }, aliases: { f: "file", o: "output" } },
  docs: { brief: "Let this machine reach the deployed cluster, and print its kubeconfig's path" },
});

const down = buildCommand({
  loader: async () => (await import("./commands/down.ts")).down,
  parameters: {
    flags: { ...fileFlag, ...targetFlag, ...detachFlag, ...breakLockFlag, ...yesFlag, ...outputFlag },
    aliases: { f: "file", o: "output", y: "yes" },
  },
  docs: { brief: "Destroy the environment and prove that nothing is left" },
});

const status = buildCommand({
  loader: async () => (await import("./commands/status.ts")).status,
  parameters: { flags: { ...fileFlag, ...targetFlag, ...outputFlag }, aliases: { f: "file", o: "output" } },
  docs: { brief: "Show what is deployed, what runs and what it costs" },
});

const doctor = buildCommand({
  loader: async () => (await import("./commands/doctor.ts")).doctor,
  parameters: { flags: { ...fileFlag, ...targetFlag, ...outputFlag }, aliases: { f: "file", o: "output" } },
  docs: { brief: "Look whether the environment can be deployed, and say what mends what is in the way" },
});

const report = buildCommand({
  loader: async () => (await import("./commands/report.ts")).report,
  parameters: {
    flags: {
      check: {
        kind: "enum",
        values: ["autoscaling"],
        optional: true,
        brief: "Exit 4 unless a node came up for each job, the job succeeded on it, and the node went away",
      },
      summary: {
        kind: "parsed",
        parse: String,
        optional: true,
        brief: "File to add the report to as Markdown, at most 1 MiB (default: $GITHUB_STEP_SUMMARY, if set)",
        placeholder: "file",
      },
      ...outputFlag,
    },
    aliases: { o: "output" },
    positional: {
      kind: "tuple",
      parameters: [{ parse: String, brief: "A report's folder, or its timeline.jsonl", placeholder: "dir" }],
    },
  },
  docs: { brief: "Write a report again from its timeline alone" },
});

const advise = buildCommand({
  loader: async () => (await import("./commands/advise.ts")).advise,
  parameters: {
    flags: { ...adviseFlags, ...outputFlag },
    aliases: { o: "output" },
    positional: {
      kind: "tuple",
      parameters: [
        { parse: String, optional: true, brief: "A report's folder, or its timeline.jsonl", placeholder: "timeline" },
      ],
    },
  },
  docs: {
    brief: "Find wasted GPU time and money, and say what to change",
    fullDescription: `Looks at a run's timeline, at a trace of jobs, or at what NVIDIA's DCGM exporter measured in a Prometheus: GPUs that do
nothing, hang, or are larger than their work, nodes without pods, on-demand capacity where spot would do. Each finding has
its evidence, what it costs, and the change to make. Nothing is changed, and nothing but its query is sent to Prometheus.

A token for Prometheus is taken from AURA_PROMETHEUS_TOKEN.`,
  },
});

const synth = buildCommand({
  loader: async () => (await import("./commands/synth.ts")).synth,
  parameters: {
    flags: {
      ...fileFlag,
      out: {
        kind: "parsed",
        parse: String,
        optional: true,
        brief: "Folder to write to; default: aura.yaml's",
        placeholder: "dir",
      },
      check: {
        kind: "boolean",
        default: false,
        withNegated: false,
        brief: "Write nothing; exit 2 when files on disk differ",
      },
      ...outputFlag,
    },
    aliases: { f: "file", o: "output" },
  },
  docs: { brief: "Write the Terraform modules and Karpenter manifests that aura.yaml becomes" },
});

const thumbprint = buildCommand({
  loader: async () => (await import("./commands/oidc-thumbprint.ts")).thumbprint,
  parameters: {
    flags: { ...outputFlag },
    aliases: { o: "output" },
    positional: {
      kind: "tuple",
      parameters: [{ parse: String, brief: "The issuer's URL", placeholder: "url" }],
    },
  },
  docs: { brief: "Show an OIDC issuer's CA thumbprint, which AWS no longer needs" },
});

const token = buildCommand({
  loader: async () => (await import("./commands/token.ts")).token,
  parameters: {
    flags: {
      cluster: { kind: "parsed", parse: String, brief: "The EKS cluster's name", placeholder: "name" },
      region: { kind: "parsed", parse: String, brief: "Its region", placeholder: "region" },
      profile: {
        kind: "parsed",
        parse: String,
        optional: true,
        brief: "Profile of ~/.aws/config",
        placeholder: "name",
      },
    },
  },
  docs: { brief: "A token for an EKS cluster, as kubectl asks for it; called by the kubeconfig of aura up" },
});

const pipeline = buildCommand({
  loader: async () => (await import("./commands/pipeline.ts")).pipeline,
  parameters: { flags: { ...pipelineFlags, ...outputFlag }, aliases: { o: "output", i: "input" } },
  docs: {
    brief: "Run the GitHub workflow's own steps on this machine, on rehearsed clusters",
    fullDescription: `Executes a workflow as GitHub would: conditions, needs, outputs, artifacts, time limits, cancels. Each job has a folder of
its own; what does not travel by an artifact is not there. Clusters live in .aura/.pipeline/cloud, as they would in the
account: what one run leaves deployed the next one destroys. Jobs run one after another.

Ctrl-C cancels the run as on GitHub: what runs always still runs. A second one ends everything at once. Exit 0 when every
job that was needed succeeded, 4 when one did not. A construct that is not known is refused.`,
  },
});

const sweep = buildCommand({
  loader: async () => (await import("./commands/sweep.ts")).sweep,
  parameters: {
    flags: { ...fileFlag, ...sweepTargetFlag, ...sweepFlags, ...yesFlag, ...outputFlag },
    aliases: { f: "file", o: "output", y: "yes" },
  },
  docs: {
    brief: "Find what environments left behind on AWS, and remove it",
    fullDescription: `Lists everything on AWS that an environment left behind: by two independent tags or names, never by one. Of what one
alone speaks for, the list says so; it is never removed.

Without --delete nothing is removed, and what is found is no failure: exit 0. With --delete it asks, removes, and looks
again: exit 0 when nothing is left, 3 when the answer was no, 5 when something is left. Kinds that could not be looked
for, for lack of permission say, always make it 5.`,
  },
});

const simulate = buildCommand({
  loader: async () => (await import("./commands/simulate.ts")).simulate,
  parameters: { flags: simulateFlags, aliases: { o: "output" } },
  docs: {
    brief: "What policies would have cost, and what jobs would have waited, on a trace",
    fullDescription: `Runs a trace of jobs through every policy that decides when idle nodes go and new ones come: Aura's, what other tools
do, the best fixed timer, and the optimum of who knows the future. Jobs wait for nodes, so that later work shifts. A
trace of request rates is recognised, and served instead. Deterministic: the same options give the same figures.

Nothing is launched and nothing written but with --report. Exit 2 when the trace or an option cannot be used; rows of a
trace that cannot are counted and named.`,
  },
});

const serve = buildCommand({
  loader: async () => (await import("./commands/serve.ts")).serve,
  parameters: {
    flags: { data: { kind: "parsed", parse: String, brief: "The server's data folder", placeholder: "dir" } },
  },
  docs: { brief: "The embedded cluster's server process; started by aura up" },
});

const start = buildCommand({
  loader: async () => (await import("./commands/rehearsal-start.ts")).start,
  parameters: {
    flags: { ...placeFlags, ...clusterFlags, ...outputFlag },
    aliases: { f: "file", o: "output", d: "detach" },
  },
  docs: { brief: "Start a cluster that stays, for kubectl, helm and any other client" },
});

const stop = buildCommand({
  loader: async () => (await import("./commands/rehearsal-stop.ts")).stop,
  parameters: { flags: { ...placeFlags, ...outputFlag }, aliases: { f: "file", o: "output" } },
  docs: { brief: "End the cluster and the processes of its pods; its state is kept" },
});

const clusterStatus = buildCommand({
  loader: async () => (await import("./commands/rehearsal-status.ts")).status,
  parameters: { flags: { ...placeFlags, ...outputFlag }, aliases: { f: "file", o: "output" } },
  docs: { brief: "Show whether the cluster runs, what is in it, and what of it is simulated" },
});

const reset = buildCommand({
  loader: async () => (await import("./commands/rehearsal-reset.ts")).reset,
  parameters: {
    flags: { ...placeFlags, ...yesFlag, ...outputFlag },
    aliases: { f: "file", o: "output", y: "yes" },
  },
  docs: { brief: "Delete the cluster's state, and start it anew if it runs" },
});

const rehearsal = buildRouteMap({
  routes: { start, stop, status: clusterStatus, reset, fault: faultRoutes(), serve },
  docs: { brief: "A long-living embedded cluster for any Kubernetes client", hideRoute: { serve: true } },
});

const root = buildRouteMap({
  routes: {
    init,
    cycle,
    up,
    run,
    wait,
    logs,
    collect,
    down,
    status,
    outputs,
    kubeconfig,
    doctor,
    report,
    advise,
    synth,
    simulate,
    pipeline,
    sweep,
    oidcThumbprint: thumbprint,
    token,
    rehearsal,
  },
  docs: {
    brief: "A GPU for a job, and nothing left running: deploy, run, collect, destroy",
    hideRoute: { token: true },
  },
});

export function buildApp(version: string) {
  return buildApplication<Context>(root, {
    name: "aura",
    versionInfo: { currentVersion: version },
    scanner: { caseStyle: "allow-kebab-for-camel" },
    documentation: { useAliasInUsageLine: true },
  });
}

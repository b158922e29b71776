import { appendFile } from "node:fs/promises";
import { delimiter } from "node:path";

import { loadKubeconfig } from "../../cluster/kubeconfig.ts";
import { columns } from "../../kernel/text.ts";
import { noEnvironment } from "../../lifecycle/session.ts";
import type { Target } from "../../lifecycle/target.ts";
import type { Environment } from "../../spec/environment.ts";
import { type CommandResult, perform } from "../command.ts";
import type { Context } from "../context.ts";
import type { TargetFlags } from "../flags.ts";
import { loadDeployed } from "../load.ts";
import { type Opened, withSession } from "../open.ts";

interface OutputsFlags extends TargetFlags {
  readonly file: string;
  readonly output: "text" | "json" | "github";
}

/** `aura outputs`: what is known of the cluster, for people, for programs, or for the steps of a workflow. */
export async function outputs(this: Context, flags: OutputsFlags): Promise<void> {
  const output = flags.output === "json" ? "json" : "text";
  await perform(this, { output }, async () => {
    const environment = await loadDeployed(this, flags.file, flags);
    if (environment === undefined) throw noEnvironment("here");
    const values = await withSession(this, environment, { begin: false }, (opened) => valuesOf(environment, opened));
    if (flags.output === "github") return forWorkflow(this, values);
    return { data: { ok: true, ...values }, stdout: columns(Object.entries(values)), text: "" };
  });
}

async function valuesOf(environment: Environment, { session, target, interrupts, confirm }: Opened) {
  const { observe, facts } = session;
  const own = (await target.outputs?.({ ...facts, observe, confirm }, interrupts.stop)) ?? {
    region: environment.region,
    ...(await clusterOutputs(target, environment)),
  };
  const { kubeconfig } = target;
  return { environment: environment.name, run: session.run.run, target: target.name, ...own, kubeconfig };
}

async function clusterOutputs({ kubeconfig }: Target, { kubernetes }: Environment): Promise<Record<string, string>> {
  const config = await loadKubeconfig({ paths: kubeconfig.split(delimiter), context: kubernetes.context });
  const cluster = config.getCurrentCluster();
  return cluster === null ? {} : { cluster_name: cluster.name, cluster_endpoint: cluster.server };
}

/** A line for each, in the file that GitHub names; on stdout where there is none. */
async function forWorkflow({ process }: Context, values: Readonly<Record<string, string>>): Promise<CommandResult> {
  const lines = Object.entries(values).map(([name, value]) => `${name}=${value}`);
  const file = process.env["GITHUB_OUTPUT"];
  if (file === undefined || file === "") return { data: {}, stdout: lines.join("\n"), text: "" };
  await appendFile(file, `${lines.join("\n")}\n`);
  return { data: {}, text: columns(Object.entries(values)) };
}

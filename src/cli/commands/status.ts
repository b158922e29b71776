import { dirname, resolve } from "node:path";

import type { ObjectApi } from "../../cluster/api.ts";
import type { Job } from "../../cluster/objects.ts";
import type { Clock } from "../../kernel/clock.ts";
import { messageOf } from "../../kernel/failure.ts";
import { refuseLocked } from "../../kernel/lock.ts";
import { columns, humanDuration, humanUsd } from "../../kernel/text.ts";
import { connection } from "../../lifecycle/connection.ts";
import { environmentNames } from "../../lifecycle/deployed.ts";
import { type OpenRun, openRun, readJournal } from "../../lifecycle/journal.ts";
import { kinds } from "../../lifecycle/kinds.ts";
import { runLabel } from "../../lifecycle/labels.ts";
import { environmentPaths } from "../../lifecycle/paths.ts";
import { presentNodes } from "../../lifecycle/present-nodes.ts";
import { readTimeline } from "../../lifecycle/run-timeline.ts";
import { type Scope, scopeOf } from "../../lifecycle/scope.ts";
import type { Target } from "../../lifecycle/target.ts";
import type { Environment } from "../../spec/environment.ts";
import { spentUsd } from "../../timeline/model.ts";
import { type CommandResult, perform } from "../command.ts";
import type { Context } from "../context.ts";
import { failureOf } from "../errors.ts";
import type { FileFlags, TargetFlags } from "../flags.ts";
import { loadDeployed } from "../load.ts";
import { targetOf } from "../targets/target-of.ts";

/** `aura status`: what is deployed, what runs, what it has cost so far. Takes no lock: it works while others do. */
export async function status(this: Context, flags: FileFlags & TargetFlags): Promise<void> {
  await perform(this, flags, async () => {
    const environment = await loadDeployed(this, flags.file, flags);
    const run = environment && openRun(await readJournal(journalPath(environment)));
    if (environment === undefined || run === undefined) return nothing(await busyText(this, flags.file));
    return describe(await targetOf(this, environment), environment, run, this.clock);
  });
}

function journalPath({ directory, name }: Environment): string {
  return environmentPaths(directory, name).journal;
}

function nothing(busy: string | undefined): CommandResult {
  const text = busy === undefined ? "nothing is deployed\n  next   aura up" : `nothing is deployed yet: ${busy}`;
  return { data: { ok: true, environment: null }, text };
}

/** What a command that has just begun holds: a deploy looks around before it makes anything. */
async function busyText({ cwd, host }: Context, file: string): Promise<string | undefined> {
  const directory = dirname(resolve(cwd, file));
  for (const name of await environmentNames(directory)) {
    const locked = await failureOf(() => refuseLocked({ path: environmentPaths(directory, name).lock, host }));
    if (locked !== undefined) return messageOf(locked);
  }
  return undefined;
}

async function describe(target: Target, environment: Environment, run: OpenRun, clock: Clock): Promise<CommandResult> {
  const link = connection(target, clock);
  const api = await link.api();
  const now = await link.time();
  const data = {
    ok: api !== undefined,
    environment: environment.name,
    target: target.name,
    run: run.run,
    reachable: api !== undefined,
    ageSeconds: Math.round((now - run.begunAt) / 1000),
    ttlSeconds: environment.ttlMs / 1000,
    usd: spentUsd((await readTimeline(run.reportDir)) ?? [], now),
    jobs: api === undefined ? [] : await jobsOf(api, run),
    nodes: api === undefined ? [] : await nodesOf(api, target, scopeOf(target, environment.name, run.run)),
    simulated: target.simulated,
  };
  return { data, text: statusText(data, now - run.begunAt, environment.ttlMs) };
}

async function jobsOf(api: ObjectApi, { run }: OpenRun) {
  const { items } = await api.list<Job>({ ...kinds.job, labelSelector: `${runLabel}=${run}` });
  return items.map((job) => ({ name: job.metadata.name ?? "", status: stateOf(job) }));
}

async function nodesOf(api: ObjectApi, target: Target, scope: Scope) {
  // without them a node has no price, which is no reason to say nothing of it
  await target.prices?.().catch(() => undefined);
  const nodes = await presentNodes(api, scope, target.nodePrice);
  return nodes.map(({ name, instanceType, capacityType, usdPerHour }) => ({
    name,
    instanceType: instanceType ?? null,
    capacityType: capacityType ?? null,
    usdPerHour: usdPerHour ?? null,
  }));
}

function stateOf({ status: state }: Job): string {
  const ended = state?.conditions?.find(
    (condition) => condition.status === "True" && /^(Complete|Failed)$/.test(condition.type),
  );
  if (ended !== undefined) return ended.type === "Complete" ? "succeeded" : "failed";
  return (state?.active ?? 0) > 0 ? "active" : "pending";
}

interface StatusData {
  readonly environment: string;
  readonly target: string;
  readonly run: string;
  readonly reachable: boolean;
  readonly usd: number;
  readonly simulated: readonly string[];
  readonly jobs: readonly { readonly name: string; readonly status: string }[];
  readonly nodes: readonly {
    readonly name: string;
    readonly instanceType: string | null;
    readonly capacityType: string | null;
    /** Null where nobody knows it, or nothing was launched yet. */
    readonly usdPerHour: number | null;
  }[];
}

function statusText(data: StatusData, ageMs: number, ttlMs: number): string {
  const state = data.reachable ? "is up" : "was deployed, but its cluster does not answer";
  const left = ttlMs - ageMs;
  const life = left > 0 ? `${humanDuration(left)} to live` : "past its time to live";
  const rows = [
    ...data.jobs.map(({ name, status }) => ["job", name, status, ""]),
    ...data.nodes.map((node) => [
      "node",
      node.name,
      `${node.instanceType ?? "launching"} ${node.capacityType ?? ""}`.trim(),
      priceText(node),
    ]),
  ];
  return [
    `${data.environment} (${data.target}) ${state}`,
    `  run    ${data.run}, ${humanDuration(ageMs)} old, ${life}, ${spentText(data)} so far`,
    ...(rows.length === 0
      ? []
      : columns(rows)
          .split("\n")
          .map((line) => `  ${line}`)),
    ...(data.simulated.length === 0
      ? []
      : [`  note   much is simulated; what: aura rehearsal status --name ${data.environment}`]),
    `  next   ${data.reachable ? "aura run, aura collect, aura down" : "aura up (again), or aura down"}`,
  ].join("\n");
}

/** Nodes whose price nobody knows are not in the sum. */
function spentText({ usd, nodes }: StatusData): string {
  const isPartial = nodes.some(({ instanceType, usdPerHour }) => instanceType !== null && usdPerHour === null);
  return isPartial ? `at least ${humanUsd(usd)}` : humanUsd(usd);
}

function priceText({ instanceType, usdPerHour }: StatusData["nodes"][number]): string {
  if (usdPerHour !== null) return `${humanUsd(usdPerHour)}/h`;
  return instanceType === null ? "" : "price unknown";
}

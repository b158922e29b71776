import type { Job } from "../../cluster/objects.ts";
import { columns, humanDuration, humanUsd } from "../../kernel/text.ts";
import type { Session } from "../../lifecycle/session.ts";
import { spentUsd } from "../../timeline/model.ts";
import { type CommandResult, perform } from "../command.ts";
import type { Context } from "../context.ts";
import type { FileFlags } from "../flags.ts";
import { loadDeployed } from "../load.ts";
import { withSession } from "../open.ts";

/** `aura status`: what is deployed, what runs, what it has cost so far. */
export async function status(this: Context, flags: FileFlags): Promise<void> {
  await perform(this, flags, async () => {
    const environment = await loadDeployed(this, flags.file);
    if (environment === undefined) return nothing();
    return withSession(this, environment, { begin: false }, async ({ session }) => describe(session));
  });
}

function nothing(): CommandResult {
  return { data: { ok: true, environment: null }, text: "nothing is deployed\n  next   aura up" };
}

async function describe(session: Session): Promise<CommandResult> {
  const { environment, target } = session.options;
  const reachable = (await session.api()) !== undefined;
  const recorder = reachable ? await session.record() : undefined;
  const now = await session.time();
  const ageMs = now - session.run.begunAt;
  const usd = spentUsd(session.entries, now);
  const jobs = [...(recorder?.jobs.values() ?? [])].map((job) => ({
    name: job.metadata.name ?? "",
    status: stateOf(job),
  }));
  const nodes = [...(recorder?.nodeClaims.values() ?? [])].map(({ metadata }) => ({
    name: metadata.name ?? "",
    instanceType: metadata.labels?.["node.kubernetes.io/instance-type"] ?? null,
    capacityType: metadata.labels?.["karpenter.sh/capacity-type"] ?? null,
    usdPerHour: Number(metadata.annotations?.["aura.dev/usd-per-hour"] ?? 0),
  }));
  const data = {
    ok: reachable,
    environment: environment.name,
    target: target.name,
    run: session.run.run,
    reachable,
    ageSeconds: Math.round(ageMs / 1000),
    ttlSeconds: environment.ttlMs / 1000,
    usd,
    jobs,
    nodes,
  };
  return { data, text: statusText(data, ageMs, environment.ttlMs) };
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
  readonly jobs: readonly { readonly name: string; readonly status: string }[];
  readonly nodes: readonly {
    readonly name: string;
    readonly instanceType: string | null;
    readonly capacityType: string | null;
    readonly usdPerHour: number;
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
      `${humanUsd(node.usdPerHour)}/h`,
    ]),
  ];
  return [
    `${data.environment} (${data.target}) ${state}`,
    `  run    ${data.run}, ${humanDuration(ageMs)} old, ${life}, ${humanUsd(data.usd)} so far`,
    ...(rows.length === 0
      ? []
      : columns(rows)
          .split("\n")
          .map((line) => `  ${line}`)),
    `  next   ${data.reachable ? "aura run, aura collect, aura down" : "aura up (again), or aura down"}`,
  ].join("\n");
}

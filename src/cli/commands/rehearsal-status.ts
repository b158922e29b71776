import { timestamp } from "../../kernel/clock.ts";
import { columns, count, humanDuration, humanUsd } from "../../kernel/text.ts";
import { faultText } from "../../rehearsal/faults/fault-text.ts";
import { serverFiles } from "../../rehearsal/server-files.ts";
import type { StorageReport } from "../../rehearsal/storage/storage.ts";
import { perform } from "../command.ts";
import type { Context } from "../context.ts";
import type { OutputFlags } from "../flags.ts";
import { type ClusterState, clusterState, type LiveState } from "../rehearsal/cluster-state.ts";
import { type Place, type PlaceFlags, placeOf, shellWord } from "../rehearsal/place.ts";

/** `aura rehearsal status`: whether it runs, what is in it, and what of it is simulated. Takes no lock. */
export async function status(this: Context, flags: PlaceFlags & OutputFlags): Promise<void> {
  await perform(this, flags, async () => {
    const place = await placeOf(this, flags);
    const found = await clusterState(this, place);
    return { data: statusData(place, found), text: statusText(place, found, this.clock.now()) };
  });
}

function statusData({ dataDir, name }: Place, { state, record, speed, live, likeness }: ClusterState): object {
  return {
    ok: state !== "silent",
    state,
    running: state === "running",
    data: dataDir,
    ...(record && {
      pid: record.pid,
      url: record.url,
      kubeconfig: serverFiles(dataDir).kubeconfig,
      context: `aura-${name}`,
      since: record.since,
    }),
    ...(live && {
      clock: { now: timestamp(live.now), pace: live.pace, speed },
      objects: live.objects,
      nodes: live.nodes,
      usd: totalUsd(live),
      storage: live.storage ?? null,
      faults: live.faults,
    }),
    ...(likeness && { likeness }),
  };
}

function totalUsd({ nodes }: LiveState): number {
  return nodes.reduce((total, { usd }) => total + usd, 0);
}

const heads = {
  running: "runs",
  silent: "has a process, but does not answer",
  stopped: "is stopped; its state is kept",
  killed: "was killed; its state is kept",
  none: "was not started yet",
};

const nexts = { running: "stop", silent: "stop", stopped: "start", killed: "start", none: "start" };

function statusText(place: Place, found: ClusterState, now: number): string {
  const { state, record, speed = 1, live, likeness } = found;
  const sections = [
    ["data", [place.dataDir]],
    [
      "server",
      record ? [`${record.url}, process ${record.pid}, for ${humanDuration(now - Date.parse(record.since))}`] : [],
    ],
    ["use", record ? [`export KUBECONFIG=${shellWord(serverFiles(place.dataDir).kubeconfig)}`] : []],
    ...(live ? liveSections(live, speed) : []),
    ["simulated", likeness?.simulated ?? []],
    ["real", likeness?.real ?? []],
    ["left out", likeness?.leftOut ?? []],
    ["next", [place.command(nexts[state])]],
  ] as const;
  const lines = sections.flatMap(([label, rows]) =>
    rows.map((row, index) => `  ${(index === 0 ? label : "").padEnd(10)} ${row}`),
  );
  return [`the cluster ${heads[state]}`, ...lines].join("\n");
}

function liveSections(live: LiveState, speed: number): [string, string[]][] {
  const { now, pace, objects, nodes, storage, faults } = live;
  return [
    ["clock", [`${timestamp(now)}, pace ${pace} now, ${speed} while only simulated delays are awaited`]],
    ["objects", [objects.map(({ kind, count: number }) => `${number} ${kind}`).join(", ")]],
    ["nodes", nodes.length === 0 ? ["none but the system's"] : nodeRows(live)],
    ["storage", storage === undefined ? [] : storageRows(storage)],
    ["faults", faults.some(({ active }) => active) ? faults.filter(({ active }) => active).map(faultText) : ["none"]],
  ];
}

function nodeRows(live: LiveState): string[] {
  const rows = live.nodes.map((node) => [
    node.name,
    `${node.instanceType} ${node.capacityType} ${node.zone}`,
    node.state,
    `${humanUsd(node.usdPerHour)}/h`,
    humanUsd(node.usd),
  ]);
  return [
    ...columns(rows).split("\n"),
    `${count(live.nodes.length, "node")}, ${humanUsd(totalUsd(live))} on AWS so far`,
  ];
}

function storageRows({ generation, logBytes, snapshotBytes, policy, problems, readOnly }: StorageReport): string[] {
  const size = (bytes: number) => `${(bytes / 1024).toFixed(1)} KiB`;
  const snapshot = snapshotBytes === 0 ? "no snapshot by this process yet" : `last snapshot ${size(snapshotBytes)}`;
  return [
    `log ${size(logBytes)} in generation ${generation}, ${snapshot}`,
    policy,
    ...problems.map((problem) => `repaired: ${problem}`),
    ...(readOnly === undefined ? [] : [`nothing can be written: ${readOnly}`]),
  ];
}

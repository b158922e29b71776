import { type ClusterVersionInformation, paginateDescribeClusterVersions } from "@aws-sdk/client-eks";

import { type Account, isOwn } from "./account.ts";
import type { Finding } from "./finding.ts";

const day = 86_400_000;
/** So many days before its support ends, a version is warned of. */
const noticeDays = 60;

/** Whether EKS offers the version, and at the price of standard support. A cluster that has it already goes on. */
export async function versionFindings(account: Account, now: number): Promise<Finding[]> {
  const { clients, environment } = account;
  const { version } = environment.cluster;
  const versions: ClusterVersionInformation[] = [];
  for await (const page of paginateDescribeClusterVersions({ client: clients.eks }, {})) {
    versions.push(...(page.clusterVersions ?? []));
  }
  const found = finding(version, versions, now);
  return [found.status === "problem" && (await hasIt(account)) ? { ...found, status: "warning" } : found];
}

async function hasIt({ cluster, environment }: Account): Promise<boolean> {
  const there = await cluster().catch(() => undefined);
  return isOwn(there, environment) && there?.version === environment.cluster.version;
}

function finding(version: string, versions: readonly ClusterVersionInformation[], now: number): Finding {
  const found = versions.find(({ clusterVersion }) => clusterVersion === version);
  const standard = versions.filter((one) => isStandard(one) && one.clusterVersion !== version);
  const others = standard.map(({ clusterVersion = "" }) => clusterVersion).sort(byNumber);
  const fix = `cluster: { version: "${others.at(-1) ?? "…"}" } in aura.yaml (in standard support: ${others.join(", ") || "none"})`;
  const at = {
    group: "region",
    check: "Kubernetes",
    value: found?.versionStatus ?? "unknown",
    needed: "STANDARD_SUPPORT",
  };
  if (found === undefined) return { ...at, status: "problem", says: `EKS offers no version ${version}`, fix };
  if (!isStandard(found)) {
    const why = "a control plane costs 0.60 USD an hour there instead of 0.10";
    return { ...at, status: "problem", says: `${version} is in extended support`, why, fix };
  }
  const ends = found.endOfStandardSupportDate;
  const says = `${version}, in standard support${ends ? ` until ${ends.toISOString().slice(0, 10)}` : ""}`;
  const days = ends === undefined ? Number.POSITIVE_INFINITY : Math.floor((ends.getTime() - now) / day);
  if (days >= noticeDays) return { ...at, status: "ok", says };
  return {
    ...at,
    status: "warning",
    says: `${says}, which is in ${days} days`,
    why: "extended support costs six times as much",
    fix,
  };
}

function isStandard({ versionStatus, status }: ClusterVersionInformation): boolean {
  return versionStatus === undefined ? status === "standard-support" : versionStatus === "STANDARD_SUPPORT";
}

function byNumber(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}

import type { Condition } from "../../cluster/objects.ts";

type Row = readonly [says: RegExp, means: (found: RegExpExecArray) => string];

// the codes of EC2's fleets that Karpenter takes for a want of capacity, and what else keeps it from asking (AWS provider 1.14)
const rows: readonly Row[] = [
  [
    /sufficient (\S+) capacity in the Availability Zone you requested \(([^)]+)\)/g,
    ([, type, zone]) => `EC2 has no ${type} left in ${zone}`,
  ],
  [
    /InsufficientInstanceCapacity(?!: We currently do not have sufficient \S+ capacity in the Availability Zone you requested \([^)]+\))|UnfulfillableCapacity/g,
    () => "EC2 has no such instance left now",
  ],
  [
    /VcpuLimitExceeded(?:: You have requested more vCPU capacity than your current vCPU limit of (\d+))?/g,
    ([, limit]) =>
      `the account's quota${limit === undefined ? "" : ` of ${limit} vCPUs`} for such instances is used up: aura doctor says which to raise`,
  ],
  [
    /MaxSpotInstanceCountExceeded/g,
    () => "the account's spot quota for such instances is used up: aura doctor says which to raise",
  ],
  [/MaxFleetCountExceeded/g, () => "the account's quota of fleets is used up"],
  [/InsufficientFreeAddressesInSubnet/g, () => "its subnet has no free addresses left"],
  [/ReservationCapacityExceeded/g, () => "the capacity reservation is used up"],
  [/PendingVerification/g, () => "AWS is still verifying the account for this region"],
  [/\bUnsupported:/g, () => "EC2 does not offer such an instance in that zone"],
  [
    /ServiceLinkedRoleCreationNotPermitted/g,
    () =>
      "spot instances need a role that the account does not have: aws iam create-service-linked-role --aws-service-name spot.amazonaws.com",
  ],
  [
    /all requested instance types were unavailable/g,
    () => "every instance type that fits was out of capacity a moment ago",
  ],
  [/resolving nodeclass,.*not found|Failed resolving NodeClass/g, () => "its pool's EC2NodeClass does not exist"],
  [/NodeClassRef not ready, (.*)$/g, ([, why]) => `its pool's EC2NodeClass is not ready: ${why}`],
];

/** Why a node was not launched, in plain words: each cause once. What is not known is told as it is. */
export function launchWords(message: string): string {
  const found = rows.flatMap(([says, means]) => [...message.matchAll(says)].map(means));
  const said = message.replace(/^NodeClaim \S+ event: /, "");
  return found.length === 0 ? said : [...new Set(found)].join("; ");
}

/** Events of a NodeClaim that say that its node will not come, or goes before it is ready. */
export const endings: Readonly<Record<string, string>> = {
  SpotInterrupted: "EC2 takes its spot instance back before it was ready",
  CapacityReservationInstanceInterrupted: "EC2 takes its reserved instance back before it was ready",
  InstanceStopping: "its instance was stopped before it was ready",
  InstanceTerminating: "its instance was terminated before it was ready",
  InstanceUnhealthy: "its instance is unhealthy, and is replaced",
};

/** What a NodeClaim's conditions say of why its node is not there; undefined where it only takes its time. */
export function conditionWords(condition: Condition | undefined): string | undefined {
  const { type, status = "True", reason = "", message = "" } = condition ?? {};
  if (status === "True" || /^(AwaitingReconciliation|)$/.test(reason)) return undefined;
  if (type === "Launched")
    return `its node cannot be launched: ${reason === "LaunchFailed" ? launchWords(message) : message}`;
  if (type !== "Initialized") return undefined;
  const thing = /"([^"]+)"/.exec(message)?.[1];
  if (reason === "ResourceNotRegistered")
    return `its node is up, but offers no ${thing} yet: the device plugin is not ready there, or not let in by the node's taints`;
  if (reason === "StartupTaintsExist")
    return `its node is up, but keeps the startup taint${thing === undefined ? "" : ` ${thing}`}`;
  return undefined;
}

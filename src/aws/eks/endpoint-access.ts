import { DescribeUpdateCommand, UpdateClusterConfigCommand } from "@aws-sdk/client-eks";

import { cidrsOverlap, parseCidr } from "../../kernel/cidr.ts";
import type { Clock } from "../../kernel/clock.ts";
import { Failure } from "../../kernel/failure.ts";
import { waitUntil } from "../../kernel/wait.ts";
import type { AwsClients } from "../clients.ts";
import { errorName } from "../errors.ts";
import { describeCluster, type EksCluster } from "./cluster.ts";

/** EKS takes 40 ranges. */
const mostRanges = 40;
const updateTimeoutMs = 20 * 60_000;

/** Whether a range is inside one of these. */
export function isCovered(range: string, ranges: readonly string[]): boolean {
  const one = parseCidr(range);
  return (
    one !== undefined &&
    ranges.some((text) => {
      const other = parseCidr(text);
      return other !== undefined && other.prefix <= one.prefix && cidrsOverlap(one, other);
    })
  );
}

/** The ranges that may reach a cluster that is deployed from here: those asked for, and this machine where none covers it. */
export function accessRanges(asked: readonly string[], own: string | undefined): string[] {
  return own === undefined || isCovered(own, asked) ? [...asked] : [...asked, own];
}

interface OpenOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Lets this machine reach a cluster's public endpoint, which a machine before it (another job of a pipeline, another
 * desk) was let in to: its own range is added, and the update waited for, which takes minutes. Leaves a cluster alone
 * that has no public endpoint, or lets this machine in already. Returns whether anything was changed.
 */
export async function openEndpoint(
  clients: AwsClients,
  cluster: EksCluster,
  own: string,
  { clock, signal }: OpenOptions,
): Promise<boolean> {
  if (!cluster.publicEndpoint || isCovered(own, cluster.publicCidrs)) return false;
  const wait = { clock, signal, time: async () => clock.now(), timeoutMs: updateTimeoutMs, pauseMs: 5000 };
  const id = await waitUntil({ ...wait, what: `another update of cluster ${cluster.name}` }, () =>
    addRange(clients, cluster.name, own),
  );
  if (id === nothingToDo) return false;
  await waitUntil({ ...wait, what: `the API of ${cluster.name} to let ${own} in` }, async () => {
    const { update } = await clients.eks.send(new DescribeUpdateCommand({ name: cluster.name, updateId: id }));
    if (update?.status === "Failed" || update?.status === "Cancelled") throw refused(cluster.name, own, update.errors);
    return update?.status === "Successful" ? true : undefined;
  });
  return true;
}

/** In place of an update's id: the update that was waited for has let this machine in. */
const nothingToDo = "";

/** The update's id; undefined while another update is under way. */
async function addRange(clients: AwsClients, name: string, own: string): Promise<string | undefined> {
  const { publicCidrs = [] } = (await describeCluster(clients, name)) ?? {};
  // to be asked for what is there already is an error to EKS
  if (isCovered(own, publicCidrs)) return nothingToDo;
  // the oldest give way: they are machines of pipelines that are long gone
  const publicAccessCidrs = [...publicCidrs.filter((range) => range !== own), own].slice(-mostRanges);
  try {
    const { update } = await clients.eks.send(
      new UpdateClusterConfigCommand({ name, resourcesVpcConfig: { publicAccessCidrs } }),
    );
    return update?.id;
  } catch (error) {
    if (errorName(error) === "ResourceInUseException") return undefined;
    throw error;
  }
}

function refused(name: string, own: string, errors: readonly { errorMessage?: string | undefined }[] = []): Failure {
  return new Failure("AWS_DENIED", `EKS does not let ${own} reach the API of ${name}`, {
    problems: errors.flatMap(({ errorMessage }) => errorMessage ?? []),
    fix: `aws eks update-cluster-config --name ${name} --resources-vpc-config publicAccessCidrs=${own}`,
  });
}

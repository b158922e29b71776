import { type Cluster, DescribeClusterCommand } from "@aws-sdk/client-eks";

import type { AwsClients } from "../clients.ts";
import { isMissing } from "../errors.ts";

/** What is known of an EKS cluster. */
export interface EksCluster {
  readonly name: string;
  readonly arn: string;
  /** `ACTIVE`, `CREATING`, `DELETING`, `FAILED`, `UPDATING`. */
  readonly status: string;
  readonly version: string;
  /** Undefined until it has one. */
  readonly endpoint: string | undefined;
  /** Base64 of PEM. */
  readonly certificateAuthority: string | undefined;
  readonly publicEndpoint: boolean;
  /** Ranges that may reach the public endpoint. */
  readonly publicCidrs: readonly string[];
  readonly vpcId: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

/** Asks for a cluster; undefined when there is none of that name. */
export async function describeCluster({ eks }: AwsClients, name: string): Promise<EksCluster | undefined> {
  try {
    const { cluster } = await eks.send(new DescribeClusterCommand({ name }));
    return cluster && known(name, cluster);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function known(name: string, cluster: Cluster): EksCluster {
  const { resourcesVpcConfig: network } = cluster;
  return {
    name,
    arn: cluster.arn ?? "",
    status: cluster.status ?? "",
    version: cluster.version ?? "",
    endpoint: cluster.endpoint,
    certificateAuthority: cluster.certificateAuthority?.data,
    publicEndpoint: network?.endpointPublicAccess ?? false,
    publicCidrs: network?.publicAccessCidrs ?? [],
    vpcId: network?.vpcId,
    tags: cluster.tags ?? {},
  };
}

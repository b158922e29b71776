import type { Kind } from "./kind.ts";
import { addresses } from "./kinds/addresses.ts";
import { classicLoadBalancers } from "./kinds/classic-load-balancers.ts";
import { clusters } from "./kinds/clusters.ts";
import { eventRules } from "./kinds/event-rules.ts";
import { fargateProfiles } from "./kinds/fargate-profiles.ts";
import { flowLogs } from "./kinds/flow-logs.ts";
import { instanceProfiles } from "./kinds/instance-profiles.ts";
import { instances } from "./kinds/instances.ts";
import { internetGateways } from "./kinds/internet-gateways.ts";
import { keyAliases } from "./kinds/key-aliases.ts";
import { keys } from "./kinds/keys.ts";
import { launchTemplates } from "./kinds/launch-templates.ts";
import { loadBalancers } from "./kinds/load-balancers.ts";
import { logGroups } from "./kinds/log-groups.ts";
import { natGateways } from "./kinds/nat-gateways.ts";
import { networkInterfaces } from "./kinds/network-interfaces.ts";
import { nodeGroups } from "./kinds/node-groups.ts";
import { oidcProviders } from "./kinds/oidc-providers.ts";
import { policies } from "./kinds/policies.ts";
import { queues } from "./kinds/queues.ts";
import { roles } from "./kinds/roles.ts";
import { routeTables } from "./kinds/route-tables.ts";
import { securityGroups } from "./kinds/security-groups.ts";
import { snapshots } from "./kinds/snapshots.ts";
import { spotRequests } from "./kinds/spot-requests.ts";
import { subnets } from "./kinds/subnets.ts";
import { targetGroups } from "./kinds/target-groups.ts";
import { volumes } from "./kinds/volumes.ts";
import { vpcEndpoints } from "./kinds/vpc-endpoints.ts";
import { vpcs } from "./kinds/vpcs.ts";

/** Everything that an environment may leave behind, in the order in which it can go: what holds others goes first. */
export const kinds: readonly Kind[] = [
  // What makes instances, then these, then what they use
  spotRequests,
  nodeGroups,
  fargateProfiles,
  instances,
  loadBalancers,
  classicLoadBalancers,
  targetGroups,
  clusters,
  // The network, from its ends to the VPC
  vpcEndpoints,
  natGateways,
  flowLogs,
  networkInterfaces,
  volumes,
  snapshots,
  launchTemplates,
  securityGroups,
  addresses,
  internetGateways,
  subnets,
  routeTables,
  vpcs,
  // What has a name and hangs on nothing
  eventRules,
  queues,
  logGroups,
  keyAliases,
  keys,
  oidcProviders,
  instanceProfiles,
  roles,
  policies,
];

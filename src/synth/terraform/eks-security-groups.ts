import { SecurityGroup } from "@cdktn/provider-aws/lib/security-group/index.js";
import { VpcSecurityGroupEgressRule } from "@cdktn/provider-aws/lib/vpc-security-group-egress-rule/index.js";
import { VpcSecurityGroupIngressRule } from "@cdktn/provider-aws/lib/vpc-security-group-ingress-rule/index.js";

import type { EksStack } from "./eks-inputs.ts";

type Peer = "cluster" | "node";

interface Rule {
  readonly name: string;
  readonly to: Peer;
  readonly from: Peer;
  readonly protocol: "tcp" | "udp";
  readonly ports: readonly [from: number, to: number];
  readonly description: string;
}

const port = (number: number) => [number, number] as const;

const rules: readonly Rule[] = [
  {
    name: "cluster_api",
    to: "cluster",
    from: "node",
    protocol: "tcp",
    ports: port(443),
    description: "Nodes and pods to the API",
  },
  {
    name: "node_kubelet",
    to: "node",
    from: "cluster",
    protocol: "tcp",
    ports: port(10250),
    description: "API to kubelets: logs, exec",
  },
  {
    name: "node_https",
    to: "node",
    from: "cluster",
    protocol: "tcp",
    ports: port(443),
    description: "API to pods that serve HTTPS",
  },
  {
    name: "node_karpenter_webhook",
    to: "node",
    from: "cluster",
    protocol: "tcp",
    ports: port(8443),
    description: "API to webhooks of Karpenter",
  },
  {
    name: "node_webhook",
    to: "node",
    from: "cluster",
    protocol: "tcp",
    ports: port(9443),
    description: "API to webhooks of controllers",
  },
  {
    name: "node_metrics",
    to: "node",
    from: "cluster",
    protocol: "tcp",
    ports: port(10251),
    description: "API to the metrics server",
  },
  {
    name: "node_karpenter_metrics",
    to: "node",
    from: "cluster",
    protocol: "tcp",
    ports: port(8080),
    description: "API to metrics of Karpenter",
  },
  {
    name: "node_gpu_metrics",
    to: "node",
    from: "cluster",
    protocol: "tcp",
    ports: port(9400),
    description: "API to metrics of GPUs",
  },
  { name: "node_dns_tcp", to: "node", from: "node", protocol: "tcp", ports: port(53), description: "Pods to CoreDNS" },
  { name: "node_dns_udp", to: "node", from: "node", protocol: "udp", ports: port(53), description: "Pods to CoreDNS" },
  {
    name: "node_pods",
    to: "node",
    from: "node",
    protocol: "tcp",
    ports: [1025, 65535],
    description: "Pods to each other",
  },
];

/** One group for the control plane's interfaces, one for nodes; the latter alone carries Karpenter's discovery tag. */
export function securityGroups(module: EksStack) {
  const cluster = module.var.clusterName;
  const group = (peer: Peer, description: string, tags: Record<string, string>) =>
    new SecurityGroup(module, `security_group.${peer}`, {
      name: `${cluster}-${peer}`,
      description,
      vpcId: module.var.vpcId,
      tags: { Name: `${cluster}-${peer}`, ...tags },
    });
  const ids = {
    cluster: group("cluster", "Interfaces of the EKS control plane", {}).id,
    node: module.note(
      "The only group with the discovery tag: Karpenter would give a node every group that has it.",
      group("node", "Nodes of the cluster", {
        "karpenter.sh/discovery": cluster,
        [`kubernetes.io/cluster/${cluster}`]: "owned",
      }),
    ).id,
  };
  const ingress = rules.map(
    ({ name, to, from, protocol, ports, description }) =>
      new VpcSecurityGroupIngressRule(module, `ingress_rule.${name}`, {
        securityGroupId: ids[to],
        referencedSecurityGroupId: ids[from],
        ipProtocol: protocol,
        fromPort: ports[0],
        toPort: ports[1],
        description,
      }),
  );
  const nodeEgress = new VpcSecurityGroupEgressRule(module, "egress_rule.node_all", {
    securityGroupId: ids.node,
    ipProtocol: "-1",
    cidrIpv4: "0.0.0.0/0",
    description: "Nodes and pods to anywhere: images, models, AWS",
  });
  const clusterEgress = new VpcSecurityGroupEgressRule(module, "egress_rule.cluster_nodes", {
    securityGroupId: ids.cluster,
    referencedSecurityGroupId: ids.node,
    ipProtocol: "-1",
    description: "API to nodes",
  });
  module.output("clusterSecurityGroupId", ids.cluster, "Security group of the control plane's interfaces.");
  module.output("nodeSecurityGroupId", ids.node, "Security group of nodes.");
  return { clusterId: ids.cluster, nodeId: ids.node, rules: [...ingress, nodeEgress, clusterEgress] };
}

import type { ITaint } from "kubernetes-models/v1/Taint";

// Karpenter's objects as far as Aura writes them (v1, Karpenter 1.14).

interface Metadata {
  name: string;
  labels?: Record<string, string>;
}

export interface NodePool {
  apiVersion: "karpenter.sh/v1";
  kind: "NodePool";
  metadata: Metadata;
  spec: {
    /** 1 to 100: pools with a higher weight are tried first. */
    weight: number;
    /** No more is launched once a resource reaches its limit. */
    limits: Record<string, string>;
    disruption: {
      consolidationPolicy: "WhenEmpty" | "WhenEmptyOrUnderutilized";
      consolidateAfter: string;
      budgets: { nodes: string; reasons?: ("Drifted" | "Empty" | "Underutilized")[] }[];
    };
    template: {
      metadata: { labels: Record<string, string> };
      spec: {
        nodeClassRef: { group: "karpenter.k8s.aws"; kind: "EC2NodeClass"; name: string };
        requirements: { key: string; operator: "In"; values: string[] }[];
        taints?: ITaint[];
        expireAfter: string;
        terminationGracePeriod: string;
      };
    };
  };
}

export interface EC2NodeClass {
  apiVersion: "karpenter.k8s.aws/v1";
  kind: "EC2NodeClass";
  metadata: Metadata;
  spec: {
    role?: string;
    instanceProfile?: string;
    amiSelectorTerms: { alias: string }[];
    subnetSelectorTerms: { tags: Record<string, string> }[];
    securityGroupSelectorTerms: { tags: Record<string, string> }[];
    instanceStorePolicy?: "RAID0";
    blockDeviceMappings: { deviceName: string; rootVolume: boolean; ebs: Record<string, string | number | boolean> }[];
    metadataOptions: Record<string, string | number>;
    userData?: string;
    tags: Record<string, string>;
  };
}

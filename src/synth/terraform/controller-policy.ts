import type { Statement } from "./policies.ts";

/**
 * What Aura's controller in the cluster may do: look. What it wants it says in Kubernetes objects, and Karpenter acts.
 * None of these actions can be narrowed to a resource.
 */
export function controllerPolicy({ region }: { readonly region: string }): Statement[] {
  return [
    {
      sid: "AllowRegionalReadActions",
      actions: [
        "ec2:DescribeInstances",
        "ec2:DescribeInstanceTypes",
        "ec2:DescribeInstanceTypeOfferings",
        "ec2:DescribeSpotPriceHistory",
      ],
      resources: ["*"],
      conditions: [["StringEquals", "aws:RequestedRegion", region]],
    },
    { sid: "AllowPricingReadActions", actions: ["pricing:GetProducts"], resources: ["*"] },
    {
      sid: "AllowQuotaReadActions",
      actions: ["servicequotas:GetServiceQuota", "servicequotas:ListServiceQuotas"],
      resources: ["*"],
    },
  ];
}

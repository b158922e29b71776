/** The names of all steps on AWS in their order, for a run that another machine began. A test holds them against the steps. */
export const stepNames = ["account", "state", "sweep", "terraform", "network-interfaces", "karpenter"] as const;

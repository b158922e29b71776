interface Cause {
  readonly says: RegExp;
  readonly means: string;
}

// what Karpenter's controller logs before it gives up (1.14); the first that matches counts
const causes: readonly Cause[] = [
  {
    says: /(AssumeRoleWithWebIdentity|AssumeRoleForPodIdentity).*(AccessDenied|not authorized)|(AccessDenied|not authorized).*(AssumeRoleWithWebIdentity|AssumeRoleForPodIdentity)/i,
    means:
      "its role does not trust the service account kube-system/karpenter of this cluster: aura up sets the trust right",
  },
  {
    says: /InvalidIdentityToken|No OpenIDConnect provider found/i,
    means: "the account has no OIDC provider of this cluster: aura up makes it",
  },
  {
    says: /no EC2 IMDS role found|failed to (retrieve|refresh cached) credentials|NoCredentialProviders|get identity/i,
    means:
      "it gets no AWS credentials: its service account has neither the annotation eks.amazonaws.com/role-arn nor a Pod Identity association",
  },
  {
    says: /NonExistentQueue|QueueDoesNotExist/i,
    means: "there is no interruption queue of the cluster's name: aura up makes it",
  },
  {
    says: /AccessDenied|UnauthorizedOperation|not authorized to perform/i,
    means:
      "its role may not do all that it needs: a policy is missing, or a boundary or service control policy forbids it",
  },
  {
    says: /ResourceNotFoundException|No cluster found/i,
    means: "EKS knows no cluster of the name that it was given",
  },
  {
    says: /no matches for kind|no kind is registered|could not find the requested resource/i,
    means: "its CRDs are not there: the chart karpenter-crd is not installed",
  },
  {
    says: /no such host|i\/o timeout|connection refused|context deadline exceeded|dial tcp/i,
    means: "it reaches neither AWS nor the cluster: the nodes have no NAT gateway, no endpoints, or no DNS yet",
  },
];

/** What a log says went wrong, in plain words; undefined where it says nothing known. The last lines decide. */
export function causeOf(lines: readonly string[]): string | undefined {
  for (const line of lines.toReversed()) {
    const cause = causes.find(({ says }) => says.test(line));
    if (cause !== undefined) return cause.means;
  }
  return undefined;
}

/** The last lines of a log, for people: of Karpenter's JSON lines the message and the error. */
export function lastWords(lines: readonly string[], most = 3): string[] {
  return lines
    .filter((line) => line.trim() !== "")
    .slice(-most)
    .map(wordsOf);
}

function wordsOf(line: string): string {
  try {
    const { message, error } = JSON.parse(line) as { message?: unknown; error?: unknown };
    const words = [message, error].filter((part) => typeof part === "string" && part !== "");
    return words.length === 0 ? line : words.join(": ");
  } catch {
    return line;
  }
}

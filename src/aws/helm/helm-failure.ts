import { Failure, type FailureCode } from "../../kernel/failure.ts";

/** How many of helm's last lines are shown. */
const shown = 6;

/** Whether helm says that there is no release of that name (3.x and 4.x). */
export function isReleaseMissing(stderr: string): boolean {
  return /release: not found|has no deployed releases/i.test(stderr);
}

/** Whether the same may do better in a moment. */
export function passes(stderr: string): boolean {
  return passing.test(stderr);
}

/** What helm's failure means, in plain words, with its last lines. `what` is what was tried, such as `install karpenter`. */
export function helmFailure(what: string, stderr: string): Failure {
  const lines = lastLines(stderr);
  const text = lines.join("\n");
  const row = rows.find(({ says }) => says.test(text));
  return new Failure(row?.code ?? "CHART_FAILED", `cannot ${what}${row === undefined ? "" : `: ${row.means}`}`, {
    problems: lines.length === 0 ? ["helm said nothing"] : lines,
    ...(row?.why !== undefined && { why: row.why }),
    ...(row !== undefined && { fix: row.fix }),
  });
}

/** The last lines that say something, without helm's `Error:` and log prefixes. */
export function lastLines(stderr: string): string[] {
  return stderr
    .split("\n")
    .map((line) => line.trim().replace(/^(Error|Warning): /, ""))
    .filter((line) => line !== "")
    .slice(-shown);
}

const passing =
  /connection reset|unexpected EOF|TLS handshake timeout|i\/o timeout|etcdserver|too many requests|service unavailable|internal server error|bad gateway|gateway time-?out|object has been modified|http2: client connection lost/i;

interface Row {
  readonly says: RegExp;
  readonly means: string;
  readonly why?: string;
  readonly fix: string;
  readonly code?: FailureCode;
}

// the first that matches counts
const rows: readonly Row[] = [
  {
    says: /getting credentials|exec: (executable|plugin)|unauthorized|must be logged in|provide credentials/i,
    means: "the cluster does not accept the credentials",
    why: "the token that the kubeconfig asks for is refused: it expired, or the cluster has no access entry for who you are",
    fix: "aura doctor says who you are; aura up makes the access entry",
  },
  {
    says: /cluster unreachable|connection refused|no such host|no route to host|network is unreachable/i,
    code: "CLUSTER_UNREACHABLE",
    means: "the cluster does not answer",
    why: "it is gone, or its endpoint cannot be reached from here",
    fix: "aura doctor, then run this again",
  },
  {
    says: /CustomResourceDefinition .*(invalid ownership metadata|cannot be imported)/i,
    means: "its CRDs are in the cluster already and are not this release's",
    why: "another installation of Karpenter made them",
    fix: "kubectl label crd NAME app.kubernetes.io/managed-by=Helm --overwrite && kubectl annotate crd NAME meta.helm.sh/release-name=karpenter-crd meta.helm.sh/release-namespace=kube-system --overwrite, for each that is named",
  },
  {
    says: /invalid ownership metadata|cannot be imported|already exists/i,
    means: "something of its is in the cluster already and is not this release's",
    why: "it was made by hand or by another release, and helm takes over nothing",
    fix: "kubectl delete what is named, then run this again",
  },
  {
    says: /field is immutable|immutable field/i,
    means: "a field would change that cannot change while the object exists",
    fix: "kubectl delete the object that is named, then run this again",
  },
  {
    says: /another operation .* in progress/i,
    means: "another helm is at work on the same release",
    fix: "wait until it has ended, then run this again",
  },
  {
    says: /is forbidden|cannot (create|get|list|patch|update|delete) resource/i,
    means: "the credentials may not do this in the cluster",
    why: "installing charts takes the rights of a cluster administrator",
    fix: "aws eks associate-access-policy with AmazonEKSClusterAdminPolicy, or add yourself to cluster.adminPrincipals",
  },
  {
    says: /admission webhook/i,
    means: "a webhook of the cluster refuses it",
    fix: "look at the webhook that is named: kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations",
  },
  {
    says: /apply failed with \d+ conflicts?|conflict with "/i,
    means: "others have changed fields that the chart sets",
    why: "helm does not overwrite what another field manager owns",
    fix: "take their change back, or kubectl delete the object that is named, then run this again",
  },
  {
    says: /specifications of the schema|execution error|parse error|error converting YAML/i,
    means: "the chart does not take the values",
    why: "it is not the version that these values are for",
    fix: "leave aws.charts out, or name the pinned version there",
  },
];

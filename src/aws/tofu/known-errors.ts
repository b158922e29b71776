import type { FailureCode } from "../../kernel/failure.ts";

/** What an error of AWS or of the engine means for who sees it. */
export interface KnownError {
  readonly matches: RegExp;
  /** Default ENGINE_FAILED. */
  readonly code?: FailureCode;
  readonly why: string;
  readonly fix: string;
}

const quotas = "https://console.aws.amazon.com/servicequotas/home/services";

/** In the order in which they matter when several happen at once. */
export const knownErrors: readonly KnownError[] = [
  {
    matches: /ExpiredToken|RequestExpired|TokenRefreshRequired|token (has|is) expired|SSO session has expired/i,
    code: "AWS_CREDENTIALS",
    why: "temporary credentials live for an hour or a few, and these ran out while the engine was at work",
    fix: "aws sso login (or get new ones as you got these), then run this again: it goes on where it was",
  },
  {
    matches:
      /No valid credential sources|InvalidClientTokenId|UnrecognizedClientException|SignatureDoesNotMatch|AuthFailure|InvalidAccessKeyId|failed to refresh cached credentials/,
    code: "AWS_CREDENTIALS",
    why: "AWS does not accept the credentials, or there are none",
    fix: "aws sts get-caller-identity shows whether the AWS CLI fares better; then run this again",
  },
  {
    matches: /AWS account ID not allowed|Invalid account ID/,
    code: "AWS_CREDENTIALS",
    why: "the credentials are of another account than the state",
    fix: "export AWS_PROFILE=… of the account that the environment was begun in",
  },
  {
    matches: /UnauthorizedOperation|AccessDenied|is not authorized to perform|explicit deny/,
    code: "AWS_DENIED",
    why: "an IAM policy, a boundary or a service control policy stands against it",
    fix: "docs/guide/aws.md lists what Aura needs to be allowed; then run this again",
  },
  {
    matches: /VcpuLimitExceeded/,
    why: "the account may run no more vCPUs of this kind at once, and the system nodes need some",
    fix: `ask for more: ${quotas}/ec2/quotas/L-1216C47A`,
  },
  {
    matches: /AddressLimitExceeded/,
    why: "each NAT gateway needs an Elastic IP, and the region has no more of them for this account",
    fix: `release one that nothing uses, set network.nat to single, or ask for more: ${quotas}/ec2/quotas/L-0263D0A3`,
  },
  {
    matches: /VpcLimitExceeded/,
    why: "the environment has a VPC of its own, and the region has no more of them for this account",
    fix: `remove one that nothing uses, take another region, or ask for more: ${quotas}/vpc/quotas/L-F678F1CE`,
  },
  {
    matches: /NatGatewayLimitExceeded/,
    why: "the zone has no more NAT gateways for this account; those being deleted count for an hour",
    fix: `set network.nat to single, or ask for more: ${quotas}/vpc/quotas/L-FE5A380F`,
  },
  {
    matches: /InternetGatewayLimitExceeded/,
    why: "the region has no more internet gateways for this account",
    fix: `remove one that nothing uses, or ask for more: ${quotas}/vpc/quotas/L-A4707A72`,
  },
  {
    matches: /UnsupportedAvailabilityZoneException|does not support creating control plane instances/,
    why: "EKS has no room for a control plane in one of the zones; the message names those that have",
    fix: "name others in aura.yaml, such as zones: [us-east-1a, us-east-1b], then aura down and aura up",
  },
  {
    matches:
      /InvalidParameterValue.*availability ?zone|InvalidSubnet|availability zone .* (is invalid|does not exist)/is,
    why: "a zone that the environment names is not there for this account",
    fix: "aws ec2 describe-availability-zones lists them; name some in zones: of aura.yaml",
  },
  {
    // a log group alone has a reason of its own
    matches: /(?<!Resource)AlreadyExists|ResourceInUseException: Cluster already exists/,
    why: "something of that name is there, and this environment's state does not know it: another environment's, or made by an apply that was killed",
    fix: "aura down removes what is this environment's, then aura up; aura sweep shows whose it is; or change name: in aura.yaml",
  },
  {
    matches: /ResourceAlreadyExistsException.*log ?group|log ?group.*already exists/is,
    why: "EKS writes its last lines after a cluster is gone and so makes its log group anew",
    fix: "aura down removes it, as aura sweep --delete does; then aura up",
  },
  {
    matches: /Saved plan is stale/,
    why: "somebody else has changed the state between the plan and your answer",
    fix: "run this again",
  },
  {
    matches: /NoSuchBucket|S3 bucket .* does not exist/,
    why: "the state's bucket is gone, and with it what the engine knew of the environment",
    fix: "restore it; or aura sweep --delete removes what the environment left, by its tags",
  },
  {
    matches: /no such host|could not connect to registry|Failed to (query|resolve).*provider|network is unreachable/is,
    why: "the engine gets the AWS provider from its registry, and cannot reach it from here",
    fix: "check the network or the proxy, or set TF_PLUGIN_CACHE_DIR or a provider mirror in the engine's settings",
  },
];

import { Failure, type FailureCode, messageOf } from "../kernel/failure.ts";

/** The name of an SDK exception, such as `ResourceNotFoundException` or `DependencyViolation`. */
export function errorName(error: unknown): string {
  return error instanceof Error ? error.name : "";
}

/** The HTTP status that an SDK exception came with: all there is where an answer has no body. */
export function errorStatus(error: unknown): number | undefined {
  return (error as { readonly $metadata?: { readonly httpStatusCode?: number } } | undefined)?.$metadata
    ?.httpStatusCode;
}

/** Whether a thing is not there: every service has a name of its own for it. */
export function isMissing(error: unknown): boolean {
  return /NotFound|NoSuch|NonExistentQueue|does ?not ?exist/i.test(errorName(error)) || errorStatus(error) === 404;
}

/** Whether a thing is there already. */
export function isThere(error: unknown): boolean {
  return /AlreadyExists|AlreadyOwnedByYou|ResourceInUseException|Duplicate/i.test(errorName(error));
}

/**
 * Whether EC2 refuses an address that something still uses, such as a NAT gateway that goes: by the name that it has for
 * credentials which are wrong (https://github.com/gruntwork-io/cloud-nuke, eip.go).
 */
export function isHeldAddress(error: unknown): boolean {
  return errorName(error) === "AuthFailure" && !/credentials/i.test(messageOf(error));
}

/**
 * The Failure that an error of the SDK amounts to where the user has to act: credentials, permissions, network.
 * Undefined for everything else: what that means depends on the call.
 */
export function awsFailure(error: unknown, call: string): Failure | undefined {
  if (error instanceof Failure) return error;
  if (isHeldAddress(error)) return undefined;
  const name = errorName(error);
  const found = table.find(
    ({ names, words }) =>
      (names.test(name) || names.test(codeOf(error))) && (words === undefined || words.test(messageOf(error))),
  );
  if (found === undefined) return undefined;
  return new Failure(found.code, `${found.says} (${call}: ${messageOf(error)})`, {
    why: found.why,
    fix: found.fix,
    cause: error,
  });
}

/** Any other error of the SDK, for people; undefined for what is none. */
export function unexpectedAwsFailure(error: unknown): Failure | undefined {
  if (!(error instanceof Error && "$metadata" in error)) return undefined;
  const { requestId } = error.$metadata as { readonly requestId?: string };
  return new Failure("AWS_ERROR", `AWS answered ${error.name}: ${error.message}`, {
    ...(requestId !== undefined && { where: `request ${requestId}` }),
    cause: error,
  });
}

interface Row {
  readonly names: RegExp;
  /** What the message has to say too. */
  readonly words?: RegExp;
  readonly code: FailureCode;
  readonly says: string;
  readonly why: string;
  readonly fix: string;
}

const expired = {
  code: "AWS_CREDENTIALS",
  says: "the AWS credentials have expired",
  why: "temporary credentials live for an hour or a few",
  fix: "aws sso login (or get new ones as you got these), then run this again: it goes on where it was",
} as const;

const table: readonly Row[] = [
  { names: /^(ExpiredToken|ExpiredTokenException|RequestExpired|TokenRefreshRequired)$/, ...expired },
  // an SSO session that is over is no lack of credentials
  { names: /^(CredentialsProviderError|TokenProviderError)$/, words: /expired/i, ...expired },
  {
    names: /^(CredentialsProviderError|TokenProviderError)$/,
    code: "AWS_CREDENTIALS",
    says: "no AWS credentials were found",
    why: "Aura works on your own account, with what the AWS CLI would use",
    fix: "aws configure sso, or export AWS_PROFILE=…, then: aura doctor --target aws",
  },
  {
    names:
      /^(InvalidClientTokenId|UnrecognizedClientException|SignatureDoesNotMatch|AuthFailure|InvalidAccessKeyId|IncompleteSignature|InvalidSignatureException|RequestTimeTooSkewed|InvalidToken|MissingAuthenticationToken)$/,
    code: "AWS_CREDENTIALS",
    says: "AWS does not accept the credentials",
    why: "the key is wrong, was deleted, or this machine's clock is off by more than five minutes",
    fix: "aws sts get-caller-identity shows whether the AWS CLI fares better",
  },
  {
    names: /^(OptInRequired|SubscriptionRequiredException)$/,
    code: "AWS_DENIED",
    says: "the account may not use this service or region",
    why: "some regions have to be switched on, and a new account has to be verified",
    fix: "https://console.aws.amazon.com/billing/home#/account lists the regions",
  },
  {
    names:
      /^(AccessDenied|AccessDeniedException|UnauthorizedOperation|UnauthorizedAccess|Client\.UnauthorizedOperation|AuthorizationError|AuthorizationErrorException)$/,
    code: "AWS_DENIED",
    says: "the credentials do not allow this",
    why: "an IAM policy, a boundary or a service control policy stands against it",
    fix: "docs/guide/aws.md lists what Aura needs to be allowed",
  },
  {
    names: /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|TimeoutError)$/,
    code: "AWS_UNREACHABLE",
    says: "AWS does not answer",
    why: "there is no way to its endpoints from here: network, firewall, the region's name, or only one through a proxy, which Aura's own calls do not take",
    fix: "aura doctor",
  },
  {
    names:
      /^(SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT_LOCALLY|CERT_HAS_EXPIRED|ERR_TLS_CERT_ALTNAME_INVALID)$/,
    code: "AWS_UNREACHABLE",
    says: "who answers for AWS has no certificate to trust",
    why: "a proxy that opens TLS answers in its place, or this machine's clock is wrong",
    fix: "export NODE_EXTRA_CA_CERTS=FILE with the proxy's certificate, then run this again",
  },
];

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

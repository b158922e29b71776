import { describe, expect, test } from "vitest";

import type { Backend } from "../../../src/aws/tofu/backend.ts";
import type { Diagnostic } from "../../../src/aws/tofu/diagnostics.ts";
import { type EngineRun, engineEar } from "../../../src/aws/tofu/engine-run.ts";
import { engineFailure, refusalFailure } from "../../../src/aws/tofu/failures.ts";
import { bothEngines, recorded } from "./recorded.ts";

const s3: Backend = { kind: "s3", bucket: "aura-1", key: "aura/dev.tfstate", region: "us-east-1", accountId: "1" };
const about = (backend: Backend = s3, now = Date.UTC(2026, 10, 25, 4, 44, 40)) => ({
  program: { name: "tofu" },
  ...{ backend, now, cwd: "/x/.aura/dev/target/terraform/root" },
});
const ended = (diagnostics: readonly Diagnostic[], more: Partial<EngineRun> = {}): EngineRun => ({
  ...{ action: "apply", ok: false, code: 1, signal: null, texts: [], log: "/x/logs/apply.jsonl" },
  diagnostics,
  ...more,
});
const error = (summary: string, detail = "", address?: string): Diagnostic => ({
  ...{ severity: "error", summary, detail },
  ...(address !== undefined && { address }),
});
const aws = (what: string, api: string) =>
  `${what}: operation error EC2: Do, https response error StatusCode: 400, RequestID: 7d9-1, api error ${api}`;

describe.each(bothEngines)("a lock that %s found held", (name) => {
  const ear = engineEar({ onResource() {}, onNotice() {} });
  for (const line of recorded(`${name}-lock.jsonl`).split("\n")) ear.line(line);
  const run = ended(ear.said().diagnostics, { action: "plan" });

  test("is explained by holder, age and way out", () => {
    const failure = engineFailure(about(), run);
    expect(failure.code).toBe("STATE_LOCKED");
    expect(failure.message).toMatch(
      /^s3:\/\/aura-1\/aura\/dev.tfstate is locked by ci@runner since 2026-11-25 03:44:4.*, (59 min|1 h).* ago, for OperationTypeApply$/,
    );
    expect(failure.details.why).toContain("it is stale if no aura, tofu or terraform runs");
    expect(failure.details.fix).toMatch(
      /tofu -chdir=\/x\/.aura\/dev\/target\/terraform\/root force-unlock [\da-f-]{36}$/,
    );
  });

  test("of a file is never stale", () => {
    const failure = engineFailure(about({ kind: "local", path: "/x/terraform.tfstate" }), run);
    expect(failure.details.fix).toBe("wait for it, or find it: fuser -v /x/terraform.tfstate");
  });
});

test("a lock that does not name its holder is waited for", () => {
  const failure = engineFailure(about(), ended([error("Error acquiring the state lock", "Error message: 412")]));
  expect(failure).toMatchObject({ code: "STATE_LOCKED", details: { fix: "run this again in a minute" } });
});

test.each([
  ["AWS_CREDENTIALS", aws("reading EC2 VPC", "RequestExpired: Request has expired."), "aws sso login"],
  ["AWS_CREDENTIALS", "ExpiredToken: The security token included in the request is expired", "aws sso login"],
  ["AWS_CREDENTIALS", "No valid credential sources found", "get-caller-identity"],
  ["AWS_CREDENTIALS", "AWS account ID not allowed: 123456789012", "AWS_PROFILE"],
  ["AWS_DENIED", aws("creating EC2 VPC", "UnauthorizedOperation: You are not authorized"), "docs/guide/aws.md"],
  ["ENGINE_FAILED", aws("creating EKS Node Group", "VcpuLimitExceeded: You have requested more vCPU"), "L-1216C47A"],
  ["ENGINE_FAILED", aws("creating EC2 EIP", "AddressLimitExceeded: The maximum number"), "L-0263D0A3"],
  ["ENGINE_FAILED", aws("creating EC2 VPC", "VpcLimitExceeded: The maximum number"), "L-F678F1CE"],
  ["ENGINE_FAILED", aws("creating NAT", "NatGatewayLimitExceeded: Performing this operation"), "L-FE5A380F"],
  ["ENGINE_FAILED", "UnsupportedAvailabilityZoneException: Cannot create cluster 'x' because us-east-1e", "zones: ["],
  ["ENGINE_FAILED", "EKS does not support creating control plane instances in us-east-1e", "zones: ["],
  [
    "ENGINE_FAILED",
    aws("creating EC2 Subnet", "InvalidParameterValue: Value (us-east-1z) for parameter availabilityZone is invalid"),
    "describe-availability-zones",
  ],
  ["ENGINE_FAILED", "ResourceAlreadyExistsException: The specified log group already exists", "aura sweep --delete"],
  ["ENGINE_FAILED", aws("creating IAM Role", "EntityAlreadyExists: Role with name x"), "aura sweep"],
  ["ENGINE_FAILED", "Saved plan is stale", "run this again"],
  ["ENGINE_FAILED", 'S3 bucket "aura-1" does not exist.', "aura sweep"],
  ["ENGINE_FAILED", "could not connect to registry.opentofu.org: no such host", "TF_PLUGIN_CACHE_DIR"],
  ["ENGINE_FAILED", "something never seen", "aura down"],
])("%s: %s", (code, summary, fix) => {
  const failure = engineFailure(about(), ended([error(summary, "", "aws_x.y")]));
  expect(failure).toMatchObject({ code, details: { where: "/x/logs/apply.jsonl" } });
  expect(failure.details.fix).toContain(fix);
});

test("several errors are told by address", () => {
  const run = ended([
    error("execution halted"),
    error(aws("creating EC2 EIP", "AddressLimitExceeded: no more"), "", 'aws_eip.nat["a"]'),
    error("creating IAM Role", "it is\n  too long", "aws_iam_role.node"),
  ]);
  const { message, details } = engineFailure(about(), run);
  expect(message).toBe(
    'tofu apply failed: aws_eip.nat["a"]: creating EC2 EIP: api error AddressLimitExceeded: no more',
  );
  expect(details.problems).toEqual([
    'aws_eip.nat["a"]: creating EC2 EIP: api error AddressLimitExceeded: no more',
    "aws_iam_role.node: creating IAM Role: it is too long",
  ]);
});

test("more errors than ten are counted", () => {
  const run = ended(Array.from({ length: 14 }, (_, index) => error(`wrong ${index}`)));
  const { problems } = engineFailure(about(), run).details;
  expect(problems).toHaveLength(11);
  expect(problems?.at(-1)).toBe("and 4 more in the log");
});

test("an engine without a word is told by its end", () => {
  expect(engineFailure(about(), ended([], { code: null, signal: "SIGKILL" })).message).toBe(
    "tofu apply failed: SIGKILL",
  );
  expect(engineFailure(about(), ended([], { code: 11 })).message).toBe("tofu apply failed: exit status 11");
  expect(engineFailure(about(), ended([], { texts: ["panic: nil"] })).message).toBe("tofu apply failed: panic: nil");
});

test("a refusal in plain text is told without its box", () => {
  const box = "\u001b[31m╷\u001b[0m\n\u001b[31m│\u001b[0m Error: ExpiredToken: it has\n\u001b[31m│\u001b[0m expired\n";
  expect(refusalFailure({ name: "tofu" }, ["state", "list"], box)).toMatchObject({
    code: "AWS_CREDENTIALS",
    message: "tofu state list failed: Error: ExpiredToken: it has expired",
  });
});

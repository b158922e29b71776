import { GetBucketPolicyCommand, PutBucketPolicyCommand } from "@aws-sdk/client-s3";

import { callOf, type Setting, settingOf } from "./bucket-setting.ts";

const sid = "AuraTlsOnly";

/** A statement of a policy, so far as it is looked at. */
interface Statement {
  readonly Sid?: string;
  readonly Effect?: string;
  readonly Principal?: unknown;
  readonly Action?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Nothing is read or written without TLS. Statements of others stay; one of theirs that says so already will do. */
export const transportPolicy: Setting = async (bucket) => {
  const found = await settingOf(bucket.s3.send(new GetBucketPolicyCommand(callOf(bucket))));
  const policy = found?.Policy ? (JSON.parse(found.Policy) as { Version?: string; Statement?: unknown }) : {};
  const statements = listOf(policy.Statement as Statement | readonly Statement[] | undefined);
  const arn = `arn:${partitionOf(bucket.region)}:s3:::${bucket.name}`;
  if (statements.some((statement) => deniesWithoutTls(statement, arn))) return undefined;
  const others = statements.filter(({ Sid }) => Sid !== sid);
  const Policy = JSON.stringify({ Version: "2012-10-17", ...policy, Statement: [...others, withoutTls(arn)] });
  return {
    setting: "transport policy",
    says: "its policy allows access without TLS",
    mend: () => bucket.s3.send(new PutBucketPolicyCommand({ ...callOf(bucket), Policy })),
  };
};

function withoutTls(arn: string): Statement {
  return {
    Sid: sid,
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: [arn, `${arn}/*`],
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
}

function deniesWithoutTls(statement: Statement, arn: string): boolean {
  const { Effect, Principal, Action, Resource, Condition = {} } = statement;
  const everybody = Principal === "*" || (Principal as { AWS?: unknown } | undefined)?.AWS === "*";
  const resources = listOf(Resource);
  return (
    Effect === "Deny" &&
    everybody &&
    listOf(Action).some((action) => action === "s3:*" || action === "*") &&
    (resources.includes("*") || [arn, `${arn}/*`].every((one) => resources.includes(one))) &&
    // a further condition would let some through
    Object.keys(Condition).join() === "Bool" &&
    Object.keys(Condition["Bool"] ?? {}).join() === "aws:SecureTransport" &&
    String(Condition["Bool"]?.["aws:SecureTransport"]) === "false"
  );
}

function listOf<T>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}

function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

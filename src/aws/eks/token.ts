import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";

import { type CredentialsOptions, credentialsOf } from "../credentials.ts";
import { awsFailure } from "../errors.ts";

export interface TokenOptions extends CredentialsOptions {
  readonly region: string;
  readonly cluster: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export interface EksToken {
  /** A secret: who has it is, for a quarter of an hour, who asked for it. */
  readonly token: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** How long EKS takes one, less a minute for clocks that differ (aws-iam-authenticator: 15 minutes). */
const lifetimeMs = 14 * 60_000;

/**
 * A bearer token for an EKS cluster: a presigned call of STS GetCallerIdentity that names the cluster. It is signed here,
 * without a call. Fails with AWS_CREDENTIALS when there are none.
 */
export async function eksToken(options: TokenOptions): Promise<EksToken> {
  const { region, cluster, now } = options;
  const hostname = `sts.${region}.${region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com"}`;
  const signer = new SignatureV4({ credentials: credentialsOf(options), region, service: "sts", sha256: Sha256 });
  const signed = await signer
    .presign(
      {
        method: "GET",
        protocol: "https:",
        hostname,
        path: "/",
        query: { Action: "GetCallerIdentity", Version: "2011-06-15" },
        headers: { host: hostname, "x-k8s-aws-id": cluster },
      },
      { expiresIn: 60, signingDate: new Date(now), unhoistableHeaders: new Set(["x-k8s-aws-id"]) },
    )
    .catch((error: unknown) => {
      throw awsFailure(error, "sts:GetCallerIdentity") ?? error;
    });
  const query = new URLSearchParams(signed.query as Record<string, string>);
  const url = `https://${hostname}/?${query}`;
  return { token: `k8s-aws-v1.${Buffer.from(url).toString("base64url")}`, expiresAt: now + lifetimeMs };
}

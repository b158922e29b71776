import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";

interface TokenExpectation {
  /** The cluster that it has to be for. */
  readonly cluster: string;
  /** Of whoever signed it. */
  readonly secretAccessKey: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

const prefix = "k8s-aws-v1.";
const allowed = new Set(
  ["Action", "Version", "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires"].concat([
    "X-Amz-Security-Token",
    "X-Amz-Signature",
    "X-Amz-SignedHeaders",
    "X-Amz-Content-Sha256",
  ]),
);

/**
 * Why a bearer token does not let in; undefined when it does. The rules are those of aws-iam-authenticator (pkg/token,
 * `Verify`), and the signature is computed again, as STS does: only so is it known which cluster it was made for.
 */
export async function checkToken(token: string, expected: TokenExpectation): Promise<string | undefined> {
  if (!token.startsWith(prefix)) return "the token is not one of EKS";
  const encoded = token.slice(prefix.length);
  if (!/^[\w-]+$/.test(encoded)) return "the token is not raw base64url";
  const text = Buffer.from(encoded, "base64url").toString();
  if (!URL.canParse(text)) return "the token holds no URL";
  const url = new URL(text);
  return urlProblem(url, expected.now) ?? (await signatureProblem(url, expected));
}

function urlProblem(url: URL, now: number): string | undefined {
  const { protocol, host, pathname, searchParams: query } = url;
  if (protocol !== "https:" || !/^sts(\.[a-z]{2}(-\w+)+-\d)?\.amazonaws\.com$/.test(host) || pathname !== "/")
    return `the token is for ${protocol}//${host}${pathname}`;
  const stray = [...query.keys()].find((name) => !allowed.has(name));
  if (stray !== undefined) return `the token's URL has ${stray}`;
  if (query.get("Action") !== "GetCallerIdentity") return `the token is for ${query.get("Action")}`;
  const headers = (query.get("X-Amz-SignedHeaders") ?? "").split(";");
  if (!headers.includes("x-k8s-aws-id") || !headers.includes("host")) return `the token signs ${headers}`;
  const expires = Number(query.get("X-Amz-Expires"));
  if (!(expires > 0 && expires <= 900)) return `the token lives for ${expires} s`;
  const signedAt = Date.parse(
    (query.get("X-Amz-Date") ?? "").replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"),
  );
  // a quarter of an hour, whatever the URL says
  if (!(Math.abs(now - signedAt) < 15 * 60_000)) return `the token is of ${query.get("X-Amz-Date")}`;
  return undefined;
}

async function signatureProblem(url: URL, { cluster, secretAccessKey }: TokenExpectation): Promise<string | undefined> {
  const { searchParams: query, host } = url;
  const [accessKeyId = "", date = "", region = ""] = (query.get("X-Amz-Credential") ?? "").split("/");
  const sessionToken = query.get("X-Amz-Security-Token");
  const [, time = ""] = (query.get("X-Amz-Date") ?? "").split("T");
  const signer = new SignatureV4({
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== null && { sessionToken }) },
    ...{ region, service: "sts", sha256: Sha256 },
  });
  const own = await signer.presign(
    {
      ...{ method: "GET", protocol: "https:", hostname: host, path: "/" },
      query: { Action: "GetCallerIdentity", Version: query.get("Version") ?? "" },
      headers: { host, "x-k8s-aws-id": cluster },
    },
    {
      expiresIn: Number(query.get("X-Amz-Expires")),
      signingDate: new Date(
        `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6, 8)}T${time.slice(0, 2)}:${time.slice(2, 4)}:${time.slice(4, 6)}Z`,
      ),
      unhoistableHeaders: new Set(["x-k8s-aws-id"]),
    },
  );
  const isSame = own.query?.["X-Amz-Signature"] === query.get("X-Amz-Signature");
  return isSame ? undefined : `the token is not signed for ${cluster}`;
}

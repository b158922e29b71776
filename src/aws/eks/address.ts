import { parseCidr } from "../../kernel/cidr.ts";
import { Failure, messageOf } from "../../kernel/failure.ts";

const defaultUrl = "https://checkip.amazonaws.com";
const timeoutMs = 10_000;

/**
 * The public IPv4 address that this machine is seen under, as AWS tells it (`AURA_CHECK_IP_URL` asks somebody else), as a
 * range of one. Fails with AWS_UNREACHABLE when nobody tells.
 */
export async function ownCidr(env: Readonly<Record<string, string | undefined>>): Promise<string> {
  const url = env["AURA_CHECK_IP_URL"] || defaultUrl;
  const text = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) })
    .then((answer) => answer.text())
    .catch((cause: unknown) => {
      throw unknown(`${url} does not answer: ${messageOf(cause)}`, cause);
    });
  const range = `${text.trim()}/32`;
  if (parseCidr(range) === undefined) throw unknown(`${url} answers ${JSON.stringify(text.slice(0, 80))}`, undefined);
  return range;
}

function unknown(problem: string, cause: unknown): Failure {
  return new Failure("AWS_UNREACHABLE", `this machine's public address cannot be found out: ${problem}`, {
    why: "the cluster's API is opened to the address that deploys, and to no other",
    fix: "name the ranges that may reach it under cluster.accessCidrs in aura.yaml",
    cause,
  });
}

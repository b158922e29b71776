import type { AwsRequest } from "./front-call.ts";
import type { Reply } from "./front-reply.ts";

// Moto 5.2.5 takes a bucket's policy without its conditions: one that denies what comes without TLS would deny all. So
// moto keeps such a statement with an action that there is not, and whoever asks gets it back as it was.

const [action, kept] = ['"Action":', '"Action":"none:None","KeptAction":'];

/** Passes a request on to moto by `ask`. */
export async function withBucketPolicies(
  request: AwsRequest,
  ask: (request: AwsRequest) => Promise<Reply>,
): Promise<Reply> {
  if (!/^\/[^/?]+\/?\?policy(=|$)/.test(request.url)) return ask(request);
  if (request.method === "PUT") return ask({ ...request, body: Buffer.from(keep(request.body.toString())) });
  const reply = await ask(request);
  const { "content-length": _, ...headers } = reply.headers;
  return { ...reply, headers, body: reply.body.toString().replaceAll(kept, action) };
}

function keep(policy: string): string {
  const { Statement, ...rest } = JSON.parse(policy) as { readonly Statement: object[] };
  const texts = Statement.map((one) =>
    "Condition" in one ? JSON.stringify(one).replace(action, kept) : JSON.stringify(one),
  );
  return `${JSON.stringify(rest).slice(0, -1)},"Statement":[${texts.join(",")}]}`;
}

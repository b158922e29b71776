import type { TokenOptions } from "../../aws/eks/token.ts";
import { perform } from "../command.ts";
import type { Context } from "../context.ts";

interface TokenFlags extends Pick<TokenOptions, "cluster" | "region"> {
  readonly profile?: string;
}

/** `aura token`: what a kubeconfig that Aura wrote calls. Its stdout is a secret, and made for kubectl. */
export async function token(this: Context, flags: TokenFlags): Promise<void> {
  await perform(this, { output: "text" }, async () => {
    const { eksToken } = await import("../../aws/eks/token.ts");
    const { token: secret, expiresAt } = await eksToken({
      ...flags,
      env: this.process.env,
      now: this.clock.now(),
    });
    const credential = {
      apiVersion: "client.authentication.k8s.io/v1",
      kind: "ExecCredential",
      spec: {},
      status: { expirationTimestamp: `${new Date(expiresAt).toISOString().slice(0, 19)}Z`, token: secret },
    };
    return { data: credential, text: "", stdout: JSON.stringify(credential) };
  });
}

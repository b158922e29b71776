import { oidcThumbprint } from "../../aws/oidc-thumbprint.ts";
import { perform } from "../command.ts";
import type { Context } from "../context.ts";
import type { OutputFlags } from "../flags.ts";

/** `aura oidc-thumbprint URL`: for whoever is still asked for one. */
export async function thumbprint(this: Context, flags: OutputFlags, issuer: string): Promise<void> {
  await perform(this, flags, async () => {
    const found = await oidcThumbprint(issuer, { fetchJson });
    const text = `the top intermediate CA of ${found.host}: ${found.subject}\nAWS does not need it: IAM checks issuers with its own root CAs, and Aura's OIDC module leaves it out`;
    return { data: { ok: true, issuer, ...found }, text, stdout: found.thumbprint };
  });
}

async function fetchJson(url: string): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  return response.json();
}

import { readText, writeAtomic } from "../../kernel/files.ts";

export interface EksKubeconfig {
  readonly cluster: string;
  readonly region: string;
  /** Of ~/.aws/config, for the token. */
  readonly profile?: string | undefined;
  readonly endpoint: string;
  /** Base64 of PEM. */
  readonly certificateAuthority: string;
  /** What starts this command line. */
  readonly program: readonly string[];
}

/**
 * Writes how kubectl, helm and Aura itself reach an EKS cluster: with tokens from `aura token`, so that the file holds no
 * secret, and needs no AWS CLI. Only the user may read it (0600). An unchanged file is left alone.
 */
export async function writeEksKubeconfig(path: string, options: EksKubeconfig): Promise<void> {
  const text = `${JSON.stringify(config(options), null, 2)}\n`;
  if ((await readText(path)) !== text) await writeAtomic(path, text, 0o600);
}

function config({ cluster, region, profile, endpoint, certificateAuthority, program }: EksKubeconfig): object {
  const [command, ...start] = program;
  const exec = {
    apiVersion: "client.authentication.k8s.io/v1",
    command,
    args: [...start, "token", "--cluster", cluster, "--region", region, ...(profile ? ["--profile", profile] : [])],
    interactiveMode: "Never",
    installHint: "npm install: the kubeconfig names the aura it was written by",
    provideClusterInfo: false,
  };
  return {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: cluster, cluster: { server: endpoint, "certificate-authority-data": certificateAuthority } }],
    users: [{ name: cluster, user: { exec } }],
    contexts: [{ name: cluster, context: { cluster, user: cluster, namespace: "default" } }],
    "current-context": cluster,
  };
}

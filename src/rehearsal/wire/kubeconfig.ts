import { writeAtomic } from "../../kernel/files.ts";

export interface KubeconfigOptions {
  /** `https://127.0.0.1:PORT` */
  readonly url: string;
  readonly token: string;
  readonly certificatePem: string;
  /** Names cluster, user and context. Default `aura-rehearsal`. */
  readonly name?: string;
}

/** Writes how to reach a wire, for any Kubernetes client. It carries the token: only the user may read it (0600). */
export async function writeKubeconfig(
  path: string,
  { url, token, certificatePem, name = "aura-rehearsal" }: KubeconfigOptions,
): Promise<void> {
  const authority = Buffer.from(certificatePem).toString("base64");
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { server: url, "certificate-authority-data": authority } }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name, namespace: "default" } }],
    "current-context": name,
  };
  // JSON is YAML, and needs no library to be written
  await writeAtomic(path, `${JSON.stringify(config, null, 2)}\n`, 0o600);
}

import { randomBytes, X509Certificate } from "node:crypto";

import { isCode } from "../kernel/files.ts";
import { readIdentity, type ServerIdentity } from "./server-files.ts";
import type { WireOptions } from "./wire/call.ts";
import { selfSignedCertificate } from "./wire/certificate.ts";
import { startWire, type Wire } from "./wire/server.ts";

export interface Endpoint extends Wire {
  readonly identity: ServerIdentity;
}

/**
 * Opens a wire under the token, certificate and port that the data folder keeps, so that who knew the last server knows
 * this one; `writeIdentity` is to keep them. `port` asks for another one; where the kept one is taken meanwhile, any
 * free one will do. `now` is this machine's time, by which certificates end.
 */
export async function openEndpoint(
  { dataDir, port, now }: { readonly dataDir: string; readonly port?: number | undefined; readonly now: number },
  options: Omit<WireOptions, "token" | "port" | "certificate">,
): Promise<Endpoint> {
  const identity = await identityOf(dataDir, now);
  const certificate = { certificate: identity.certificate, key: identity.key };
  const open = (at: number) => startWire({ ...options, certificate, token: identity.token, port: at });
  const wire = await open(port ?? identity.port).catch((error: unknown) => {
    if (port !== undefined || !isCode(error, "EADDRINUSE")) throw error;
    return open(0);
  });
  return { ...wire, identity: { ...identity, port: wire.port } };
}

async function identityOf(dataDir: string, nowMs: number): Promise<ServerIdentity> {
  const kept = await readIdentity(dataDir);
  if (kept !== undefined && Date.parse(new X509Certificate(kept.certificate).validTo) > nowMs) return kept;
  return { ...(await selfSignedCertificate()), token: randomBytes(32).toString("base64url"), port: 0 };
}

import { type ConnectionOptions, connect, type DetailedPeerCertificate } from "node:tls";

import { Failure, messageOf } from "../kernel/failure.ts";

/** The thumbprint that IAM used to ask for, and which certificate it is of. */
export interface Thumbprint {
  /** The host whose keys verify the tokens: that of the issuer's `jwks_uri`. */
  readonly host: string;
  /** SHA-1 of the certificate in DER, lower-case hexadecimal. */
  readonly thumbprint: string;
  /** The certificate's common name, or its organisation. */
  readonly subject: string;
}

export interface ThumbprintOptions {
  /** Fetches the issuer's discovery document. */
  readonly fetchJson: (url: string) => Promise<unknown>;
  /** More for the TLS connection, such as another port. */
  readonly tls?: ConnectionOptions;
  /** Default 10 s. */
  readonly timeoutMs?: number;
}

/**
 * The thumbprint of an OIDC issuer: of the top intermediate CA, which is the last certificate that the server of the
 * issuer's keys sends (IAM User Guide, "Obtain the thumbprint for an OIDC identity provider"). IAM has not needed it
 * since it checks issuers with its own root CAs.
 */
export async function oidcThumbprint(issuer: string, options: ThumbprintOptions): Promise<Thumbprint> {
  const host = await keysHost(issuer, options);
  const [hostname = host, port = "443"] = host.split(":");
  const chain = await certificates(
    { host: hostname, port: Number(port), servername: hostname, ...options.tls },
    options,
  );
  const top = chain.at(-1);
  if (top === undefined) throw unreachable(host, "the server sent no certificate");
  const { CN = "", O = "" } = top.subject as unknown as Record<string, string | undefined>;
  return { host, thumbprint: top.fingerprint.replaceAll(":", "").toLowerCase(), subject: CN || O };
}

async function keysHost(issuer: string, { fetchJson }: ThumbprintOptions): Promise<string> {
  const url = URL.canParse(issuer) ? new URL(issuer) : undefined;
  if (url?.protocol !== "https:") {
    throw new Failure("USAGE", `not the URL of an OIDC issuer: ${issuer}`, {
      why: "an issuer is reached by https",
      fix: "aura oidc-thumbprint https://token.actions.githubusercontent.com",
    });
  }
  const path = url.pathname.replace(/\/$/, "");
  const document = await fetchJson(`${url.origin}${path}/.well-known/openid-configuration`).catch((error: unknown) => {
    throw unreachable(url.host, messageOf(error), error);
  });
  const keys = String((document as { jwks_uri?: unknown } | null)?.jwks_uri);
  if (!URL.canParse(keys)) throw unreachable(url.host, "its discovery document names no jwks_uri");
  return new URL(keys).host;
}

/** The certificates as the server sends them, the leaf first; a root that it sends too is left out. */
function certificates(
  to: ConnectionOptions,
  { timeoutMs = 10_000 }: ThumbprintOptions,
): Promise<DetailedPeerCertificate[]> {
  return new Promise((resolve, reject) => {
    // Not verified on purpose: with verification Node appends the root of its own store, and nothing is sent here
    const socket = connect({ ...to, rejectUnauthorized: false }, () => {
      resolve(chainOf(socket.getPeerCertificate(true)));
      socket.destroy();
    });
    const fail = (why: string, cause?: unknown) => {
      socket.destroy();
      reject(unreachable(String(to.host), why, cause));
    };
    socket.setTimeout(timeoutMs, () => fail("it does not answer"));
    socket.once("error", (error) => fail(error.message, error));
  });
}

function chainOf(leaf: DetailedPeerCertificate): DetailedPeerCertificate[] {
  const chain: DetailedPeerCertificate[] = [];
  for (
    let next = leaf;
    next?.fingerprint && !chain.some((one) => one.fingerprint === next.fingerprint);
    next = next.issuerCertificate
  ) {
    chain.push(next);
  }
  const last = chain.at(-1);
  const isRoot = chain.length > 1 && JSON.stringify(last?.subject) === JSON.stringify(last?.issuer);
  return isRoot ? chain.slice(0, -1) : chain;
}

function unreachable(host: string, why: string, cause?: unknown): Failure {
  return new Failure("CLUSTER_UNREACHABLE", `no thumbprint of ${host}`, {
    why,
    fix: `check that ${host} can be reached from here by https`,
    ...(cause !== undefined && { cause }),
  });
}

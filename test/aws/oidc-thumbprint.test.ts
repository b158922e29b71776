import { createHash } from "node:crypto";
import type { AddressInfo } from "node:net";
import { createServer, type Server } from "node:tls";

import { generate } from "selfsigned";
import { afterEach, describe, expect, it } from "vitest";

import { oidcThumbprint } from "../../src/aws/oidc-thumbprint.ts";

interface Signed {
  readonly cert: string;
  readonly key: string;
}

async function certificate(commonName: string, issuer?: Signed): Promise<Signed> {
  const pems = await generate([{ name: "commonName", value: commonName }], {
    keyType: "ec",
    algorithm: "sha256",
    extensions: [{ name: "basicConstraints", cA: commonName !== "localhost", critical: true }],
    ...(issuer && { ca: { cert: issuer.cert, key: issuer.key } }),
  });
  return { cert: pems.cert, key: pems.private };
}

const sha1 = ({ cert }: Signed) =>
  createHash("sha1")
    .update(Buffer.from(cert.replace(/-----[^-]+-----|\s/g, ""), "base64"))
    .digest("hex");

const root = await certificate("Root");
const top = await certificate("Top CA", root);
const low = await certificate("Low CA", top);
const leaf = await certificate("localhost", low);

let server: Server | undefined;
afterEach(() => server?.close());

/** A server that sends these certificates, in this order. */
async function serving(chain: readonly Signed[]): Promise<string> {
  server = createServer({ key: leaf.key, cert: chain.map(({ cert }) => cert).join("\n") }, (socket) => socket.end());
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  return `https://localhost:${(server.address() as AddressInfo).port}`;
}

const discovered = (url: string) => ({ fetchJson: async () => ({ jwks_uri: `${url}/keys` }), timeoutMs: 2000 });

describe("an issuer's thumbprint", () => {
  it.each([
    ["the last CA that is sent", [leaf, low, top], "Top CA", top],
    ["that CA where the root is sent too", [leaf, low, top, root], "Top CA", top],
    ["the one CA that is sent", [leaf, low], "Low CA", low],
    ["the certificate itself where no CA is sent", [leaf], "localhost", leaf],
  ])("is of %s", async (_, chain, subject, expected) => {
    const url = await serving(chain);
    const found = await oidcThumbprint(url, discovered(url));
    expect(found).toEqual({ host: new URL(url).host, thumbprint: sha1(expected), subject });
  });

  it("asks the discovery document where the keys are", async () => {
    const asked: string[] = [];
    const url = await serving([leaf, low]);
    const fetchJson = async (address: string) => {
      asked.push(address);
      return { jwks_uri: `${url}/keys` };
    };
    await oidcThumbprint("https://issuer.example/id/42/", { fetchJson });
    expect(asked).toEqual(["https://issuer.example/id/42/.well-known/openid-configuration"]);
  });

  it.each([
    ["not a URL", "nonsense", "not the URL of an OIDC issuer: nonsense"],
    ["plain http", "http://issuer.example", "not the URL of an OIDC issuer: http://issuer.example"],
  ])("refuses %s", async (_, issuer, message) => {
    await expect(oidcThumbprint(issuer, discovered("https://x"))).rejects.toThrow(message);
  });

  it("says so where the issuer cannot be asked", async () => {
    const fetchJson = async () => Promise.reject(new Error("getaddrinfo ENOTFOUND"));
    await expect(oidcThumbprint("https://issuer.example", { fetchJson })).rejects.toMatchObject({
      code: "CLUSTER_UNREACHABLE",
      details: { why: "getaddrinfo ENOTFOUND" },
    });
    const url = await serving([leaf]);
    server?.close();
    await expect(oidcThumbprint(url, discovered(url))).rejects.toMatchObject({ code: "CLUSTER_UNREACHABLE" });
  });
});

import { createHash } from "node:crypto";
import { createServer as createPlainServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer } from "node:https";
import { type AddressInfo, createServer as createPort } from "node:net";

import { selfSignedCertificate } from "../../../src/rehearsal/wire/certificate.ts";

export interface Registry {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  readonly certificate: string;
  /** Of the chart's manifest. */
  readonly digest: string;
  /** The status of each answer until it is 200 again; each is used once. */
  readonly trouble: number[];
  /** The Authorization headers that came. */
  readonly logins: string[];
  /** Whether nobody is served without a login. */
  isPrivate: boolean;
  close(): Promise<void>;
}

const sha256 = (data: Buffer) => `sha256:${createHash("sha256").update(data).digest("hex")}`;

/** An OCI registry that holds one chart, whatever its name and version; `/chart.tgz` is the file itself. */
export async function startRegistry(chart: Buffer): Promise<Registry> {
  const { certificate, key } = await selfSignedCertificate();
  const config = Buffer.from('{"name":"karpenter","version":"1.14.1","apiVersion":"v2"}');
  const part = (mediaType: string, data: Buffer) => ({ mediaType, digest: sha256(data), size: data.length });
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      config: part("application/vnd.cncf.helm.config.v1+json", config),
      layers: [part("application/vnd.cncf.helm.chart.content.v1.tar+gzip", chart)],
    }),
  );
  const blobs = new Map([config, chart].map((data) => [sha256(data), data]));
  const trouble: number[] = [];
  const logins: string[] = [];
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const { authorization } = request.headers;
    if (authorization !== undefined) logins.push(authorization);
    if (registry.isPrivate && authorization === undefined)
      return response.writeHead(401, { "www-authenticate": 'Basic realm="private"' }).end();
    const failing = trouble.shift();
    if (failing !== undefined) return response.writeHead(failing).end('{"errors":[]}');
    const [, kind, name = ""] = /\/(manifests|blobs)\/(.+)$/.exec(request.url ?? "") ?? [];
    if (request.url === "/v2/") return response.writeHead(200).end();
    const data = kind === "manifests" ? manifest : request.url === "/chart.tgz" ? chart : blobs.get(name);
    if (data === undefined) return response.writeHead(404).end();
    response.writeHead(200, {
      "content-type": kind === "manifests" ? "application/vnd.oci.image.manifest.v1+json" : "application/octet-stream",
      "content-length": data.length,
      "docker-content-digest": sha256(data),
    });
    return response.end(request.method === "HEAD" ? undefined : data);
  };
  const secure = createServer({ cert: certificate, key }, answer);
  const plain = createPlainServer(answer);
  // Helm 3.14 speaks plain HTTP with a registry on the loopback interface
  const server = createPort((socket) => {
    socket.once("data", (first) => {
      socket.pause();
      socket.unshift(first);
      (first[0] === 0x16 ? secure : plain).emit("connection", socket);
      process.nextTick(() => socket.resume());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const registry: Registry = {
    isPrivate: false,
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    certificate,
    digest: sha256(manifest),
    trouble,
    logins,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return registry;
}

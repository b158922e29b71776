import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import { createServer, request, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream";

import { DescribeAccessEntryCommand, DescribeClusterCommand } from "@aws-sdk/client-eks";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";

import type { AwsClients } from "../../../src/aws/clients.ts";
import { isMissing } from "../../../src/aws/errors.ts";
import { type Certificate, selfSignedCertificate } from "../../../src/rehearsal/wire/certificate.ts";
import { checkToken } from "./eks-token.ts";
import { type Front, ownAddress } from "./front.ts";

/** An API server of Kubernetes that the endpoint stands before. */
export interface Upstream {
  readonly url: string;
  readonly token: string;
  readonly certificatePem: string;
}

export interface EksEndpointOptions {
  /** The EKS cluster that it is the endpoint of. */
  readonly cluster: string;
  readonly front: Front;
  /** Clients for the endpoint's own questions. */
  readonly clients: AwsClients;
  readonly secretAccessKey: string;
  /** Undefined while there is none: then it answers 503. */
  readonly upstream: () => Upstream | undefined;
}

/** The public endpoint of a cluster of EKS, on loopback. */
export interface EksEndpoint {
  readonly url: string;
  /** Why requests were refused, in order. */
  readonly refusals: readonly string[];
  /** The API server is gone, as after a broken destroy: nobody answers. */
  close(): Promise<void>;
  /** It answers again, at the same address. */
  reopen(): Promise<void>;
  /** For good. */
  stop(): Promise<void>;
}

/**
 * Plays the endpoint: who comes has a token for this cluster (checked as aws-iam-authenticator and STS do), an access
 * entry in EKS, and an address in publicAccessCidrs; then the request goes on to a rehearsal's server, and the answer
 * streams back. DescribeCluster names this endpoint while moto has the cluster.
 */
export async function startEksEndpoint(options: EksEndpointOptions): Promise<EksEndpoint> {
  const certificate = await selfSignedCertificate();
  const refusals: string[] = [];
  let server: Server | undefined = await listening(options, certificate, refusals, 0);
  const { port } = server.address() as AddressInfo;
  const url = `https://127.0.0.1:${port}`;
  const forget = options.front.amend("EKS", "DescribeCluster", ({ cluster }) => {
    if (cluster.name !== options.cluster) return;
    cluster.endpoint = url;
    cluster.certificateAuthority = { data: Buffer.from(certificate.certificate).toString("base64") };
  });
  const close = async () => {
    const closing = server;
    server = undefined;
    await new Promise<void>((resolve) => {
      if (closing === undefined) return resolve();
      closing.close(() => resolve());
      closing.closeAllConnections();
    });
  };
  return {
    url,
    refusals,
    close,
    async reopen() {
      server ??= await listening(options, certificate, refusals, port);
    },
    async stop() {
      forget();
      await close();
    },
  };
}

async function listening(
  options: EksEndpointOptions,
  { certificate: cert, key }: Certificate,
  refusals: string[],
  port: number,
): Promise<Server> {
  const server = createServer({ cert, key }, (incoming, response) => {
    answer(options, refusals, incoming, response).catch((error: unknown) => {
      console.error("EKS endpoint:", error);
      response.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return server;
}

async function answer(
  options: EksEndpointOptions,
  refusals: string[],
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const network = await networkRefusal(options);
  if (network !== undefined) {
    refusals.push(network);
    // packets of strangers are dropped; a broken connection is as close as loopback comes
    return void incoming.socket.destroy();
  }
  const problem = await tokenProblem(options, incoming.headers.authorization ?? "");
  if (problem !== undefined) {
    refusals.push(problem);
    return status(response, 401, "Unauthorized");
  }
  const upstream = options.upstream();
  if (upstream === undefined) return status(response, 503, "no API server");
  passOn(upstream, incoming, response);
}

/** Why this machine's packets do not get in. */
async function networkRefusal({ clients, cluster }: EksEndpointOptions): Promise<string | undefined> {
  const network = await clients.eks
    .send(new DescribeClusterCommand({ name: cluster }))
    .then((described) => described.cluster?.resourcesVpcConfig)
    .catch((error: unknown) => {
      if (isMissing(error)) return undefined;
      throw error;
    });
  if (network === undefined) return "there is no cluster";
  if (network.endpointPublicAccess === false) return "the endpoint is not public";
  const ranges = network.publicAccessCidrs ?? [];
  const isIn = ranges.some((range) => range === "0.0.0.0/0" || range === `${ownAddress}/32`);
  return isIn ? undefined : `${ownAddress} is not in ${ranges.join(", ")}`;
}

async function tokenProblem(options: EksEndpointOptions, authorization: string): Promise<string | undefined> {
  const { cluster, clients, secretAccessKey } = options;
  const token = authorization.replace(/^Bearer /, "");
  const problem = await checkToken(token, { cluster, secretAccessKey, now: Date.now() });
  if (problem !== undefined) return problem;
  const { Arn = "" } = await clients.sts.send(new GetCallerIdentityCommand({}));
  const principalArn = Arn.replace(/:sts:(.*):assumed-role\/([^/]+)\/.*$/, ":iam:$1:role/$2");
  return clients.eks.send(new DescribeAccessEntryCommand({ clusterName: cluster, principalArn })).then(
    () => undefined,
    (error: unknown) => {
      if (isMissing(error)) return `${principalArn} has no access entry`;
      throw error;
    },
  );
}

function status(response: ServerResponse, code: number, message: string): void {
  const reason = (STATUS_CODES[code] ?? "").replaceAll(" ", "");
  const body = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, reason, code };
  response.writeHead(code, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function passOn({ url, token, certificatePem }: Upstream, incoming: IncomingMessage, response: ServerResponse): void {
  const { host: _, ...headers } = incoming.headers;
  const call = request(
    `${url}${incoming.url}`,
    {
      method: incoming.method,
      headers: { ...headers, authorization: `Bearer ${token}` },
      ca: certificatePem,
      agent: false,
    },
    (answered) => {
      response.writeHead(answered.statusCode ?? 502, answered.headers);
      // a watch says that it has begun before it has anything to say
      response.flushHeaders();
      pipeline(answered, response, () => {});
    },
  );
  call.once("error", () => response.destroy());
  response.once("close", () => call.destroy());
  incoming.pipe(call);
}

import { createServer as createHttpServer, type Server } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import { expect, onTestFinished, test } from "vitest";

import type { Context } from "../../../src/cli/context.ts";
import { eksConnection } from "../../../src/cli/targets/aws/eks-connection.ts";
import { Failure } from "../../../src/kernel/failure.ts";
import { selfSignedCertificate } from "../../../src/rehearsal/wire/certificate.ts";
import { type Answers, clientsOf, environmentOf, exception } from "../../aws/doctor/world.ts";
import { hastyClock } from "../../aws/sweep/fake-aws.ts";
import { folder } from "../../rehearsal/storage/keep.ts";

interface World {
  readonly cluster?: object | undefined;
  /** Of the API server's answers. */
  readonly status?: number;
  readonly answers?: Answers;
  /** What gives tokens, as JavaScript. */
  readonly program?: string;
}

const credential = JSON.stringify({
  apiVersion: "client.authentication.k8s.io/v1",
  kind: "ExecCredential",
  status: { token: "secret-token", expirationTimestamp: "2100-01-01T00:00:00Z" },
});

const gives = `process.stdout.write(${JSON.stringify(credential)})`;

/** An EKS of one cluster, and its API server, which also tells this machine's address. */
async function world({ cluster = {}, status = 200, answers = {}, program = gives }: World = {}) {
  const directory = await folder();
  const asked: string[] = [];
  const address = await listening(createHttpServer((_, response) => response.end("203.0.113.7\n")));
  const { certificate: cert, key } = await selfSignedCertificate();
  const api = createServer({ cert, key }, ({ url = "", headers }, response) => {
    asked.push(url);
    response.writeHead(headers.authorization === "Bearer secret-token" ? status : 401);
    const resources = [{ name: "namespaces", kind: "Namespace", namespaced: false }];
    response.end(JSON.stringify({ gitVersion: "v1.35.2", resources }));
  });
  const endpoint = `https://127.0.0.1:${await listening(api)}`;
  const certificateAuthority = { data: Buffer.from(cert).toString("base64") };
  const known = {
    ...{ status: "ACTIVE", endpoint, certificateAuthority, tags: { "aura:environment": "dev" } },
    resourcesVpcConfig: { endpointPublicAccess: true, publicAccessCidrs: ["203.0.113.0/24"] },
    ...cluster,
  };
  const clients = clientsOf({ DescribeCluster: () => ({ cluster: known }), ...answers });
  const handlers: ((signal: "SIGINT") => void)[] = [];
  const context = {
    process: { env: { AURA_CHECK_IP_URL: `http://127.0.0.1:${address}` } },
    clock: hastyClock(),
    program: [process.execPath, "-e", program, "--"],
    onSignal(handler: (signal: "SIGINT") => void) {
      handlers.push(handler);
      return () => {};
    },
  } as unknown as Context;
  const told: string[] = [];
  const kubeconfig = join(directory, "kubeconfig");
  const link = eksConnection({
    ...{ context, clients, environment: environmentOf(), account: async () => "123456789012" },
    place: { folder: directory, kubeconfig, account: "", helm: "", prices: "" },
    tell: (message) => void told.push(message),
  });
  return { link, asked, told, interrupt: () => handlers.at(-1)?.("SIGINT") };
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

const refused = async (options: World) => {
  const { link, asked } = await world(options);
  const error = await link.connect().then(
    () => "connected",
    (thrown: Failure) => `${thrown.code}: ${thrown.message}`,
  );
  return { error, asked };
};

test("a cluster that answers is connected to", async () => {
  const { link, told } = await world();
  expect(await link.connect()).toBeDefined();
  expect([await link.now(), told]).toEqual([expect.any(Number), []]);
});

test.each([
  ["somebody else's", { tags: { "aura:environment": "dev-2" } }, "aura-dev is somebody else's"],
  ["nobody's by its tags", { tags: {} }, "aura-dev is somebody else's"],
  ["going", { status: "DELETING" }, "aura-dev is DELETING"],
  ["broken", { status: "FAILED" }, "aura-dev is FAILED"],
  ["not there yet", { status: "CREATING", endpoint: undefined }, "aura-dev is CREATING"],
])("a cluster that is %s is not asked", async (_, cluster, says) => {
  const { error, asked } = await refused({ cluster });
  expect([error, asked]).toEqual([`CLUSTER_UNREACHABLE: the cluster ${says}`, []]);
});

test("no cluster of the name is unreachable", async () => {
  const DescribeCluster = () => {
    throw exception("ResourceNotFoundException");
  };
  const { error } = await refused({ answers: { DescribeCluster } });
  expect(error).toBe("CLUSTER_UNREACHABLE: there is no cluster aura-dev in us-east-1");
});

test.each([401, 403])("an answer of %i says whom EKS admits", async (status) => {
  const { error } = await refused({ status });
  expect(error).toBe("CLUSTER_UNREACHABLE: the cluster aura-dev does not admit these credentials");
});

test("a program that gives no token is told", async () => {
  const program = `process.stderr.write("error: no AWS credentials were found\\n"); process.exit(2)`;
  const { error, asked } = await refused({ program });
  expect([error, asked]).toEqual([
    "CLUSTER_UNREACHABLE: the kubeconfig's user has no credentials: error: no AWS credentials were found",
    [],
  ]);
});

const closed = { resourcesVpcConfig: { endpointPublicAccess: true, publicAccessCidrs: ["198.51.100.1/32"] } };

test("an endpoint that cannot be opened is unreachable", async () => {
  const UpdateClusterConfig = () => {
    throw new Failure("AWS_DENIED", "no");
  };
  const { error } = await refused({ cluster: closed, answers: { UpdateClusterConfig } });
  expect(error).toBe("CLUSTER_UNREACHABLE: the cluster aura-dev does not let 203.0.113.7/32 in: no");
});

test("an update that never ends is unreachable", async () => {
  const { error } = await refused({
    cluster: closed,
    answers: {
      UpdateClusterConfig: () => ({ update: { id: "one" } }),
      DescribeUpdate: () => ({ update: { status: "InProgress" } }),
    },
  });
  expect(error).toContain("CLUSTER_UNREACHABLE: the cluster aura-dev does not let 203.0.113.7/32 in: gave up");
});

test("credentials that expired meanwhile are told", async () => {
  const UpdateClusterConfig = () => {
    throw new Failure("AWS_CREDENTIALS", "expired");
  };
  const { error } = await refused({ cluster: closed, answers: { UpdateClusterConfig } });
  expect(error).toBe("AWS_CREDENTIALS: expired");
});

test("waiting to be let in is told, and ends with Ctrl-C", async () => {
  const { link, told, interrupt } = await world({
    cluster: closed,
    answers: {
      UpdateClusterConfig: () => ({ update: { id: "one" } }),
      DescribeUpdate() {
        interrupt();
        return { update: { status: "InProgress" } };
      },
    },
  });
  await expect(link.connect()).rejects.toMatchObject({ code: "INTERRUPTED" });
  expect(told).toEqual(["EKS is asked to let 203.0.113.7/32 reach aura-dev, and takes minutes for it"]);
});

import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { request } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import { expect, onTestFinished, test } from "vitest";
import { parseAllDocuments } from "yaml";

import { existingCluster } from "./existing-cluster.ts";
import { processJob, project } from "./harness.ts";

interface Role {
  readonly kind: string;
  readonly rules: readonly { readonly apiGroups: string[]; readonly resources: string[]; readonly verbs: string[] }[];
}

/** What the guide's roles allow, as `VERB RESOURCE.GROUP`. */
async function allowed(): Promise<Set<string>> {
  const guide = await readFile(join(import.meta.dirname, "../../docs/guide/kubernetes.md"), "utf8");
  const manifests = guide.split("```yaml\n").at(-1)?.split("```")[0] ?? "";
  const roles = parseAllDocuments(manifests).map((document) => document.toJSON() as Role);
  const rules = roles.filter(({ kind }) => kind === "ClusterRole").flatMap((role) => role.rules);
  const all = rules.flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap((group) => resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource}.${group}`))),
  );
  return new Set(all);
}

/** Lets requests through to a server, and notes the right that each takes; what everybody may do is left out. */
async function audited(server: string): Promise<{ readonly url: string; readonly rights: Set<string> }> {
  const rights = new Set<string>();
  const front = createServer((incoming, outgoing) => {
    const right = rightOf(incoming.method ?? "", new URL(incoming.url ?? "", server));
    if (right !== undefined) rights.add(right);
    const { method } = incoming;
    const headers = { ...incoming.headers, host: new URL(server).host };
    const onward = request(
      new URL(incoming.url ?? "", server),
      { method, headers, rejectUnauthorized: false },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(outgoing);
      },
    );
    onward.on("error", () => outgoing.destroy());
    outgoing.on("close", () => onward.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => front.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    front.closeAllConnections();
    front.close();
  });
  return { url: `http://127.0.0.1:${(front.address() as AddressInfo).port}`, rights };
}

const path =
  /^\/(?:api\/v1|apis\/(?<group>[^/]+)\/[^/]+)(?:\/namespaces\/[^/]+(?=\/))?\/(?<resource>[^/]+)(?:\/(?<name>[^/]+)(?:\/(?<sub>[^/]+).*)?)?$/;

function rightOf(method: string, { pathname, searchParams }: URL): string | undefined {
  const { group = "", resource = "", name, sub } = path.exec(pathname)?.groups ?? {};
  if (resource === "" || resource === "selfsubjectaccessreviews") return undefined;
  const reads = name === undefined ? (searchParams.has("watch") ? "watch" : "list") : "get";
  const verbs: Record<string, string> = { GET: reads, POST: "create", PATCH: "patch", DELETE: "delete", PUT: "update" };
  return `${verbs[method]} ${resource}${sub === undefined ? "" : `/${sub}`}.${group}`;
}

test("the guide's roles allow every request", { timeout: 60_000 }, async () => {
  const cluster = await existingCluster();
  const config = JSON.parse(await readFile(cluster.kubeconfig, "utf8"));
  const { url, rights } = await audited(config.clusters[0].cluster.server);
  for (const one of config.clusters) one.cluster = { server: url, "insecure-skip-tls-verify": true };
  await writeFile(cluster.kubeconfig, JSON.stringify(config));
  const environment = `version: 1
name: test
region: us-east-1
target: kubernetes
kubernetes: { kubeconfig: ${cluster.kubeconfig}, nodeClass: default }
pools:
  cpu: { families: [m7i], hold: 30s }
  gpu: { families: [g5], hold: 30s }
timeout: 30m
jobs: [jobs.yml]
`;
  const made = await project({ environment, jobs: processJob("writes", 'echo 42 > "$AURA_OUTPUT_DIR/answer"') });
  // its verdict is of no account here: this machine may lack tools
  await made.aura("doctor");
  for (const verb of ["up", "run", "status", "logs", "collect", "down"]) {
    const { code, stderr } = await made.aura(verb);
    expect([verb, code], stderr).toEqual([verb, 0]);
  }
  const may = await allowed();
  // a refusal is taken for "none": it makes none in a cluster of others
  may.add("list capacitybuffers.autoscaling.x-k8s.io");
  expect([...rights].filter((right) => !may.has(right)).sort()).toEqual([]);
  expect([...rights]).toEqual(
    expect.arrayContaining(["create jobs.batch", "get pods/log.", "patch nodepools.karpenter.sh"]),
  );
});

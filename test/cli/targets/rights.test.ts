import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";

import {
  jobRights,
  missingRights,
  poolRights,
  type Right,
  watchingRights,
} from "../../../src/cli/targets/kubernetes/rights.ts";
import type { ObjectApi } from "../../../src/cluster/api.ts";

interface Review {
  readonly spec: { readonly resourceAttributes: Record<string, string> };
}

/** A cluster that allows what `isAllowed` says. */
function cluster(isAllowed: (attributes: Record<string, string>) => boolean) {
  const asked: Record<string, string>[] = [];
  const api = {
    async create({ spec }: Review) {
      asked.push(spec.resourceAttributes);
      return { status: { allowed: isAllowed(spec.resourceAttributes) } };
    },
  } as unknown as ObjectApi;
  return { api, asked };
}

test("who may do everything lacks nothing", async () => {
  expect(await missingRights(cluster(() => true).api, watchingRights)).toEqual([]);
});

test("each missing right is one sentence", async () => {
  const { api } = cluster(({ verb, namespace }) => verb !== "watch" && namespace !== "ml");
  expect(await missingRights(api, [...watchingRights, ...jobRights("ml")])).toEqual([
    "this user may not watch pods in all namespaces",
    "this user may not watch events in all namespaces",
    "this user may not watch jobs.batch in all namespaces",
    "this user may not get jobs.batch in namespace ml",
    "this user may not create jobs.batch in namespace ml",
    "this user may not delete jobs.batch in namespace ml",
    "this user may not get pods in namespace ml",
    "this user may not get pods/log in namespace ml",
  ]);
});

test("a log is a subresource", async () => {
  const { api, asked } = cluster(() => true);
  await missingRights(api, jobRights("ml"));
  expect(asked).toContainEqual({ group: "", resource: "pods", subresource: "log", verb: "get", namespace: "ml" });
});

interface Role {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly rules: readonly { readonly apiGroups: string[]; readonly resources: string[]; readonly verbs: string[] }[];
}

test.each([
  ["aura-watch", watchingRights],
  ["aura-jobs", jobRights("default")],
  ["aura-pools", poolRights],
])("the guide's role %s gives its rights", async (name, rights: readonly Right[]) => {
  const guide = await readFile(join(import.meta.dirname, "../../../docs/guide/kubernetes.md"), "utf8");
  const manifests = guide.split("```yaml\n").at(-1)?.split("```")[0] ?? "";
  const roles = parseAllDocuments(manifests).map((document) => document.toJSON() as Role);
  const { rules = [] } = roles.find(({ kind, metadata }) => kind === "ClusterRole" && metadata.name === name) ?? {};
  const given = rules.flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap((group) => resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource} ${group}`))),
  );
  const wanted = rights.flatMap(({ group, resource, verbs }) => verbs.map((verb) => `${verb} ${resource} ${group}`));
  expect(given).toEqual(expect.arrayContaining(wanted));
});

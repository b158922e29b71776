import { expect, test } from "vitest";

import { jobRights, missingRights, watchingRights } from "../../../src/cli/targets/kubernetes/rights.ts";
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

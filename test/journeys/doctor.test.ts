import { join } from "node:path";

import { expect, it } from "vitest";

import type { Finding } from "../../src/aws/doctor/finding.ts";
import { project } from "./harness.ts";

interface Answer {
  readonly ok: boolean;
  readonly target: string;
  readonly findings: readonly Finding[];
}

const statuses = ({ findings }: Answer) => Object.fromEntries(findings.map(({ check, status }) => [check, status]));

it("a rehearsal needs this machine only", async () => {
  const made = await project();
  const { code, stdout, stderr } = await made.aura("doctor");
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toContain("test on rehearsal\n\ntools\n  ok");
  expect(stdout).toContain("127.0.0.1 has free ports");
  const answer = (await made.aura("doctor", "-o", "json")).json<Answer>();
  expect(answer).toMatchObject({ ok: true, target: "rehearsal", environment: "test" });
  expect(statuses(answer)).toMatchObject({ node: "ok", loopback: "ok" });
});

it("a cluster is looked at by its kubeconfig", async () => {
  const made = await project();
  expect((await made.aura("rehearsal", "start", "--detach")).code).toBe(0);
  const kubeconfig = join(made.directory, ".aura", "rehearsal", "kubeconfig");
  Object.assign(made, { env: { KUBECONFIG: kubeconfig } });
  const { code, stdout } = await made.aura("doctor", "--target", "kubernetes");
  expect(code).toBe(0);
  expect(stdout).toContain("serves karpenter.sh/v1");
  expect(stdout).toContain("this user may watch, and run jobs in default");
});

it("a cluster that is not there is a problem", async () => {
  const made = await project();
  Object.assign(made, { env: { KUBECONFIG: join(made.directory, "none") } });
  const answer = await made.aura("doctor", "--target", "kubernetes", "-o", "json");
  expect(answer.code).toBe(2);
  expect(answer.json()).toMatchObject({ ok: false, error: { code: "NOT_READY" } });
  expect(statuses(answer.json<Answer>())).toEqual({ node: "ok", context: "problem" });
});

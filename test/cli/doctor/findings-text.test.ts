import { expect, it } from "vitest";

import type { Finding } from "../../../src/aws/doctor/finding.ts";
import { findingsText } from "../../../src/cli/doctor/findings-text.ts";
import { memoryFinding } from "../../../src/cli/doctor/rehearsal.ts";

const findings: Finding[] = [
  { group: "tools", check: "node", status: "ok", says: "20.20.2" },
  { group: "tools", check: "helm", status: "problem", says: "helm is not on PATH", fix: "https://helm.sh" },
  { group: "quotas", check: "pool gpu, spot", status: "warning", says: "0 vCPU", why: "a new account", fix: "ask AWS" },
  {
    group: "quotas",
    check: "VPCs",
    status: "skipped",
    says: "could not be looked at: x:Y is not allowed",
    fix: "allow x:Y",
  },
];

it("shows findings by group, problems last", () => {
  expect(findingsText("dev on aws, us-east-1", findings)).toBe(
    `dev on aws, us-east-1

tools
  ok         node            20.20.2
  x problem  helm            helm is not on PATH

quotas
  ! warning  pool gpu, spot  0 vCPU
  - skipped  VPCs            could not be looked at: x:Y is not allowed

to do
  - skipped  quotas, VPCs
    fix  allow x:Y
  ! warning  quotas, pool gpu, spot
    why  a new account
    fix  ask AWS
  x problem  tools, helm
    fix  https://helm.sh`,
  );
});

it("cuts what programs say to one line", () => {
  const says = "helm does not say its version: Error: boom\n  at main.go:12\n";
  expect(findingsText("dev", [{ group: "tools", check: "helm", status: "problem", says }])).toContain(
    "helm does not say its version: Error: boom …",
  );
});

it("has nothing to do where all is well", () => {
  expect(findingsText("dev on rehearsal", findings.slice(0, 1))).toBe("dev on rehearsal\n\ntools\n  ok  node  20.20.2");
});

it.each([
  [1024, "ok"],
  [1023, "warning"],
])("judges %s MiB of memory", (mib, status) => {
  expect(memoryFinding(mib)).toMatchObject({ status, value: `${mib} MiB` });
});

import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { writeAtomic } from "../../../src/kernel/files.ts";
import { checkAutoscaling } from "../../../src/report/validation/autoscaling.ts";
import { checkSection } from "../../../src/report/validation/markdown.ts";
import { checkText } from "../../../src/report/validation/text.ts";
import type { TimelineEntry } from "../../../src/timeline/entries.ts";
import { timelineModel } from "../../../src/timeline/model.ts";
import { cases } from "./cases.ts";

const golden = join(import.meta.dirname, "../../golden/autoscaling");
const check = (entries: readonly TimelineEntry[] = []) => checkAutoscaling(timelineModel(entries));

// UPDATE_GOLDEN=1 writes the files anew: read the difference before committing it
it.each(Object.entries(cases))("tells of %s as its golden file", async (name, entries) => {
  const found = check(entries);
  const text = `${checkSection(found)}\n\n\`\`\`text\n${checkText(found)}\n\`\`\`\n`;
  const path = join(golden, `${name}.md`);
  if (process.env["UPDATE_GOLDEN"] === "1") await writeAtomic(path, text);
  expect(text).toBe(await readFile(path, "utf8"));
});

describe("the verdict", () => {
  it.each([
    ["success", true, []],
    ["not-destroyed", true, []],
    ["gpu-missing", false, [/its own check ran out of time: is pending/, /no GPU node came up for it: no instance/]],
    ["gpu-failed", false, [/its own check failed with exit code 1: no GPU is visible/]],
    ["not-released", false, [/its node gpu-c9qtm was still there when the destroy began/]],
    ["still-there", false, [/its node gpu-c9qtm is still there/]],
    ["leftovers", false, [/left after destroy: NAT gateway nat-0123/]],
    ["budget", false, [/its own check failed: the budget of \$5.00 is spent/]],
    ["deploy-failed", false, [/no job was run/, /deploy failed: tofu apply failed/]],
  ])("of %s is %s", (name, ok, reasons) => {
    const found = check(cases[name]);
    expect(found.ok).toBe(ok);
    expect(found.reasons).toHaveLength(reasons.length);
    reasons.forEach((reason, index) => void expect(found.reasons[index]).toMatch(reason));
  });

  it("fails for an empty timeline", () => {
    expect(check([])).toMatchObject({ ok: false, reasons: ["no job was run"] });
  });
});

describe("a job's node", () => {
  const change = (alter: (entry: TimelineEntry) => TimelineEntry | undefined) =>
    check((cases["success"] ?? []).flatMap((entry) => alter(entry) ?? []));

  it("does not count when it was there", () => {
    const found = change((entry) =>
      entry.type === "node" && entry.state === "requested" ? { ...entry, at: entry.at - 60_000 } : entry,
    );
    expect(found.reasons).toContain(
      "gpu-test-job: it ran on gpu-c9qtm, which was there before it: none was provisioned",
    );
    expect(found.jobs[1]?.seconds).toMatchObject({ requested: null, ready: null, running: 104, total: 104 });
  });

  it("proves nothing when nobody saw it", () => {
    const found = change((entry) => (entry.type === "node" ? undefined : entry));
    const words = /-job: nothing but the name is known of the node that it ran on, ip-\S+: no command saw it/;
    expect(found.reasons).toEqual([expect.stringMatching(words), expect.stringMatching(words)]);
  });

  it("may have no name either", () => {
    const found = change((entry) => {
      if (entry.type !== "pod") return entry.type === "node" ? undefined : entry;
      const { node: _, ...rest } = entry;
      return rest;
    });
    expect(found.reasons).toEqual([
      "app-job: nobody saw the node that it ran on",
      "gpu-test-job: nobody saw the node that it ran on",
    ]);
  });

  it("needs GPUs for a GPU job", () => {
    const found = change((entry) => (entry.type === "node" ? { ...entry, gpus: 0 } : entry));
    expect(found.reasons).toEqual(["gpu-test-job: its node gpu-c9qtm has no GPU"]);
  });

  it("is told with its way to Running", () => {
    expect(check(cases["success"]).jobs[1]).toMatchObject({
      kind: "gpu",
      node: { family: "g4dn", capacityType: "spot", provisioned: true },
      seconds: { requested: 3, launched: 3, registered: 78, ready: 10, running: 10, total: 104 },
      releasedAfterSeconds: 70,
      gpuPercent: 87,
    });
  });

  it("fails where an idle one stays", () => {
    const idle = (cases["success"] ?? []).filter(({ type }) => type === "node").slice(0, 2);
    const extra = idle.map((entry) => ({ ...entry, name: "cpu-idle", node: "ip-idle" }) as TimelineEntry);
    expect(check([...(cases["success"] ?? []), ...extra]).reasons).toEqual(["node cpu-idle is still there"]);
  });
});

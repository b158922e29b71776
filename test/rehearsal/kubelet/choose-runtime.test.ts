import { describe, expect, it } from "vitest";

import { chooseRuntime, type RuntimeSetting } from "../../../src/rehearsal/kubelet/choose-runtime.ts";

const allowed = { "aura.dev/rehearsal": "process" };
const simulated = { "aura.dev/simulated-duration": "1m30s" };

function choose(annotations: Record<string, string> | undefined, runtime: RuntimeSetting, hasEngine: boolean) {
  let looks = 0;
  const findEngine = async () => {
    looks += 1;
    return hasEngine ? ({ name: "docker", command: "docker", environment: {} } as const) : undefined;
  };
  return chooseRuntime({ annotations, runtime, findEngine }).then((choice) => ({ choice, looks }));
}

describe("chooseRuntime", () => {
  it.each([
    ["nothing said, no engine", undefined, "auto", false, "refused"],
    ["nothing said, an engine", undefined, "auto", true, "container"],
    ["containers wanted, no engine", {}, "container", false, "refused"],
    ["containers wanted, an engine", {}, "container", true, "container"],
    ["processes wanted", {}, "process", true, "process"],
    ["allowed by the manifest, containers wanted", allowed, "container", true, "container"],
    ["allowed by the manifest, containers wanted, no engine", allowed, "container", false, "refused"],
    ["allowed by the manifest", allowed, "auto", true, "process"],
    ["allowed by the manifest, no engine", allowed, "auto", false, "process"],
    ["simulated", simulated, "process", true, "timer"],
    ["simulated and allowed", { ...allowed, ...simulated }, "container", false, "timer"],
    ["a strange value", { "aura.dev/rehearsal": "yes" }, "process", true, "refused"],
    ["no duration", { "aura.dev/simulated-duration": "soon" }, "process", true, "refused"],
    ["no exit code", { ...simulated, "aura.dev/simulated-exit-code": "256" }, "auto", true, "refused"],
  ] as const)("decides when %s", async (_, annotations, runtime, engine, kind) => {
    expect((await choose(annotations, runtime, engine)).choice.kind).toBe(kind);
  });

  it("reads duration and exit code", async () => {
    const annotations = { ...simulated, "aura.dev/simulated-exit-code": "17" };
    expect((await choose(annotations, "auto", false)).choice).toEqual({
      kind: "timer",
      durationMs: 90_000,
      exitCode: 17,
    });
  });

  it("says how to allow what it refuses", async () => {
    const { choice } = await choose({}, "auto", false);
    const message = choice.kind === "refused" ? choice.message : "";
    for (const way of ["aura.dev/rehearsal: process", "--runtime process", "aura.dev/simulated-duration: 90s"]) {
      expect(message).toContain(way);
    }
  });

  it.each([
    [{}, "auto", 1],
    [simulated, "auto", 0],
    [allowed, "auto", 0],
    [allowed, "container", 1],
    [{}, "process", 0],
  ] as const)("looks for an engine only when one decides: %j, %s", async (annotations, runtime, looks) => {
    expect((await choose(annotations, runtime, true)).looks).toBe(looks);
  });
});

import { describe, expect, it } from "vitest";

import { chooseRuntime, needsEngine } from "../../../src/rehearsal/kubelet/choose-runtime.ts";

const allowed = { "aura.dev/rehearsal": "process" };
const simulated = { "aura.dev/simulated-duration": "1m30s" };

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
  ] as const)("decides when %s", (_, annotations, runtime, engine, kind) => {
    expect(chooseRuntime({ annotations, runtime, engine }).kind).toBe(kind);
  });

  it("reads duration and exit code", () => {
    const annotations = { ...simulated, "aura.dev/simulated-exit-code": "17" };
    expect(chooseRuntime({ annotations, runtime: "auto", engine: false })).toEqual({
      kind: "timer",
      durationMs: 90_000,
      exitCode: 17,
    });
  });

  it("says how to allow what it refuses", () => {
    const choice = chooseRuntime({ annotations: {}, runtime: "auto", engine: false });
    const message = choice.kind === "refused" ? choice.message : "";
    for (const way of ["aura.dev/rehearsal: process", "--runtime process", "aura.dev/simulated-duration: 90s"]) {
      expect(message).toContain(way);
    }
  });

  it("looks for an engine only when one decides", () => {
    expect(needsEngine({}, "auto")).toBe(true);
    expect(needsEngine(simulated, "auto")).toBe(false);
    expect(needsEngine(allowed, "auto")).toBe(false);
    expect(needsEngine(allowed, "container")).toBe(true);
    expect(needsEngine({}, "process")).toBe(false);
  });
});

import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { engine } from "../../../src/aws/tofu/engine.ts";
import type { ResourceProgress } from "../../../src/aws/tofu/resource-progress.ts";
import { manualClock } from "../../../src/kernel/clocks.ts";
import type { CommandOptions, CommandResult, Commands } from "../../../src/kernel/commands.ts";
import { Failure } from "../../../src/kernel/failure.ts";
import { readText } from "../../../src/kernel/files.ts";
import { recorded } from "./recorded.ts";

type Answer = Partial<CommandResult> & { readonly meanwhile?: (options: CommandOptions) => unknown };

const throttled = JSON.stringify({
  type: "diagnostic",
  diagnostic: { severity: "error", summary: "creating X: api error Throttling: Rate exceeded" },
});
const violated = throttled.replace("Throttling: Rate exceeded", "DependencyViolation: has dependencies");

/** An engine whose program answers from a list by subcommand; the last answer stays. */
async function world(
  answers: Readonly<Record<string, readonly Answer[]>> = {},
  more: Partial<Parameters<typeof engine>[0]> = {},
) {
  const folder = await mkdtemp(join(tmpdir(), "aura-engine-"));
  const calls: string[][] = [];
  const left = new Map(Object.entries(answers).map(([name, list]) => [name, [...list]]));
  const commands: Commands = {
    find: async () => "/bin/tofu",
    async run(options) {
      calls.push([...options.args]);
      const list = left.get(options.args[0] ?? "") ?? [];
      const { meanwhile, stdout = "", ...result } = (list.length > 1 ? list.shift() : list[0]) ?? {};
      options.onStart?.({ pid: 2 ** 30, started: "never" });
      for (const line of stdout.split("\n")) options.onLine?.(line, "stdout");
      await meanwhile?.(options);
      return { code: 0, signal: null, stderr: "", stdout, ...result };
    },
  };
  const clock = manualClock();
  const seen: ResourceProgress[] = [];
  const notices: string[] = [];
  const it = engine({
    ...{ commands, clock, folder: join(folder, "work"), logs: join(folder, "logs"), root: "root" },
    program: { name: "tofu", path: "/bin/tofu", version: "1.12.6" },
    env: { PATH: "/bin" },
    files: new Map([["root/main.tf.json", "{}"]]),
    backend: { kind: "local", path: join(folder, "terraform.tfstate") },
    variables: { run: "dev-1", public_access_cidrs: ["192.0.2.1/32"] },
    listener: { onResource: (one) => seen.push(one), onNotice: (one) => notices.push(one) },
    ...more,
  });
  const subcommands = () => calls.map(([name]) => name);
  return { folder, engine: it, clock, calls, subcommands, seen, notices };
}

const never = new AbortController().signal;
const changes = { plan: [{ code: 2 }], show: [{ stdout: recorded("tofu-plan.json") }] };

/** Lets a call run, its pauses included. */
async function passing<T>(clock: ReturnType<typeof manualClock>, call: Promise<T>): Promise<T> {
  let over = false;
  const end = call.finally(() => {
    over = true;
  });
  end.catch(() => {});
  while (!over) {
    // files take this machine's time
    await new Promise((resolve) => setTimeout(resolve, 2));
    await clock.advance(5_000);
  }
  return end;
}

describe("an engine", () => {
  test("is made ready once", async () => {
    const { engine: it, calls, folder } = await world();
    await it.resources(never);
    await it.resources(never);
    expect(calls).toEqual([
      ["init", "-input=false", "-json", "-no-color", "-reconfigure"],
      ["state", "list"],
      ["state", "list"],
    ]);
    const variables = await readFile(join(folder, "work/root/aura.auto.tfvars.json"), "utf8");
    expect(JSON.parse(variables)).toEqual({ run: "dev-1", public_access_cidrs: ["192.0.2.1/32"] });
  });

  test("plans nothing where nothing changes", async () => {
    const { engine: it, subcommands } = await world();
    expect((await it.plan(never)).hasChanges).toBe(false);
    expect(subcommands()).toEqual(["init", "plan"]);
  });

  test("applies the plan that was shown", async () => {
    const { engine: it, calls, seen } = await world({ ...changes, apply: [{ stdout: recorded("tofu-apply.jsonl") }] });
    expect((await it.plan(never)).counts.create).toBe(4);
    await it.apply(never);
    expect(calls.at(-1)).toEqual(["apply", "-input=false", "-json", "-lock-timeout=300s", "aura.tfplan"]);
    expect(seen).toHaveLength(8);
  });

  test("knows no resources where there is no state", async () => {
    const { engine: it } = await world({ state: [{ code: 1, stderr: "Error: No state file was found" }] });
    expect(await it.resources(never)).toEqual([]);
  });

  test("is noted while it runs, and only then", async () => {
    const notes: (string | undefined)[] = [];
    const { engine: it, folder } = await world({
      init: [{ meanwhile: async ({ cwd = "" }) => void notes.push(await noteIn(join(cwd, ".."))) }],
    });
    await it.init(never);
    expect(JSON.parse(notes[0] ?? "")).toMatchObject({ pid: 2 ** 30, action: "init", interrupted: false });
    expect(await readText(join(folder, "work/engine.json"))).toBeUndefined();
  });

  test("throws the signal's reason after its end", async () => {
    const controller = new AbortController();
    const reason = new Failure("INTERRUPTED", "stopped by SIGINT");
    const { engine: it } = await world({ plan: [{ code: 1, meanwhile: () => controller.abort(reason) }] });
    await expect(it.plan(controller.signal)).rejects.toBe(reason);
  });

  test("breaks a lock that it is told is nobody's", async () => {
    const destroy = [{ code: 1, stdout: recorded("tofu-lock.jsonl") }, {}];
    const { engine: it, calls, notices } = await world({ destroy }, { breaksLock: true });
    await it.destroy(never);
    expect(calls.map(([name]) => name)).toEqual(["init", "destroy", "force-unlock", "destroy"]);
    expect(calls[2]).toEqual(["force-unlock", "-force", expect.stringMatching(/^[\da-f-]{36}$/)]);
    expect(notices.at(-1)).toMatch(/^breaks the lock that .+@.+ has held since \d{4}-.*, as it was told to$/);
  });

  test("leaves a lock alone otherwise", async () => {
    const { engine: it, subcommands } = await world({ destroy: [{ code: 1, stdout: recorded("tofu-lock.jsonl") }] });
    await expect(it.destroy(never)).rejects.toMatchObject({ code: "STATE_LOCKED" });
    expect(subcommands()).not.toContain("force-unlock");
  });

  test("is made ready again after a failure", async () => {
    const { engine: it, subcommands } = await world({ init: [{ code: 1, stdout: "panic" }, {}] });
    await expect(it.init(never)).rejects.toThrow("tofu init failed: panic");
    await it.init(never);
    expect(subcommands()).toEqual(["init", "init"]);
  });
});

/** The note is written while the engine starts. */
async function noteIn(folder: string): Promise<string | undefined> {
  for (let left = 100; left > 0; left -= 1) {
    const text = await readText(join(folder, "engine.json"));
    if (text !== undefined) return text;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return undefined;
}

describe("another try", () => {
  test("plans before it applies again", async () => {
    const apply = [{ code: 1, stdout: throttled }, {}];
    const { engine: it, clock, subcommands, notices } = await world({ ...changes, apply });
    await it.plan(never);
    const before = clock.now();
    await passing(clock, it.apply(never));
    expect(subcommands()).toEqual(["init", "plan", "show", "apply", "plan", "apply"]);
    expect(notices).toEqual(["apply is tried again in 10.0 s (creating X: api error Throttling: Rate exceeded)"]);
    expect(clock.now() - before).toBeGreaterThanOrEqual(10_000);
  });

  test("is over when the plan finds nothing more", async () => {
    const apply = [{ code: 1, stdout: throttled }];
    const { engine: it, clock, subcommands } = await world({ ...changes, plan: [{ code: 2 }, { code: 0 }], apply });
    await it.plan(never);
    await passing(clock, it.apply(never));
    expect(subcommands().slice(-2)).toEqual(["apply", "plan"]);
  });

  test("comes three times, with longer pauses", async () => {
    const { engine: it, clock, notices } = await world({ plan: [{ code: 1, stdout: throttled }] });
    await expect(passing(clock, it.plan(never))).rejects.toMatchObject({ code: "ENGINE_FAILED" });
    expect(notices.map((notice) => /again in (.*) \(/.exec(notice)?.[1])).toEqual(["10.0 s", "30.0 s", "1 min 30 s"]);
  });

  test.each([
    ["one error that lasts", `${throttled}\n${throttled.replace("Throttling: Rate exceeded", "VcpuLimitExceeded")}`],
    ["what only stands in the way of deletions", violated],
    ["what never comes up", throttled.replace("Throttling: Rate exceeded", "timeout while waiting for state")],
  ])("does not come for %s", async (_, stdout) => {
    const { engine: it, clock, notices } = await world({ plan: [{ code: 1, stdout }] });
    await expect(passing(clock, it.plan(never))).rejects.toThrow("plan failed");
    expect(notices).toEqual([]);
  });

  test("of destroy comes after a sweep", async () => {
    const destroy = [{ code: 1, stdout: violated }, { code: 1, stdout: violated }, {}];
    const { engine: it, clock, subcommands } = await world({ destroy });
    let swept = 0;
    await passing(
      clock,
      it.destroy(never, async () => {
        swept += 1;
      }),
    );
    expect(swept).toBe(2);
    expect(subcommands()).toEqual(["init", "destroy", "destroy", "destroy"]);
  });

  test("is not waited for after an interrupt", async () => {
    const controller = new AbortController();
    const { engine: it, clock } = await world({ plan: [{ code: 1, stdout: throttled }] });
    const planning = it.plan(controller.signal);
    planning.catch(() => {});
    while (clock.pending() === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    controller.abort(new Failure("INTERRUPTED", "stopped by SIGINT"));
    await expect(planning).rejects.toMatchObject({ code: "INTERRUPTED" });
  });
});

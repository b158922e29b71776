import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { onTestFinished } from "vitest";

import type { HelmOptions } from "../../../src/aws/helm/helm-run.ts";
import type { Clock } from "../../../src/kernel/clock.ts";
import type { CommandOptions, CommandResult } from "../../../src/kernel/commands.ts";

export type Answer = Partial<CommandResult>;

/** A helm that answers what it is told to, by its verb, the last answer for ever. */
export function fakeHelm(answers: Readonly<Record<string, readonly Answer[]>> = {}) {
  const calls: CommandOptions[] = [];
  const directory = mkdtempSync(join(tmpdir(), "aura-fake-helm-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const asked = new Map<string, number>();
  const answerTo = (verb: string): Answer => {
    const all = answers[verb] ?? (verb === "version" ? [{ stdout: "v4.1.4+g05fa379\n" }] : [{}]);
    const index = asked.get(verb) ?? 0;
    asked.set(verb, index + 1);
    return all[Math.min(index, all.length - 1)] ?? {};
  };
  const options: HelmOptions = {
    commands: {
      find: async (name) => `/usr/bin/${name}`,
      run: async (call) => {
        calls.push(call);
        return { code: 0, signal: null, stdout: "", stderr: "", ...answerTo(call.args[0] ?? "") };
      },
    },
    env: { PATH: "/usr/bin", HOME: "/home/me" },
    clock: instantClock(),
    directory,
    kubeconfig: "/k/config",
  };
  return { options, calls, verbs: () => calls.map(({ args }) => args[0]) };
}

/** A clock on which every wait is over at once, and has taken its time. */
export function instantClock(): Clock {
  let now = Date.UTC(2026, 10, 25);
  return {
    now: () => now,
    schedule(delayMs, callback) {
      const timer = setImmediate(() => {
        now += delayMs;
        callback();
      });
      return () => clearImmediate(timer);
    },
  };
}

export const gone: Answer = { code: 1, stderr: "Error: release: not found\n" };

export function revision(status: string, description = "x"): Answer {
  return { stdout: JSON.stringify([{ revision: 2, status, chart: "karpenter-1.14.1", description }]) };
}

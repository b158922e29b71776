import { durationOf } from "../../kernel/quantity.ts";
import type { ContainerEngine, FindEngine } from "./container-engine.ts";

/** Which runtime the user allows: `aura … --runtime`. */
export type RuntimeSetting = "auto" | "process" | "container";

export type RuntimeChoice =
  | { readonly kind: "timer"; readonly durationMs: number; readonly exitCode: number }
  | { readonly kind: "process" }
  | { readonly kind: "container"; readonly engine: ContainerEngine }
  | { readonly kind: "refused"; readonly message: string };

/** A timer instead of a process, for so long (`90s`). */
export const durationAnnotation = "aura.dev/simulated-duration";
/** The timer's exit code, 0 to 255; default 0. */
export const exitCodeAnnotation = "aura.dev/simulated-exit-code";
/** `process`: the manifest's commands may run on this machine. */
export const rehearsalAnnotation = "aura.dev/rehearsal";

/**
 * How a pod is run, from its annotations. A manifest's command runs on the host only with its author's or the user's
 * consent; a container needs docker or podman.
 * @param options.findEngine called only when an engine decides: it costs a process.
 */
export async function chooseRuntime(options: {
  readonly annotations: Readonly<Record<string, string>> | undefined;
  readonly runtime: RuntimeSetting;
  readonly findEngine: FindEngine;
}): Promise<RuntimeChoice> {
  const { annotations = {}, runtime } = options;
  const duration = annotations[durationAnnotation];
  if (duration !== undefined) return timer(duration, annotations[exitCodeAnnotation] ?? "0");
  const allowed = annotations[rehearsalAnnotation];
  if (allowed !== undefined && allowed !== "process") {
    return refuse(`annotation ${rehearsalAnnotation} is "${allowed}"; the only value it takes is "process"`);
  }
  // who asks for containers gets them or nothing, also where the manifest would allow less
  if (runtime === "process" || (runtime === "auto" && allowed === "process")) return { kind: "process" };
  const engine = await options.findEngine();
  if (engine !== undefined) return { kind: "container", engine };
  return refuse(runtime === "container" ? engineMissing : consentMissing);
}

const engineMissing =
  "--runtime container needs docker or podman, and no engine answers; start one, or run without it and allow the manifest's " +
  `commands to run on this machine with the pod annotation ${rehearsalAnnotation}: process`;

const consentMissing =
  "the manifest's command was not run: no docker or podman answers, and running it on this machine was not allowed; " +
  `add the pod annotation ${rehearsalAnnotation}: process, or give --runtime process, ` +
  `or simulate it with the annotation ${durationAnnotation}: 90s`;

function timer(duration: string, code: string): RuntimeChoice {
  const durationMs = durationOf(duration);
  if (durationMs === undefined) {
    return refuse(`annotation ${durationAnnotation} is "${duration}", which is not a duration such as 90s or 1h30m`);
  }
  const exitCode = /^\d{1,3}$/.test(code) ? Number(code) : 256;
  if (exitCode > 255)
    return refuse(`annotation ${exitCodeAnnotation} is "${code}", which is not a number from 0 to 255`);
  return { kind: "timer", durationMs, exitCode };
}

function refuse(message: string): RuntimeChoice {
  return { kind: "refused", message };
}

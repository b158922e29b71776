import type { Diagnostic } from "./diagnostics.ts";

/** What an engine is told to do with a resource. */
export type ResourceAction = "create" | "update" | "delete" | "replace";

export interface PlannedResource {
  readonly address: string;
  /** Such as `aws_eks_cluster`. */
  readonly resourceType: string;
  readonly action: ResourceAction;
}

/** One line of an engine's `-json` output that matters. */
export type EngineEvent =
  | ({ readonly type: "planned" } & PlannedResource)
  | ({
      readonly type: "resource";
      readonly state: "started" | "succeeded" | "failed";
      /** How long it took, in whole seconds; absent at the start. */
      readonly seconds?: number;
    } & PlannedResource)
  | { readonly type: "diagnostic"; readonly diagnostic: Diagnostic }
  /** It waits for the state's lock. */
  | { readonly type: "lock"; readonly message: string }
  /** A line that is no JSON: of a panic, say, or of `init`. */
  | { readonly type: "text"; readonly text: string };

/**
 * Reads a line of what `-json` prints; undefined for what is of no interest (progress, refreshing, types that a newer
 * engine adds). The machine-readable UI 1.2 of Terraform and of OpenTofu; they differ in `@module` and in what they say.
 */
export function readLine(line: string): EngineEvent | undefined {
  if (line.trim() === "") return undefined;
  const message = parsed(line);
  if (message === undefined) return { type: "text", text: line };
  switch (message.type) {
    case "planned_change":
      return planned(message.change);
    case "apply_start":
      return resource(message.hook, "started");
    case "apply_complete":
      return resource(message.hook, "succeeded");
    case "apply_errored":
      return resource(message.hook, "failed");
    case "diagnostic":
      return diagnostic(message.diagnostic);
    case "state_lock_acquire":
      return { type: "lock", message: message["@message"] ?? "" };
    default:
      return undefined;
  }
}

interface Message {
  readonly type?: string;
  readonly "@message"?: string;
  readonly change?: Change;
  readonly hook?: Change & { readonly elapsed_seconds?: number };
  readonly diagnostic?: Partial<Diagnostic>;
}

interface Change {
  readonly resource?: { readonly addr?: string; readonly resource_type?: string };
  readonly action?: string;
}

/** A line that was cut off by a kill is as good as text. */
function parsed(line: string): Message | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

const actions: readonly string[] = ["create", "update", "delete", "replace"] satisfies ResourceAction[];

/** Data sources are read, and imports and moves change nothing outside of the state. */
function subject(change: Change | undefined): PlannedResource | undefined {
  const { addr: address, resource_type: resourceType } = change?.resource ?? {};
  const action = change?.action ?? "";
  if (address === undefined || resourceType === undefined || !actions.includes(action)) return undefined;
  return { address, resourceType, action: action as ResourceAction };
}

function planned(change: Change | undefined): EngineEvent | undefined {
  const found = subject(change);
  return found && { type: "planned", ...found };
}

function resource(hook: Message["hook"], state: "started" | "succeeded" | "failed"): EngineEvent | undefined {
  const found = subject(hook);
  const seconds = state === "started" ? undefined : hook?.elapsed_seconds;
  return found && { type: "resource", ...found, state, ...(seconds !== undefined && { seconds }) };
}

function diagnostic(said: Message["diagnostic"]): EngineEvent | undefined {
  if (said === undefined) return undefined;
  const { severity = "error", summary = "", detail = "", address } = said;
  return { type: "diagnostic", diagnostic: { severity, summary, detail, ...(address && { address }) } };
}

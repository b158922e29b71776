import { outputsContainer } from "../../spec/outputs.ts";
import type { Pod } from "../objects.ts";

/** What came home, as paths below the folder, and what did not and why. */
export interface FetchedFiles {
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
  readonly problems: readonly string[];
}

/** The container beside a pod's own that sends its outputs home. */
export interface Beside {
  /** The last of what it said when it failed. */
  readonly said: string | undefined;
}

/** Undefined where there is none, or the pod did not come so far as to start it: then there are no outputs. */
export function besideOf({ status }: Pod): Beside | undefined {
  const { state, lastState } = status?.initContainerStatuses?.find(({ name }) => name === outputsContainer) ?? {};
  const run = state?.running ?? state?.terminated ?? lastState?.terminated;
  if (run === undefined) return undefined;
  return { said: state?.terminated?.message?.trim().split("\n").at(-1) };
}

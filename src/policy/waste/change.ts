import type { WasteLabel } from "./rule.ts";
import type { WatchedWorkload } from "./workload.ts";

/** What to do about a waste, the mildest first: explain, ask for less next time, share, stop (`policy.md` 3.3). */
export interface WasteChange {
  /** Stable, such as `stop-it`. */
  readonly code: "ask-owner" | "fix-input" | "smaller-gpu" | "larger-batches" | "fix-ranks" | "fewer-gpus" | "stop-it";
  /** One sentence. */
  readonly text: string;
  /** A command or lines of a manifest; absent where only people can tell. */
  readonly paste?: string | undefined;
}

interface Seen {
  readonly label: WasteLabel;
  readonly devices: readonly number[];
  readonly figures: Readonly<Record<string, number>>;
}

/** Without regard to what else could be bought: `rightSize` says that. */
export function changeFor(workload: WatchedWorkload, { label, devices, figures }: Seen): WasteChange {
  const stop = podCommand(workload.name, "delete pod");
  const look = podCommand(workload.name, "logs", "--tail=50");
  switch (label) {
    case "DEAD":
      return workload.kind === "job"
        ? { code: "ask-owner", text: "ask its owner whether it waits for something, else delete it", paste: stop }
        : { code: "stop-it", text: "save what is in it and delete it, or scale it to zero", paste: stop };
    case "STALLED":
      return {
        code: "ask-owner",
        text: "look at its last lines; if it hangs, delete it so that it starts again from its checkpoint",
        paste: look,
      };
    case "LOW":
      // what is smaller and fits is for `rightSizings` to say
      return (figures["meanEngine"] ?? 0) > 0.7
        ? { code: "larger-batches", text: "its kernels are small: make batches larger, or compile and fuse them" }
        : {
            code: "fix-input",
            text: "feed it faster: more workers and prefetch for its data loader, data on local disk",
          };
    case "WASTE-MEM":
      return { code: "smaller-gpu", text: "give it a GPU with half the memory, or a MIG slice" };
    case "UNBALANCED":
      return (figures["idlestSm"] ?? 1) < 0.02
        ? {
            code: "fewer-gpus",
            text: `ask for ${workload.devices.length - devices.length} GPUs: the others do nothing`,
          }
        : { code: "fix-ranks", text: "look at how work is split between ranks, and at the slow rank's data loader" };
  }
}

/** A command for a pod, where the name is one: `namespace/pod`. */
function podCommand(name: string, verb: string, flags = ""): string | undefined {
  const match = /^([a-z0-9][a-z0-9-]{0,62})\/([a-z0-9][a-z0-9.-]{0,252})$/.exec(name);
  return match === null ? undefined : ["kubectl -n", match[1], verb, match[2], flags].filter(Boolean).join(" ");
}

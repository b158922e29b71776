import type { Context } from "../context.ts";
import { lineRenderer } from "./lines.ts";
import { liveProgress, type Progress } from "./live.ts";

/** A live view on a terminal, plain lines elsewhere; always on stderr. */
export function startProgress({ process, clock }: Context): Progress {
  if (process.stderr.isTTY === true && process.env["TERM"] !== "dumb" && process.env["CI"] === undefined) {
    return liveProgress(process.stderr, clock);
  }
  const render = lineRenderer();
  return {
    show(entry) {
      const line = render(entry);
      if (line !== undefined) process.stderr.write(`${line}\n`);
    },
    recall() {},
    pause: () => () => {},
    stop() {},
  };
}

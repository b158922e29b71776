import type { Trace } from "../../trace/trace.ts";
import { EventQueue, eventKinds } from "../engine/event-queue.ts";

/** Which jobs are submitted because an earlier one ended, by row of the trace. */
export interface Returns {
  /** The job whose end its submission follows; -1: it comes at its own time. */
  readonly after: Int32Array;
  /** The first of the jobs that follow its end, and the next one that follows the same end; -1: none. */
  readonly firstChild: Int32Array;
  readonly nextSibling: Int32Array;
}

/**
 * Who submits within `withinSeconds` of the end of a job of his own looked at its result: his next job follows that end,
 * and comes later if the one before was late. Without this a trace of somebody who works on one thing after another
 * becomes, as soon as one job waits, a trace of somebody who works on two. `order`: rows in order of submission.
 */
export function returnsOf(trace: Trace, order: Int32Array, withinSeconds: number): Returns {
  const { count } = trace.jobs;
  const after = new Int32Array(count).fill(-1);
  if (withinSeconds > 0) follow({ after, order, withinSeconds, trace });
  const firstChild = new Int32Array(count).fill(-1);
  const nextSibling = new Int32Array(count).fill(-1);
  for (let at = order.length - 1; at >= 0; at -= 1) {
    const row = order[at] ?? 0;
    const parent = after[row] ?? -1;
    if (parent === -1) continue;
    nextSibling[row] = firstChild[parent] ?? -1;
    firstChild[parent] = row;
  }
  return { after, firstChild, nextSibling };
}

interface Following {
  readonly trace: Trace;
  readonly order: Int32Array;
  readonly withinSeconds: number;
  readonly after: Int32Array;
}

/** Each job follows the last end of its user's jobs before it, if that is not too long ago. */
function follow({ trace, order, withinSeconds, after }: Following): void {
  const { submitSeconds, durationSeconds, user } = trace.jobs;
  const running = new EventQueue();
  const lastEnded = new Int32Array(trace.users.length).fill(-1);
  const endOf = (row: number) => (submitSeconds[row] ?? 0) + (durationSeconds[row] ?? 0);
  for (const row of order) {
    const now = submitSeconds[row] ?? 0;
    while (running.length > 0 && running.nextTime <= now) {
      running.take();
      lastEnded[user[running.subject] ?? -1] = running.subject;
    }
    const who = user[row] ?? -1;
    if (who < 0) continue;
    const before = lastEnded[who] ?? -1;
    if (before !== -1 && now - endOf(before) <= withinSeconds) after[row] = before;
    running.add(endOf(row), eventKinds.end, row, 0);
  }
}

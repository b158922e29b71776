import { openSession, type Session } from "../lifecycle/session.ts";
import type { Target } from "../lifecycle/target.ts";
import type { Environment } from "../spec/environment.ts";
import type { Context } from "./context.ts";
import { type Interrupts, listenForInterrupts } from "./interrupt.ts";
import { startProgress } from "./progress/progress.ts";
import { rehearsalTarget } from "./targets/rehearsal-target.ts";

export interface Opened {
  readonly session: Session;
  readonly target: Target;
  readonly interrupts: Interrupts;
  /** As the context's, with the progress view out of the way. */
  readonly confirm: Context["confirm"];
}

/** Opens a session on the environment, with progress on stderr and signals listened to, for as long as `work` takes. */
export async function withSession<T>(
  context: Context,
  environment: Environment,
  options: { readonly begin: boolean; readonly reportDir?: string },
  work: (opened: Opened) => Promise<T>,
): Promise<T> {
  const target = rehearsalTarget(context, environment);
  const progress = startProgress(context);
  const interrupts = listenForInterrupts(context);
  const confirm: Context["confirm"] = async (question, signal) => {
    const resume = progress.pause();
    return context.confirm(question, signal).finally(resume);
  };
  try {
    const { clock, random, host, pid, version, commandLine: command } = context;
    const { begin, reportDir } = options;
    const session = await openSession(
      {
        environment,
        target,
        clock,
        random,
        host,
        pid,
        version,
        command,
        listener: progress.show,
        ...(reportDir !== undefined && { reportDir }),
      },
      { begin },
    );
    try {
      return await work({ session, target, interrupts, confirm });
    } finally {
      await session.close();
    }
  } finally {
    interrupts.release();
    progress.stop();
  }
}

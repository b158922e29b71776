import { openSession, type Session } from "../lifecycle/session.ts";
import type { Target } from "../lifecycle/target.ts";
import type { Environment } from "../spec/environment.ts";
import type { Context } from "./context.ts";
import { type Interrupts, withInterrupts } from "./interrupt.ts";
import { startProgress } from "./progress/progress.ts";
import { targetOf } from "./targets/target-of.ts";

export interface Opened {
  readonly session: Session;
  readonly target: Target;
  readonly interrupts: Interrupts;
  /** As the context's, with the progress view out of the way; a signal ends the question. */
  confirm(question: string): Promise<boolean | undefined>;
}

interface OpenOptions {
  readonly begin: boolean;
  readonly reportDir?: string;
  /** Answers every question with yes. */
  readonly yes?: boolean;
  /** Of a command that opens several sessions, so that no signal falls between two; listened for otherwise. */
  readonly interrupts?: Interrupts;
}

/** Opens a session on the environment, with progress on stderr and signals listened to, for as long as `work` takes. */
export async function withSession<T>(
  context: Context,
  environment: Environment,
  options: OpenOptions,
  work: (opened: Opened) => Promise<T>,
): Promise<T> {
  const { interrupts } = options;
  if (interrupts === undefined) {
    return withInterrupts(context, (own) => withSession(context, environment, { ...options, interrupts: own }, work));
  }
  const target = await targetOf(context, environment);
  const progress = startProgress(context);
  const confirm: Opened["confirm"] = async (question) => {
    if (options.yes === true) return true;
    const resume = progress.pause();
    return interrupts.ask((signal) => context.confirm(question, signal)).finally(resume);
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
        confirm,
        listener: progress.show,
        ...(reportDir !== undefined && { reportDir }),
      },
      { begin },
    );
    progress.recall(session.entries);
    try {
      return await work({ session, target, interrupts, confirm });
    } finally {
      await session.close();
    }
  } finally {
    progress.stop();
  }
}

/** What the engine has to say, such as an error of AWS. */
export interface Diagnostic {
  readonly severity: "error" | "warning";
  readonly summary: string;
  readonly detail: string;
  /** The resource it is about. */
  readonly address?: string;
}

/** The whole text, for looking things up in it. */
export function textOf({ summary, detail }: Diagnostic): string {
  return `${summary}\n${detail}`;
}

/** Errors that stand for themselves: what else was in progress when the engine stopped says `execution halted`. */
export function errorsOf(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  const own = errors.filter(({ summary }) => summary !== "execution halted");
  return own.length > 0 ? own : errors;
}

/** One line, without the requests' ids: the address, and what is wrong there. */
export function lineOf(diagnostic: Diagnostic): string {
  const { address, summary, detail } = diagnostic;
  const wordy = /operation error [^,]+, (https response error StatusCode: \d+, )?(RequestID: [^,]*, )?/g;
  const said = detail === "" || summary.includes(detail.trim()) ? summary : `${summary}: ${detail}`;
  const text = said.replace(wordy, "").replace(/\s+/g, " ").trim();
  return [address, text.length > 400 ? `${text.slice(0, 399)}…` : text].filter(Boolean).join(": ");
}

/** Who holds the state's lock, as they wrote it down. */
export interface LockHolder {
  readonly id: string;
  /** `user@host`. */
  readonly who: string;
  /** As written, such as `2026-11-25 03:44:40.957110385 +0000 UTC`. */
  readonly created: string;
  /** Such as `OperationTypeApply`. */
  readonly operation: string;
}

export function isLock({ summary }: Diagnostic): boolean {
  return summary.startsWith("Error acquiring the state lock");
}

/** The holder, from the error about a lock; undefined where it does not say, as one that was just released. */
export function lockHolder({ detail }: Diagnostic): LockHolder | undefined {
  const field = (name: string) => new RegExp(`^ *${name}: *(.*?) *$`, "m").exec(detail)?.[1] ?? "";
  const id = field("ID");
  if (id === "") return undefined;
  return { id, who: field("Who"), created: field("Created"), operation: field("Operation") };
}

/** When a lock was taken, in milliseconds since the epoch; undefined when it does not say so. */
export function takenAt({ created }: LockHolder): number | undefined {
  const [, day, time] = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)/.exec(created) ?? [];
  // both engines write UTC
  return day === undefined ? undefined : Date.parse(`${day}T${time}Z`);
}

import type { Readable, Writable } from "node:stream";

import { confirm, isCancel, multiselect, text } from "@clack/prompts";

import { Failure } from "../../kernel/failure.ts";
import type { Prompts } from "./prompts.ts";

interface Terminal {
  readonly input: Readable;
  /** How wide it is, if it says so. */
  readonly output: Writable & { columns?: number };
}

/** Questions as @clack/prompts puts them. On standard error: standard output is for what was asked for. */
export function clackPrompts({ input, output }: Terminal): Prompts {
  // a terminal that does not say how wide it is (under script, say) would get one letter a line
  if (!output.columns) output.columns = 80;
  const put = <T>(question: (common: Common) => Promise<T>) =>
    whileThere(input, (signal) => question({ input, output, signal }));
  return {
    text: ({ question: message, preset, problemOf }) => {
      const validate = (typed: string | undefined) => problemOf(typed || preset);
      return put((common) => text({ message, placeholder: preset, defaultValue: preset, validate, ...common }));
    },
    choose: ({ question: message, choices, preset }) => {
      const options = choices.map(({ name, hint }) => ({ value: name, label: name, hint }));
      const how = { message, options, initialValues: [...preset], maxItems: 10, required: true };
      return put((common) => multiselect({ ...how, ...common }));
    },
    confirm: (message, initialValue) => put((common) => confirm({ message, initialValue, ...common })),
  };
}

type Common = Terminal & { readonly signal: AbortSignal };

/**
 * Ctrl-D, and a terminal that goes away, end a question as Ctrl-C does: clack knows the latter alone, and would wait
 * until Node ends with 13 and without a word.
 */
async function whileThere<T>(
  input: Readable,
  question: (signal: AbortSignal) => Promise<T>,
): Promise<Exclude<T, symbol>> {
  const gone = new AbortController();
  const hangUp = () => gone.abort();
  const onKey = (_: unknown, key: { readonly ctrl?: boolean; readonly name?: string } | undefined) => {
    if (key?.ctrl === true && key.name === "d") hangUp();
  };
  input.on("keypress", onKey).on("end", hangUp).on("error", hangUp);
  try {
    return answered(await question(gone.signal));
  } finally {
    input.off("keypress", onKey).off("end", hangUp).off("error", hangUp);
  }
}

function answered<T>(answer: T): Exclude<T, symbol> {
  if (isCancel(answer)) throw new Failure("INTERRUPTED", "stopped at a question: nothing was written");
  return answer as Exclude<T, symbol>;
}

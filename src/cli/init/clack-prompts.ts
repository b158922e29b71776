import { confirm, isCancel, multiselect, text } from "@clack/prompts";

import { Failure } from "../../kernel/failure.ts";
import type { Prompts } from "./prompts.ts";

/** Questions as @clack/prompts puts them, on standard error: standard output is for what was asked for. */
export function clackPrompts(output: NodeJS.WriteStream): Prompts {
  // a terminal that does not say how wide it is (under script, say) would get one letter a line
  if (!output.columns) output.columns = 80;
  return {
    async text({ question: message, preset, problemOf }) {
      const validate = (typed: string | undefined) => problemOf(typed || preset);
      return answered(await text({ message, placeholder: preset, defaultValue: preset, validate, output }));
    },
    choose: async ({ question: message, choices, preset }) =>
      answered(
        await multiselect({
          message,
          options: choices.map(({ name, hint }) => ({ value: name, label: name, hint })),
          initialValues: [...preset],
          maxItems: 10,
          required: true,
          output,
        }),
      ),
    confirm: async (message, initialValue) => answered(await confirm({ message, initialValue, output })),
  };
}

function answered<T>(answer: T): Exclude<T, symbol> {
  if (isCancel(answer)) throw new Failure("INTERRUPTED", "stopped at a question: nothing was written");
  return answer as Exclude<T, symbol>;
}

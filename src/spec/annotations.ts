import * as v from "valibot";

import { duration, oneOf, open, pattern } from "./fields.ts";

/** Annotations that the rehearsal and `collect` read, on a Job or on its pods. */
export const annotations = {
  rehearsal: "aura.dev/rehearsal",
  simulatedDuration: "aura.dev/simulated-duration",
  simulatedExitCode: "aura.dev/simulated-exit-code",
  outputs: "aura.dev/outputs",
} as const;

/** Annotations that start so are Aura's: one that is not listed above is a slip. */
export const annotationPrefix = "aura.dev/";

const outputsExpected = "absolute paths without .., separated by commas";

/** Aura's own annotations are checked one by one; those of others need only be text. */
export const annotationsSchema = open(
  {
    [annotations.rehearsal]: v.optional(oneOf(["process"], '"process"')),
    [annotations.simulatedDuration]: v.optional(duration("a duration of at least 1s, such as 90s", 1000)),
    [annotations.simulatedExitCode]: v.optional(
      pattern(/^(\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])$/, 'an exit code from "0" to "255", in quotes'),
    ),
    [annotations.outputs]: v.optional(v.pipe(v.string(outputsExpected), v.check(areOutputs, outputsExpected))),
  },
  v.string("text, in quotes if need be"),
  "a mapping of annotations",
);

function areOutputs(text: string): boolean {
  return outputPaths(text).every((path) => path.startsWith("/") && path.length > 1 && !path.split("/").includes(".."));
}

/** The paths in an `aura.dev/outputs` annotation. */
export function outputPaths(text: string): string[] {
  return text.split(",").map((path) => path.trim());
}

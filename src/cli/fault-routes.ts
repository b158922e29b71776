import { buildCommand, buildRouteMap } from "@stricli/core";

import { commonParameters, type FaultName, faultKinds, faultNames } from "../rehearsal/faults/fault-kinds.ts";
import type { Parameter } from "../rehearsal/faults/parameters.ts";
import type { AddFlags } from "./commands/rehearsal-fault.ts";
import type { Context } from "./context.ts";
import { outputFlag, placeFlags } from "./flags.ts";

const aliases = { f: "file", o: "output" } as const;

/** `aura rehearsal fault …`: one command for each kind of fault, made from their table, and those for what is there. */
export function faultRoutes() {
  const kinds = Object.fromEntries(faultNames.map((name) => [name, commandOf(name)]));
  return buildRouteMap({
    routes: { list, clear, load, kinds: kindsCommand, ...kinds },
    docs: { brief: "Make the cluster fail on purpose" },
  });
}

function commandOf(name: FaultName) {
  const { meaning, example, parameters } = faultKinds[name];
  const own = flagsOf({ ...parameters, ...commonParameters });
  return buildCommand<AddFlags, [], Context>({
    loader: async () => (await import("./commands/rehearsal-fault.ts")).add(name),
    parameters: { flags: { ...own, ...placeFlags, ...outputFlag }, aliases } as never,
    docs: {
      brief: meaning,
      fullDescription: `${meaning}.\n\nFor example: aura rehearsal fault ${name} ${example}`,
    },
  });
}

/** Every value is read as text here, and by the fault's own schema later. */
function flagsOf(parameters: Readonly<Record<string, Parameter<unknown>>>) {
  const entries = Object.entries(parameters).map(([name, { about, placeholder }]) => {
    return [name, { kind: "parsed", parse: String, optional: true, brief: about, placeholder }] as const;
  });
  return Object.fromEntries(entries);
}

const list = buildCommand({
  loader: async () => (await import("./commands/rehearsal-fault.ts")).list,
  parameters: { flags: { ...placeFlags, ...outputFlag }, aliases },
  docs: { brief: "Show the faults in force, those that ended, and how often each struck" },
});

const clear = buildCommand({
  loader: async () => (await import("./commands/rehearsal-fault.ts")).clear,
  parameters: {
    flags: {
      all: { kind: "boolean", default: false, withNegated: false, brief: "End every fault" },
      ...placeFlags,
      ...outputFlag,
    },
    aliases,
    positional: {
      kind: "tuple",
      parameters: [{ parse: String, brief: "The fault's id, as list shows it", placeholder: "id", optional: true }],
    },
  },
  docs: { brief: "End a fault, or all" },
});

const load = buildCommand({
  loader: async () => (await import("./commands/rehearsal-fault.ts")).load,
  parameters: {
    flags: { ...placeFlags, ...outputFlag },
    aliases,
    positional: {
      kind: "tuple",
      parameters: [{ parse: String, brief: "YAML or JSON: a list of faults", placeholder: "faults.yaml" }],
    },
  },
  docs: { brief: "Put every fault of a file in force, or none if one is wrong" },
});

const kindsCommand = buildCommand({
  loader: async () => (await import("./commands/rehearsal-fault.ts")).kinds,
  parameters: { flags: outputFlag, aliases: { o: "output" } },
  docs: { brief: "Show what can go wrong, with an example of each" },
});

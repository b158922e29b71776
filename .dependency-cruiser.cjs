const ranks = [
  ["kernel"],
  ["spec", "catalog", "trace", "timeline"],
  ["synth", "cluster", "planner", "forecast", "pipeline"],
  ["policy", "aws", "rehearsal"],
  ["simulate", "lifecycle", "controller"],
  ["report"],
  ["dashboard"],
  ["cli"],
];
const pure = ["planner", "forecast", "policy", "simulate", "synth", "timeline/summarize"];

/** A folder may import its own files and those of lower ranks only. */
const rankRules = ranks.flatMap((folders, rank) =>
  folders.map((folder) => ({
    name: `rank-${folder}`,
    severity: "error",
    comment: `src/${folder} has rank ${rank}: it imports lower ranks only`,
    from: { path: `^src/${folder}/` },
    to: {
      path: "^src/",
      pathNot: `^src/(${[folder, ...ranks.slice(0, rank).flat()].join("|")})/`,
      dependencyTypesNot: [],
    },
  })),
);

module.exports = {
  forbidden: [
    ...rankRules,
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "pure-core",
      severity: "error",
      comment: "the functional core has no I/O: no files, network, processes, timers",
      from: { path: `^src/(${pure.join("|")})` },
      to: {
        path: "^(node:)?(fs|fs/promises|http|https|net|tls|child_process|timers|timers/promises|os|worker_threads)$",
      },
    },
    {
      name: "no-dev-dependency-at-runtime",
      severity: "error",
      comment: "the provider's few classes that synth uses are bundled into dist: nobody installs 476 MiB for them",
      from: { path: "^src/" },
      to: {
        dependencyTypes: ["npm-dev"],
        dependencyTypesNot: ["type-only"],
        pathNot: "node_modules/(cdktn|constructs|@cdktn/provider-aws/lib/[^/]+)/",
      },
    },
  ],
  options: {
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "types"] },
  },
};

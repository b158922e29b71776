import type { PoolScope } from "../../simulate/world/world-options.ts";

export interface SimulateFlags {
  readonly output: "table" | "text" | "json";
  readonly trace?: string;
  readonly policy?: readonly string[];
  readonly all: boolean;
  readonly pools: PoolScope;
  readonly gpu?: string;
  readonly region: string;
  readonly rho?: string;
  readonly launchSeconds?: string;
  readonly loadSeconds?: string;
  readonly spot: boolean;
  readonly withoutUsers?: readonly string[];
  readonly users?: string;
  readonly days?: string;
  readonly seed?: string;
  readonly tenants?: string;
  readonly report?: string;
}

const text = { kind: "parsed", parse: String, optional: true } as const;

export const simulateFlags = {
  trace: {
    ...text,
    brief: "Jobs or request rates to simulate, as CSV or JSON, .gz too (default: a small team's, generated)",
    placeholder: "file",
  },
  policy: {
    ...text,
    variadic: ",",
    brief: "Only this policy; commas between several, or the option again",
    placeholder: "name",
  },
  all: { kind: "boolean", default: false, withNegated: false, brief: "Every policy, which is the default" },
  pools: {
    kind: "enum",
    values: ["user", "group", "shared"],
    default: "user",
    brief: "Who shares nodes: each user's jobs alone, a group's, or everybody's",
  },
  gpu: {
    ...text,
    brief: "GPU for all jobs, such as a10g (default: the cheapest that the trace accepts)",
    placeholder: "type",
  },
  region: { kind: "parsed", parse: String, default: "us-east-1", brief: "Whose prices", placeholder: "region" },
  rho: {
    ...text,
    brief: "What a second of a waiting job is worth, in seconds of its node (default: 1)",
    placeholder: "n",
  },
  launchSeconds: {
    ...text,
    brief: "From a node being asked for to a job starting on it (default: as the catalog has it, by type)",
    placeholder: "n",
  },
  loadSeconds: {
    ...text,
    brief: "Billed after that and not useful yet, such as loading weights (default: 0)",
    placeholder: "n",
  },
  spot: {
    kind: "boolean",
    default: false,
    withNegated: false,
    brief: "Jobs write checkpoints, so that policies may place them on spot",
  },
  withoutUsers: { ...text, variadic: ",", brief: "Leave these users of the trace out", placeholder: "name" },
  users: { ...text, brief: "How many people to generate demand of (default: 12)", placeholder: "n" },
  days: { ...text, brief: "How many days, or of a trace those FROM..TO, the first one being 0", placeholder: "n" },
  seed: { ...text, brief: "Of everything that is drawn at random (default: 1)", placeholder: "n" },
  tenants: { ...text, brief: "How many tenants to list, those with most GPU-hours (default: 5)", placeholder: "n" },
  report: {
    ...text,
    brief: "Folder for a page with plots, the results as JSON, and the timeline of one policy's run",
    placeholder: "dir",
  },
  output: {
    kind: "enum",
    values: ["table", "text", "json"],
    default: "table",
    brief: "What to print on stdout; text is table",
  },
} as const;

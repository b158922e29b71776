import type { FieldPath } from "./problems.ts";

/** What options on the command line may say; an absent one says nothing. */
export interface Overrides {
  readonly name?: string | undefined;
  readonly region?: string | undefined;
  readonly target?: string | undefined;
  readonly gpu?: boolean | string | undefined;
  readonly ttl?: string | undefined;
  readonly budget?: number | string | undefined;
  readonly timeout?: string | undefined;
  readonly jobs?: readonly string[] | undefined;
  readonly speed?: number | string | undefined;
  readonly runtime?: string | undefined;
  readonly seed?: number | string | undefined;
  readonly shortages?: readonly string[] | undefined;
  readonly interruptSpotAfter?: string | undefined;
}

interface Setting {
  readonly override: keyof Overrides;
  readonly option: string;
  readonly path: FieldPath;
  readonly variable: string;
  readonly sort: "text" | "number" | "list" | "flag";
}

/** Fields that an option or an environment variable can set instead of the file. */
export const settings: readonly Setting[] = [
  { override: "name", option: "--name", path: ["name"], variable: "AURA_NAME", sort: "text" },
  { override: "region", option: "--region", path: ["region"], variable: "AURA_REGION", sort: "text" },
  { override: "target", option: "--target", path: ["target"], variable: "AURA_TARGET", sort: "text" },
  { override: "gpu", option: "--gpu", path: ["gpu"], variable: "AURA_GPU", sort: "flag" },
  { override: "ttl", option: "--ttl", path: ["ttl"], variable: "AURA_TTL", sort: "text" },
  { override: "budget", option: "--budget", path: ["budget"], variable: "AURA_BUDGET", sort: "number" },
  { override: "timeout", option: "--timeout", path: ["timeout"], variable: "AURA_TIMEOUT", sort: "text" },
  { override: "jobs", option: "--job", path: ["jobs"], variable: "AURA_JOBS", sort: "list" },
  { override: "speed", option: "--speed", path: ["rehearsal", "speed"], variable: "AURA_SPEED", sort: "number" },
  { override: "runtime", option: "--runtime", path: ["rehearsal", "runtime"], variable: "AURA_RUNTIME", sort: "text" },
  { override: "seed", option: "--seed", path: ["rehearsal", "seed"], variable: "AURA_SEED", sort: "number" },
  {
    override: "shortages",
    option: "--shortage",
    path: ["rehearsal", "shortages"],
    variable: "AURA_SHORTAGES",
    sort: "list",
  },
  {
    override: "interruptSpotAfter",
    option: "--interrupt-spot-after",
    path: ["rehearsal", "interruptSpotAfter"],
    variable: "AURA_INTERRUPT_SPOT_AFTER",
    sort: "text",
  },
];

export interface Layered {
  readonly value: unknown;
  /** What set the field, if not the file. */
  originOf(path: FieldPath): string | undefined;
}

/** The file's values with variables laid over them and options over those. An empty variable counts as unset. */
export function layer(
  file: unknown,
  variables: Readonly<Record<string, string | undefined>>,
  overrides: Overrides,
): Layered {
  const origins: { path: FieldPath; origin: string }[] = [];
  let value = file;
  const put = (path: FieldPath, setting: unknown, origin: string) => {
    value = withValue(value, path, setting);
    origins.unshift({ path, origin });
  };
  for (const { path, variable, sort, override, option } of settings) {
    const text = variables[variable]?.trim();
    if (text !== undefined && text !== "") put(path, read(text, sort), `environment variable ${variable}`);
    const given = overrides[override];
    if (given !== undefined) put(path, typeof given === "string" ? read(given, sort) : given, `option ${option}`);
  }
  return {
    value,
    originOf: (path) => origins.find((entry) => entry.path.every((key, index) => path[index] === key))?.origin,
  };
}

/** Text that is no number stays text, so that the schema reports it as it was written. */
function read(text: string, sort: Setting["sort"]): unknown {
  if (sort === "list")
    return text
      .split(",")
      .map((item) => item.trim())
      .filter((item) => item !== "");
  if (sort === "flag" && /^(true|false)$/.test(text.trim())) return text.trim() === "true";
  if (sort === "number" && text.trim() !== "" && !Number.isNaN(Number(text))) return Number(text);
  return text;
}

/** A copy with one field set; a place that holds no mapping is left for the schema to report. */
function withValue(value: unknown, path: FieldPath, field: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return field;
  const around = value ?? {};
  if (typeof around !== "object" || Array.isArray(around)) return value;
  return { ...around, [key]: withValue((around as Record<string, unknown>)[key], rest, field) };
}

// Prometheus's text format, version 0.0.4, as exporters write it. What is not in it is left out: a scrape is no input to
// be refused.

/** One measured value. */
export interface Sample {
  /** The family's name, or with what a summary or histogram adds to it: `_sum`, `_count`, `_bucket`. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface MetricFamily {
  readonly name: string;
  /** `counter`, `gauge`, `summary`, `histogram` or `untyped`. */
  readonly type: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

interface Building extends MetricFamily {
  type: string;
  help: string;
  readonly samples: Sample[];
}

const commentLine = /^#\s+(TYPE|HELP)\s+(\S+)\s*(.*)$/;
const sampleLine = /^([a-zA-Z_:][\w:]*)\s*(?:\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\})?\s*(\S+)/;
const labelPair = /([a-zA-Z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"/g;

/** The families of a page of metrics, in its order. */
export function parseMetrics(text: string): readonly MetricFamily[] {
  const families = new Map<string, Building>();
  const family = (name: string) => {
    const found = families.get(name) ?? { name, type: "untyped", help: "", samples: [] };
    families.set(name, found);
    return found;
  };
  for (const line of text.split("\n")) {
    const comment = commentLine.exec(line);
    if (comment !== null) {
      const [, what, name = "", rest = ""] = comment;
      if (what === "TYPE") family(name).type = rest.trim();
      else family(name).help = rest;
      continue;
    }
    const sample = parseSample(line);
    if (sample !== undefined) family(familyName(sample.name, families)).samples.push(sample);
  }
  return [...families.values()];
}

function parseSample(line: string): Sample | undefined {
  const match = sampleLine.exec(line);
  const [, name, labels = "", number = ""] = match ?? [];
  const value = numberOf(number);
  if (name === undefined || value === undefined) return undefined;
  const pairs = [...labels.matchAll(labelPair)].map(([, key = "", text = ""]) => [key, unescaped(text)] as const);
  return { name, labels: Object.fromEntries(pairs), value };
}

function numberOf(text: string): number | undefined {
  const match = /^([+-]?)Inf$/.exec(text);
  if (match !== null) return match[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (text === "NaN") return Number.NaN;
  const value = Number(text);
  return text === "" || Number.isNaN(value) ? undefined : value;
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, (_, character: string) => (character === "n" ? "\n" : character));
}

/** Summaries and histograms name the parts of one family differently. */
function familyName(name: string, families: ReadonlyMap<string, MetricFamily>): string {
  const base = name.replace(/_(sum|count|bucket)$/, "");
  const type = families.get(base)?.type;
  return type === "summary" || type === "histogram" ? base : name;
}

/** Families as text that `parseMetrics` reads again. */
export function metricsText(families: readonly MetricFamily[]): string {
  return families
    .map(({ name, type, help, samples }) =>
      [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...samples.map(sampleText), ""].join("\n"),
    )
    .join("");
}

function sampleText({ name, labels, value }: Sample): string {
  const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escaped(text)}"`);
  return `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${valueText(value)}`;
}

function escaped(text: string): string {
  return text.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\n/g, "\\n");
}

function valueText(value: number): string {
  if (Number.isFinite(value) || Number.isNaN(value)) return String(value);
  return value > 0 ? "+Inf" : "-Inf";
}

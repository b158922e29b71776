/** Flags of `aura advise`. */
export const adviseFlags = {
  trace: {
    kind: "parsed",
    parse: String,
    optional: true,
    brief: "A trace of jobs instead, CSV or JSON, plain or gzip",
    placeholder: "file",
  },
  prometheus: {
    kind: "parsed",
    parse: String,
    optional: true,
    brief: "A Prometheus instead, by its URL",
    placeholder: "url",
  },
  since: {
    kind: "parsed",
    parse: String,
    default: "24h",
    brief: "How far to look back in Prometheus, such as 6h or 7d",
    placeholder: "time",
  },
  region: {
    kind: "parsed",
    parse: String,
    default: "us-east-1",
    brief: "AWS region whose prices are taken where the source has none",
    placeholder: "region",
  },
  gpu: {
    kind: "parsed",
    parse: String,
    optional: true,
    brief: "GPU of a trace's jobs, such as a10g (default: what the trace accepts, cheapest first)",
    placeholder: "type",
  },
} as const;

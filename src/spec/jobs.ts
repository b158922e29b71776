import * as v from "valibot";

import { findings } from "./issues.ts";
import { jobInconsistencies } from "./job-consistency.ts";
import type { JobManifest } from "./job-manifest.ts";
import { type JobFile, jobSchema } from "./job-schema.ts";
import { gotText, invalid, type Problem, pathText } from "./problems.ts";
import { parseYaml, type YamlSource } from "./yaml-source.ts";

/**
 * The Jobs of a manifest, which may hold several documents; `path` is only for messages.
 * Throws one Failure(JOB_INVALID) whose details name every problem. What Aura does not depend on is left to the API
 * server to check.
 */
export function parseJobs(path: string, text: string): JobManifest[] {
  const { sources, problems } = parseYaml(text);
  const checked = sources.map(checkJob);
  const all = [...problems, ...checked.flatMap((job) => job.problems), ...repeatedNames(checked)];
  if (all.length === 0 && checked.length === 0) all.push({ path: "", expected: "a Job", got: "nothing" });
  if (all.length > 0) {
    throw invalid("JOB_INVALID", "job", all, { file: path, path, fix: "correct the places named above" });
  }
  return checked.map((job) => job.manifest);
}

interface CheckedJob {
  readonly manifest: JobManifest;
  readonly problems: readonly Problem[];
  readonly source: YamlSource;
}

function checkJob(source: YamlSource): CheckedJob {
  const parsed = v.safeParse(jobSchema, source.value, { abortPipeEarly: true });
  const stranger = otherKind(source);
  const found = findings(parsed.issues ?? [], source.value);
  const all = [...found, ...jobInconsistencies(parsed.output as JobFile | undefined, found)];
  return {
    // checked just now; what the schema does not look into keeps the API's own type
    manifest: source.value as JobManifest,
    problems: stranger ?? [
      ...all.map((finding) => ({ ...finding, path: pathText(finding.path), line: source.lineOf(finding.path) })),
      ...differentInKubectl(source),
    ],
    source,
  };
}

/** A Deployment has nothing of a Job: one problem says more than twenty. */
function otherKind(source: YamlSource): Problem[] | undefined {
  const { kind, apiVersion } = (source.value ?? {}) as { kind?: unknown; apiVersion?: unknown };
  if (typeof kind !== "string" || kind === "Job") return undefined;
  const got = `${gotText(kind)}${typeof apiVersion === "string" ? ` of ${apiVersion}` : ""}`;
  return [{ path: "kind", expected: "a Job of batch/v1 and nothing else", got, line: source.lineOf(["kind"]) }];
}

/** Plain words that YAML 1.1, which kubectl reads, takes for booleans or octal numbers and YAML 1.2 does not. */
function differentInKubectl(source: YamlSource): Problem[] {
  return source.plainScalars().flatMap(({ text, path: keys, line }) => {
    const path = pathText(keys);
    if (/^(y|yes|n|no|on|off)$/i.test(text)) {
      return [
        {
          path,
          expected: `${gotText(text)} in quotes`,
          got: `${text}, which kubectl takes for true or false`,
          line,
        },
      ];
    }
    if (!/^0[0-7]+$/.test(text)) return [];
    return [
      { path, expected: "a decimal number or text in quotes", got: `${text}, which kubectl takes for octal`, line },
    ];
  });
}

function repeatedNames(jobs: readonly CheckedJob[]): Problem[] {
  const names = jobs.map(({ manifest }) => `${manifest.metadata?.namespace ?? "default"}/${manifest.metadata?.name}`);
  return jobs.flatMap(({ manifest, source }, index) => {
    if (names.indexOf(names[index] ?? "") === index || manifest.metadata?.name === undefined) return [];
    const got = `${gotText(manifest.metadata.name)} again`;
    return [
      {
        path: "metadata.name",
        expected: "a name of its own for each Job",
        got,
        line: source.lineOf(["metadata", "name"]),
      },
    ];
  });
}

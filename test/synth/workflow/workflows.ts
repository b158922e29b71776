import { parse } from "yaml";

import { workflowFiles } from "../../../src/synth/workflow/workflow-files.ts";
import { environmentOf } from "../terraform/documents.ts";

// biome-ignore lint/suspicious/noExplicitAny: a workflow's YAML is looked into at any depth
type Yaml = any;

/** The workflows of an environment as GitHub reads them, and as text. */
export function workflows(file: object = {}): { deploy: Yaml; reaper: Yaml; texts: readonly string[] } {
  const files = workflowFiles(environmentOf(file));
  const text = (name: string) => files.get(`.github/workflows/${name}.yml`) ?? "";
  return { deploy: parse(text("cd-cd")), reaper: parse(text("reaper")), texts: [...files.values()] };
}

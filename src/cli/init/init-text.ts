import { columns, count } from "../../kernel/text.ts";
import type { FilePlan } from "./file-plan.ts";
import type { Remaining } from "./remaining.ts";

/** What was written, and what is left to do. */
export function initText({ changed, texts }: FilePlan, remaining: readonly Remaining[], hint?: string): string {
  const files = changed.length === 0 ? `all ${count(texts.size, "file")} are here already` : columns(written(changed));
  const commands = remaining.flatMap(({ what, command }, index) => ["", `${index + 1}. ${what}`, command]);
  const head = remaining.length === 1 ? "One command remains:" : "Three commands remain:";
  return [files, "", head, ...commands, ...(hint === undefined ? [] : ["", hint])].join("\n");
}

const uses: Readonly<Record<string, string>> = {
  "aura.yaml": "what is deployed: all else follows from it",
  "env.example": "variables that override it",
  ".gitignore": "what stays out of the repository",
  ".github/workflows": "what deploys and destroys, and the reaper",
  Karpenter: "node pools, and two jobs to begin with",
  terraform: "what the cluster is made of, and the roles",
};

/** A line for each file or folder. */
function written(paths: readonly string[]): string[][] {
  const places = new Map<string, number>();
  for (const path of paths) places.set(placeOf(path), (places.get(placeOf(path)) ?? 0) + 1);
  return [...places].map(([place, number]) => {
    const name = paths.includes(place) ? place : `${place}/ (${count(number, "file")})`;
    return ["wrote", name, uses[place] ?? ""];
  });
}

/** The folder that is named for all below it, or the file. */
function placeOf(path: string): string {
  return path.startsWith(".github/workflows/") ? ".github/workflows" : (path.split("/")[0] ?? path);
}

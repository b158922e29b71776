import type { Environment } from "../../spec/environment.ts";

/** The GitHub environment that the workflow's jobs run in; the claim that its role asks for. */
export function stageOf({ github, name }: Pick<Environment, "github" | "name">): string {
  return github?.environment ?? name;
}

/** That of the reaper: another, so that it gets another role and waits for nobody's approval. */
export function reaperStageOf(environment: Pick<Environment, "github" | "name">): string {
  return `${stageOf(environment)}-reaper`;
}

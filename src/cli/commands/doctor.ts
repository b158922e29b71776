import type { Finding } from "../../aws/doctor/finding.ts";
import { nodeFinding } from "../../aws/doctor/tools.ts";
import { Failure } from "../../kernel/failure.ts";
import { count } from "../../kernel/text.ts";
import type { Environment } from "../../spec/environment.ts";
import { type CommandResult, perform } from "../command.ts";
import type { Context } from "../context.ts";
import { findingsText } from "../doctor/findings-text.ts";
import type { FileFlags, OutputFlags, TargetFlags } from "../flags.ts";
import { loadSpec } from "../load.ts";

/** `aura doctor`: whether an environment can be deployed where it is to live. Looks, and changes nothing. */
export async function doctor(this: Context, flags: FileFlags & TargetFlags): Promise<void> {
  await perform(this, flags, async () => {
    const environment = await loadSpec(this, flags.file, flags);
    const findings = [nodeFinding(process.versions.node), ...(await targetFindings(this, environment))];
    return resultOf(environment, findings, flags);
  });
}

// Each is imported when it is wanted, as targets are.

async function targetFindings(context: Context, environment: Environment): Promise<readonly Finding[]> {
  switch (environment.target) {
    case "aws":
      return (await import("../doctor/aws.ts")).awsDoctor(context, environment);
    case "kubernetes":
      return (await import("../doctor/kubernetes.ts")).kubernetesDoctor(context, environment);
    default:
      return (await import("../doctor/rehearsal.ts")).rehearsalDoctor(context);
  }
}

function resultOf(
  { name, target, region }: Environment,
  findings: readonly Finding[],
  { output }: OutputFlags,
): CommandResult {
  const problems = findings.filter(({ status }) => status === "problem");
  const data = { ok: problems.length === 0, environment: name, target, region, findings };
  const title = `${name} on ${target}${target === "aws" ? `, ${region}` : ""}`;
  const result = { data, text: "", stdout: findingsText(title, findings) };
  if (problems.length === 0) return result;
  const stand = problems.length === 1 ? "stands" : "stand";
  const error = new Failure("NOT_READY", `${count(problems.length, "problem")} ${stand} in the way of a deploy`, {
    // the text has them in its table
    ...(output === "json" && { problems: problems.map(({ check, says }) => `${check}: ${says}`) }),
  });
  return { ...result, error };
}

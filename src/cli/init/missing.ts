import { Failure } from "../../kernel/failure.ts";
import { count } from "../../kernel/text.ts";
import { type Answers, type FieldName, fields } from "./fields.ts";
import type { Remote } from "./remote.ts";

interface Missing {
  readonly missing: readonly FieldName[];
  readonly answers: Partial<Answers>;
  readonly flags: { readonly [K in FieldName]?: string };
  readonly remote: Remote | undefined;
  /** What calls Aura here. */
  readonly command: string;
}

/** That there is nobody to ask, with the whole command that would do. */
export function missingOptions({ missing, answers, flags, remote, command }: Missing): Failure {
  const repository = answers.repository ?? fields.repository.placeholder;
  const found: { readonly [K in FieldName]?: string } = {
    account: "$(aws sts get-caller-identity --query Account --output text)",
    ownerId: `$(gh api repos/${repository} --jq .owner.id)`,
    repositoryId: `$(gh api repos/${repository} --jq .id)`,
  };
  const said = Object.entries(flags).map(([name, text]) => `${fields[name as FieldName].option} ${text}`);
  const known = missing.map((name) => `${fields[name].option} ${found[name] ?? fields[name].placeholder}`);
  const options = missing.map((name) => fields[name].option).join(", ");
  return new Failure("USAGE", `${count(missing.length, "option")} missing: ${options}`, {
    problems: missing.map((name) => `${fields[name].option}: ${reasonOf(name, remote)}`),
    why: "there is no terminal to ask on, and nothing here says it; nothing was written",
    fix: [`${command} init`, ...said, ...known].join(" "),
  });
}

function reasonOf(name: FieldName, remote: Remote | undefined): string {
  switch (name) {
    case "account":
      return "there are no credentials that tell it";
    case "repository":
      return remote === undefined
        ? "this folder has no git remote origin that tells it"
        : `origin is on ${remote.host}, whose workflows AWS cannot tell by github.com's tokens`;
    case "ownerId":
    case "repositoryId":
      return "GitHub did not tell it: gh is not here or not logged in, and the repository is not public";
    default:
      return fields[name].question;
  }
}

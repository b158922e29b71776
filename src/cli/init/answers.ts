import { Failure } from "../../kernel/failure.ts";
import { count } from "../../kernel/text.ts";
import { defaultFamilies, defaults } from "../../spec/defaults.ts";
import { catalogNames } from "../catalog-names.ts";
import { askFor } from "./ask.ts";
import { type Answers, type FieldName, fields } from "./fields.ts";
import type { Machine } from "./machine.ts";
import { missingOptions } from "./missing.ts";
import type { Prompts } from "./prompts.ts";

/** What options say, as typed. */
export type AnswerFlags = { readonly [K in FieldName]?: string };

export interface Asking {
  readonly flags: AnswerFlags;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly machine: Machine;
  /** Undefined where nobody can be asked: then defaults are taken, and what has none must be an option. */
  readonly prompts: Prompts | undefined;
  /** What calls Aura here. */
  readonly command: string;
}

/**
 * The answers of options, of this machine and of whoever is asked, in that order. Fails with USAGE and names every option
 * that is wrong, or every one that is missing.
 */
export async function answersOf(asking: Asking): Promise<Answers> {
  const answers: Partial<Answers> = readFlags(asking.flags);
  const { machine, prompts } = asking;
  const remote = answers.repository === undefined ? await machine.remote() : undefined;
  const take = async <K extends FieldName>(name: K, preset: () => Preset) => {
    if (answers[name] !== undefined) return;
    const text = await preset();
    const value = prompts === undefined ? taken(name, text) : await askFor(prompts, name, text ?? "");
    if (value !== undefined) answers[name] = value;
  };
  await take("name", () => "dev");
  await take("region", () => regionOf(asking.env));
  await take("account", () => machine.account(answers.region ?? defaults.region));
  await take("repository", () => (remote?.host === "github.com" ? remote.repository : undefined));
  if (answers.repository !== undefined && (answers.ownerId === undefined || answers.repositoryId === undefined)) {
    Object.assign(answers, { ...(await machine.ids(answers.repository)), ...answers });
  }
  await take("ownerId", () => undefined);
  await take("repositoryId", () => undefined);
  await take("gpu", () => defaultFamilies["gpu"]?.join(","));
  await take("budget", () => "5");
  const missing = fieldNames.filter((name) => answers[name] === undefined);
  if (missing.length > 0) {
    throw missingOptions({ missing, answers, flags: asking.flags, remote, command: asking.command });
  }
  return answers as Answers;
}

type Preset = string | undefined | Promise<string | undefined>;

const fieldNames = Object.keys(fields) as FieldName[];

function readFlags(flags: AnswerFlags): Partial<Answers> {
  const given = fieldNames.flatMap((name) => {
    const text = flags[name];
    return text === undefined ? [] : [{ name, read: fields[name].read(text) }];
  });
  const problems = given.flatMap(({ name, read }) =>
    "problem" in read ? [`${fields[name].option}: ${read.problem}`] : [],
  );
  if (problems.length > 0) {
    throw new Failure("USAGE", `${count(problems.length, "option")} cannot be taken`, {
      problems,
      why: "nothing was written",
      fix: "correct the options named above; aura init --help says what each means",
    });
  }
  return Object.fromEntries(given.map(({ name, read }) => [name, "value" in read ? read.value : undefined]));
}

/** What was found by itself is only an offer: what cannot be taken was not found. */
function taken<K extends FieldName>(name: K, text: string | undefined): Answers[K] | undefined {
  const read = text === undefined ? undefined : fields[name].read(text);
  return read !== undefined && "value" in read ? read.value : undefined;
}

function regionOf(env: Asking["env"]): string {
  const said = env["AWS_REGION"] || env["AWS_DEFAULT_REGION"] || "";
  return catalogNames().regions.includes(said) ? said : defaults.region;
}

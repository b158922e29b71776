import { didYouMean } from "../../kernel/text.ts";
import { catalogNames } from "../catalog-names.ts";
import { gpuFamilies } from "./gpu-families.ts";

/** What describes a pipeline. */
export interface Answers {
  /** Of the environment. */
  readonly name: string;
  /** AWS's, 12 digits. */
  readonly account: string;
  readonly region: string;
  /** `OWNER/NAME` on GitHub. */
  readonly repository: string;
  readonly ownerId: number;
  readonly repositoryId: number;
  /** Instance families with GPUs. */
  readonly gpu: readonly string[];
  /** The most a run may cost, in US dollars. */
  readonly budget: number;
}

export type FieldName = keyof Answers;

/** Text as a value, or what is wrong with it. */
export type Read<T> = { readonly value: T } | { readonly problem: string };

export interface Field<T> {
  readonly option: string;
  /** What stands for it in a command. */
  readonly placeholder: string;
  readonly question: string;
  read(text: string): Read<T>;
}

/** Every answer, in the order in which they are asked for. */
export const fields: { readonly [K in FieldName]: Field<Answers[K]> } = {
  name: {
    option: "--name",
    placeholder: "NAME",
    question: "Name of the environment",
    read: pattern(/^[a-z][a-z0-9-]{0,30}[a-z0-9]$/, "2 to 32 lower-case letters, digits and hyphens, a letter first"),
  },
  account: {
    option: "--account",
    placeholder: "ACCOUNT",
    question: "AWS account",
    read: pattern(/^\d{12}$/, "an account's number, of 12 digits"),
  },
  region: {
    option: "--region",
    placeholder: "REGION",
    question: "AWS region",
    read: (text) => known(text, catalogNames().regions, "an AWS region"),
  },
  repository: {
    option: "--repository",
    placeholder: "OWNER/NAME",
    question: "Repository on github.com",
    read: pattern(/^[A-Za-z0-9][\w-]*\/[\w.-]+$/, "a repository as OWNER/NAME"),
  },
  ownerId: {
    option: "--owner-id",
    placeholder: "OWNER_ID",
    question: "Id of its owner (https://api.github.com/users/OWNER says it, as id)",
    read: wholeNumber,
  },
  repositoryId: {
    option: "--repository-id",
    placeholder: "REPOSITORY_ID",
    question: "Id of the repository (gh api repos/OWNER/NAME --jq .id; or in its page's source, beside repository_id)",
    read: wholeNumber,
  },
  gpu: { option: "--gpu", placeholder: "FAMILY,...", question: "Instance families with GPUs", read: families },
  budget: { option: "--budget", placeholder: "USD", question: "The most a run may cost, in US dollars", read: dollars },
};

function pattern(form: RegExp, expected: string): (text: string) => Read<string> {
  return (text) => (form.test(text) ? { value: text } : wrong(expected, text));
}

function known(text: string, names: readonly string[], expected: string): Read<string> {
  if (names.includes(text)) return { value: text };
  const near = didYouMean(text, names);
  return {
    problem: `${problemOf(expected, text)}${near === undefined ? "" : `; did you mean ${JSON.stringify(near)}?`}`,
  };
}

function families(text: string): Read<readonly string[]> {
  const names = [...new Set(text.split(",").map((name) => name.trim()))];
  const problems = names.flatMap((name) => {
    const read = known(
      name,
      gpuFamilies().map((family) => family.name),
      "an instance family with GPUs",
    );
    return "problem" in read ? [read.problem] : [];
  });
  return problems.length === 0 ? { value: names } : { problem: problems.join(", and ") };
}

function dollars(text: string): Read<number> {
  const value = Number(text);
  return text.trim() !== "" && value > 0 && value <= 1_000_000
    ? { value }
    : wrong("an amount of US dollars above 0, up to 1000000", text);
}

function wholeNumber(text: string): Read<number> {
  return /^[1-9]\d{0,15}$/.test(text) && Number.isSafeInteger(Number(text))
    ? { value: Number(text) }
    : wrong("the number that GitHub's API gives as id", text);
}

const wrong = (expected: string, text: string) => ({ problem: problemOf(expected, text) });
const problemOf = (expected: string, text: string) =>
  `expected ${expected}, got ${text === "" ? "nothing" : JSON.stringify(text)}`;

import { join } from "node:path";

import type { Environment } from "../../spec/environment.ts";
import { loadEnvironment } from "../../spec/load.ts";
import { catalogNames } from "../catalog-names.ts";
import type { Context } from "../context.ts";
import { type AnswerFlags, answersOf } from "./answers.ts";
import { environmentText } from "./environment-text.ts";
import { type FieldName, fields } from "./fields.ts";
import { machineOf } from "./machine.ts";
import type { OwnPackage } from "./own-package.ts";
import type { Prompts } from "./prompts.ts";
import { createsProvider, type providerWords } from "./provider.ts";

export interface DescribingFlags extends AnswerFlags {
  readonly oidcProvider?: (typeof providerWords)[number];
  /** Asks nothing: defaults are taken. */
  readonly yes: boolean;
}

export interface Described {
  readonly environment: Environment;
  /** Of `aura.yaml`. */
  readonly text: string;
  /** For further questions; undefined where nobody answers. */
  readonly prompts: Prompts | undefined;
}

/** The environment that options and answers describe, and its file. */
export async function described(context: Context, flags: DescribingFlags, own: OwnPackage): Promise<Described> {
  const prompts = flags.yes ? undefined : await context.prompts();
  const machine = machineOf(context);
  const { env } = context.process;
  const answers = await answersOf({ flags: answerFlags(flags), env, machine, prompts, command: own.command });
  const { account, region } = answers;
  const createProvider = await createsProvider({ flag: flags.oidcProvider, account, region, machine, prompts });
  const text = environmentText({ answers, createProvider, schema: schemaOf(own) });
  // variables are for commands, not for what is committed
  const environment = loadEnvironment({
    path: join(context.cwd, "aura.yaml"),
    text,
    variables: {},
    known: catalogNames(),
  });
  return { environment, text, prompts };
}

/** Of the options, those that are answers. */
export function answerFlags(flags: AnswerFlags): AnswerFlags {
  const given = (Object.keys(fields) as FieldName[]).flatMap((name) => {
    const text = flags[name];
    return text === undefined ? [] : [[name, text]];
  });
  return Object.fromEntries(given);
}

function schemaOf({ state }: OwnPackage): string {
  return `./${state === "own" ? "" : "node_modules/aura/"}docs/reference/aura.schema.json`;
}

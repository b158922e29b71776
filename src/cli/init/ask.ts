import { type Answers, type FieldName, fields } from "./fields.ts";
import { gpuFamilies } from "./gpu-families.ts";
import type { Prompts } from "./prompts.ts";

/** Asks for one answer until it can be taken. */
export async function askFor<K extends FieldName>(prompts: Prompts, name: K, preset: string): Promise<Answers[K]> {
  const { question, read } = fields[name];
  const problemOf = (text: string) => {
    const result = read(text);
    return "problem" in result ? result.problem : undefined;
  };
  const text =
    name === "gpu"
      ? await chooseFamilies(prompts, question, preset)
      : await prompts.text({ question, preset, problemOf });
  const result = read(text);
  if ("problem" in result) throw new Error(`a prompt let ${JSON.stringify(text)} pass: ${result.problem}`);
  return result.value;
}

async function chooseFamilies(prompts: Prompts, question: string, preset: string): Promise<string> {
  const choices = gpuFamilies().map(({ name, gpu, fewestGpus }) => ({ name, hint: `${fewestGpus} × ${gpu} or more` }));
  return (await prompts.choose({ question, choices, preset: preset.split(",") })).join(",");
}
